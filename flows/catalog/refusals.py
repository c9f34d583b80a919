"""What a file says wrong, in words for whoever writes it: each place with its line, what is expected, a near name.

The checks are pydantic's; its own words speak of tuples and validation, to people who write TOML.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from evidence_store.sentences import sentence
from flows.catalog.vocabulary import PATTERNS, KeyProblem

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MOST_TOLD = 8
"""Problems of a file that are told at once, beside the first."""

_HEADER = re.compile(r"^\s*\[(\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"^\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_PART = re.compile(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'")
_CHOICE = re.compile(r"'([^']*)'")
_OVERRIDE = re.compile(r"^\s*key\s*=\s*[\"']([^\"']+)[\"']")


@dataclass(frozen=True)
class Refusal:
    """One thing that is wrong.

    Attributes:
        where: File, line where it can be told, and key.
        problem: What is wrong, as a sentence.
        hint: The next step; "" where the problem says it.
    """

    where: str
    problem: str
    hint: str = ""


def tell_refusals(
    error: ValidationError, path: Path, known_keys: Collection[str], above: Collection[str] = ()
) -> list[Refusal]:
    """Puts everything that a check found wrong with a file into words.

    Args:
        error: What was found.
        path: The file.
        known_keys: Keys of which a wrong one may be a slip.
        above: The table of the file that was checked; none is the whole file.
    """
    places = Places(path)
    return [_refusal(one, places, known_keys, above) for one in error.errors(include_url=False)]


def tell_others(refusals: Collection[Refusal]) -> str:
    """Returns what else is wrong, as the end of a hint; "" where nothing is."""
    more = [
        f"{one.where.rpartition(': ')[2]}: {one.problem}" + (f" ({one.hint})" if one.hint else "")
        for one in list(refusals)[1 : MOST_TOLD + 1]
    ]
    return sentence("Also: {others}.", others="; ".join(more)) if more else ""


class Places:
    """Finds the line on which a key of a file stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            text = ""
        self._lines = list(_places_of(text))

    def where(self, place: Collection[str]) -> str:
        """Returns file, line and key for messages."""
        parts = tuple(place)
        best, line = 0, 0
        for number, found in self._lines:
            if len(found) > best and parts[: len(found)] == found:
                best, line = len(found), number
        at = f":{line}" if line else ""
        return f"{self.path}{at}: {'.'.join(parts) or 'file'}"


def _places_of(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields each line that opens a table or sets a key, with the whole path of that key."""
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1]:
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_parts(key[1]))
            if overridden := _OVERRIDE.match(line):
                yield number, tuple(overridden[1].split("."))


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _refusal(found: ErrorDetails, places: Places, known_keys: Collection[str], above: Collection[str]) -> Refusal:
    place = [*above, *_place(found["loc"])]
    if isinstance(cause := found.get("ctx", {}).get("error"), KeyProblem):
        place += cause.key.split(".")
        return Refusal(places.where(place), cause.problem, _near(_last_word(cause.problem), cause.known))
    problem, hint = _words(found)
    if found["type"] == "extra_forbidden":
        hint = _near(place[-1], known_keys) or "Remove this key."
    return Refusal(places.where(place), problem, hint)


def _place(location: tuple[int | str, ...]) -> list[str]:
    """Returns the key path as written in the file: pydantic adds the name of the verb after a candidate's number."""
    parts = [str(part) for part in location if part != "[key]"]
    spare = {i + 2 for i, (part, number) in enumerate(pairwise(parts)) if part == "candidates" and number.isdecimal()}
    return [part for i, part in enumerate(parts) if i not in spare]


def _words(found: ErrorDetails) -> tuple[str, str]:
    """Returns what is wrong in words, and a near name where one of a few is expected."""
    context: Mapping[str, Any] = found.get("ctx", {})
    given = found.get("input")
    if (kind := found["type"]) in _PLAIN:
        return _PLAIN[kind], ""
    if kind in {"literal_error", "enum", "union_tag_invalid"}:
        choices = _CHOICE.findall(str(context.get("expected", context.get("expected_tags", ""))))
        told = str(context.get("tag", given))[:60]
        problem = sentence("{given!r} is not one of: {choices}", given=told, choices=", ".join(choices))
        return problem, _near(told, choices)
    if kind == "union_tag_not_found":
        return sentence("the key {key} is needed here", key=str(context.get("discriminator", "")).strip("'")), ""
    if kind in _SIZES:
        return _size(kind, context, is_text=isinstance(given, str)), ""
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(str(context.get("pattern", "")), "it is not written as it must be here"), ""
    if bound := next((sign for sign in _BOUNDS if sign in context), None):
        return sentence(
            "a number is expected here that is {bound} {value}", bound=_BOUNDS[bound], value=context[bound]
        ), ""
    said = context["error"].args[0] if isinstance(context.get("error"), ValueError) else found["msg"]
    return str(said) if not isinstance(said, str) else said, ""


def _size(kind: str, context: Mapping[str, Any], *, is_text: bool) -> str:
    least, most = context.get("min_length"), context.get("max_length")
    if kind == "too_short" and not is_text:
        return sentence("at least {least} are needed here", least=least)
    if kind in {"too_short", "string_too_short"}:
        return sentence("at least {least} letters are needed here", least=least)
    if kind == "too_long" and not is_text:
        return sentence("more than {most} are too many", most=most)
    return sentence("more than {most} letters are too many", most=most)


_SIZES = frozenset({"too_short", "string_too_short", "too_long", "string_too_long"})


_A_TABLE, _A_NUMBER = sentence("a table is expected here"), sentence("a number is expected here")
_A_LIST, _A_TEXT = sentence("a list is expected here, in brackets"), sentence("a text is expected here, in quotes")
_YES_OR_NO = sentence("true or false is expected here")
_PLAIN = {
    "missing": sentence("this is needed and not there"),
    "extra_forbidden": sentence("this key is not known"),
    **dict.fromkeys(("string_type", "string_sub_type"), _A_TEXT),
    **dict.fromkeys(("tuple_type", "list_type"), _A_LIST),
    **dict.fromkeys(("mapping_type", "dict_type", "model_type", "model_attributes_type"), _A_TABLE),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "float_type", "float_parsing"), _A_NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _YES_OR_NO),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing", "timezone_aware"),
        sentence("a moment with its zone is expected here: 2026-12-01T12:00:00Z"),
    ),
}
"""Words for what pydantic finds, by its name of the problem (docs.pydantic.dev, errors/validation_errors)."""
_BOUNDS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}


def _near(given: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(given, known, n=1)
    return sentence("Did you mean {close!r}?", close=close[0]) if close else ""


def _last_word(problem: str) -> str:
    """Returns the name that a contradiction between keys is about: the first in quotes."""
    found = _CHOICE.search(problem)
    return found[1] if found else ""

"""Word classes: which classes a word belongs to, found once per distinct word and kept in a bounded cache."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from monitor.language import gettext as _
from monitor.triage.errors import RulesInvalid

_WORDS = Path(__file__).parent / "words" / "ru.toml"
_ENTRY = re.compile(r"[а-яёіїєґўқңғүұһәөa-z'\-\[\]()?:|$]+")
_SWEARING = frozenset({"mat", "coarse"})
_LONGEST = 40
"""Characters of a word that are looked at; no Russian word of interest is longer."""


class _Table(TypedDict, total=False):
    prefixes: list[str]
    starts: list[str]
    plain: list[str]
    anywhere: list[str]
    exceptions: list[str]
    forms: list[str]
    insults: list[str]
    cut: list[str]
    cut_ends: list[str]
    cut_starred: list[str]


@dataclass(frozen=True, slots=True)
class MaskedForms:
    """Words that a masked word is compared with, and beginnings after which the rest is often left out."""

    obscene: tuple[str, ...]
    insults: tuple[str, ...]
    cut: frozenset[str]
    cut_ends: tuple[str, ...]
    cut_starred: frozenset[str]


class Lexicon:
    """The word classes of one language."""

    def __init__(self, tables: dict[str, _Table]) -> None:
        masked = tables.pop("masked_forms")
        self.masked = MaskedForms(
            tuple(masked["forms"]),
            tuple(masked["insults"]),
            frozenset(masked["cut"]),
            tuple(masked["cut_ends"]),
            frozenset(masked["cut_starred"]),
        )
        self._classes = tuple((name, _compile(name, table), _exceptions(name, table)) for name, table in tables.items())
        self._anywhere = tuple(
            (name, re.compile("|".join(_checked(name, table["anywhere"]))))
            for name, table in tables.items()
            if "anywhere" in table
        )
        self.classes_of = lru_cache(maxsize=50_000)(self._find_classes)

    def _find_classes(self, word: str) -> frozenset[str]:
        """Names of the classes a folded word belongs to."""
        word = word[:_LONGEST]
        anywhere = {name for name, pattern in self._anywhere if pattern.search(word)}
        return frozenset(
            name
            for name, pattern, exception in self._classes
            if (name in anywhere or pattern.match(word)) and not (exception and exception.match(word))
        )

    def is_swearing(self, word: str) -> bool:
        """Whether a word is obscene; without the cache, for guesses that will never come again."""
        return any(
            pattern.match(word) and not (exception and exception.match(word))
            for name, pattern, exception in self._classes
            if name in _SWEARING
        )


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """The Russian lexicon that comes with the package.

    Raises:
        RulesInvalid: an entry uses more than the lexicon's small pattern language allows.
    """
    return Lexicon(tomllib.loads(_WORDS.read_text(encoding="utf-8")))


class _Starts:
    """Starts of words, tried only where the first letter fits: a class may have hundreds of them."""

    def __init__(self, entries: list[str]) -> None:
        by_letter: dict[str, list[str]] = {}
        anywhere: list[str] = []
        for entry in entries:
            is_plain = entry[0].isalpha() and entry[1:2] != "?" and "|" not in entry.split("(")[0]
            (by_letter.setdefault(entry[0], []) if is_plain else anywhere).append(entry)
        self._by_letter = {letter: re.compile("|".join([*starts, *anywhere])) for letter, starts in by_letter.items()}
        self._others = re.compile("|".join(anywhere)) if anywhere else None

    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """All patterns a word may be compared with."""
        return (*self._by_letter.values(), *([self._others] if self._others else []))

    def match(self, word: str) -> bool:
        """Whether the word begins like one of the entries."""
        pattern = self._by_letter.get(word[:1], self._others)
        return pattern is not None and pattern.match(word) is not None


def _compile(name: str, table: _Table) -> _Starts:
    entries = [*_checked(name, table.get("plain", []))]
    if starts := _checked(name, table.get("starts", [])):
        entries.append(f"(?:{'|'.join(_checked(name, table.get('prefixes', [])))})?(?:{'|'.join(starts)})")
    return _Starts(entries)


def _exceptions(name: str, table: _Table) -> re.Pattern[str] | None:
    entries = _checked(name, table.get("exceptions", []))
    return re.compile("|".join(entries)) if entries else None


def _checked(name: str, entries: list[str]) -> list[str]:
    for entry in entries:
        if not _ENTRY.fullmatch(entry):
            raise RulesInvalid(
                _("word class {name}: {entry!r} is more than a word start").format(name=name, entry=entry),
                hint=_("See the file's head."),
            )
    return entries

"""Reads labelled files: rows with labels, or cases with the verdict a person expects (docs/triage.md tells the fields).

What cannot be scored is refused with its place and what is allowed there: a slip in a label that is passed over in
silence would make a score look better than it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.closed_lists.states import Decision
from monitor.language import gettext as _
from monitor.triage.case_scores import Case
from monitor.triage.errors import EvaluationInvalid

FILE_LABELS = ("obscene", "insult", "personal_data", "advertising", "extortion")
OTHER_LABELS = ("off_topic_delivery", "off_topic_service", "rating_mismatch", "vague", "factual_defect")
LABELS = (*FILE_LABELS, *OTHER_LABELS, "toxic", "none")
PARTS = ("natural", "stress_mined", "stress_synthetic", "stress_flip", "spam", "toxicity")
GROUNDS = (
    *FILE_LABELS,
    "threat",
    "hate",
    "politics",
    "noise",
    "language",
    "off_topic",
    "copied",
    "untrue",
    "media",
    "competitor",
)
_VERDICTS = tuple(one.value for one in Decision)
_STARS = (1, 2, 3, 4, 5)
_HINT = _("docs/triage.md, «Labelled files», tells the fields and what each may hold.")


@dataclass(frozen=True, slots=True)
class Row:
    """One text with its labels."""

    text: str
    rating: int | None
    labels: frozenset[str]
    uncertain: frozenset[str]
    part: str
    is_distorted: bool


class _Refused(Exception):
    """What is wrong with a row, in words."""


def read_rows(path: Path) -> Iterator[Row | Case]:
    """The rows and cases of a file, in its order; a byte order mark and empty lines are passed over.

    Raises:
        EvaluationInvalid: the file cannot be read, or a line is not of the documented format.
    """
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _read_row(line, where=f"{path}:{number}")
    except UnicodeDecodeError as error:
        raise EvaluationInvalid(
            _("{path}: it is not UTF-8 text").format(path=path), hint=_("Save the file as UTF-8.")
        ) from error
    except OSError as error:
        raise EvaluationInvalid(f"{path}: {error.strerror}", hint=_("Give a readable file of JSON lines.")) from error


def _read_row(line: str, *, where: str) -> Row | Case:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise EvaluationInvalid(
            _("{where}: no JSON: {msg} at character {pos}").format(where=where, msg=error.msg, pos=error.pos + 1),
            hint=_HINT,
        ) from error
    except RecursionError as error:
        raise EvaluationInvalid(_("{where}: the JSON is nested too deep").format(where=where), hint=_HINT) from error
    try:
        return _read_object(row)
    except _Refused as error:
        raise EvaluationInvalid(f"{where}: {error}", hint=_HINT) from error


def _read_object(row: object) -> Row | Case:
    if not isinstance(row, dict):
        raise _Refused(_("a line holds one JSON object"))
    return _read_case(row) if "want" in row else _read_labelled(row)


def _read_labelled(row: Mapping[str, object]) -> Row:
    if "labels" not in row:
        raise _Refused(_("neither labels (and part) nor want is given"))
    return Row(
        _read_text(row),
        _read_stars(row),
        _read_names(row, "labels", LABELS),
        _read_names(row, "uncertain", LABELS),
        _one_of("part", row.get("part"), PARTS),
        bool(row.get("distorted")),
    )


def _read_case(row: Mapping[str, object]) -> Case:
    wanted = row["want"]
    verdict, ground = (wanted.get("verdict"), wanted.get("ground")) if isinstance(wanted, dict) else (wanted, None)
    ground = row.get("ground") or ground
    return Case(
        _read_text(row),
        _read_stars(row),
        str(row.get("product") or row.get("context") or ""),
        Decision(_one_of("want", verdict, _VERDICTS)),
        _read_names(row, "also_ok", _VERDICTS),
        _one_of("ground", ground, GROUNDS) if ground else "",
    )


def _read_text(row: Mapping[str, object]) -> str:
    text = row.get("text")
    if not isinstance(text, str):
        raise _Refused(_("text is missing") if text is None else _("text is no string"))
    return text


def _read_stars(row: Mapping[str, object]) -> int | None:
    """The rating; ``null`` where it is not known, which has to be said."""
    if "rating" not in row and "stars" not in row:
        raise _Refused(_("rating is missing; give 1 to 5, or null where it is not known"))
    stars = row.get("rating", row.get("stars"))
    if stars is None:
        return None
    if isinstance(stars, bool) or not isinstance(stars, int) or stars not in _STARS:
        raise _Refused(_("rating is {stars!r}; it may be 1 to 5, or null").format(stars=stars))
    return stars


def _read_names(row: Mapping[str, object], field: str, allowed: Iterable[str]) -> frozenset[str]:
    names = row.get(field) or ()
    if not isinstance(names, (list, tuple)):
        raise _Refused(_("{field} is no list").format(field=field))
    return frozenset(_one_of(field, name, allowed) for name in names)


def _one_of(field: str, value: object, allowed: Iterable[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        told = (
            _("{field} is missing").format(field=field)
            if value is None
            else _("{field} holds {value}").format(field=field, value=json.dumps(value, ensure_ascii=False))
        )
        raise _Refused(_("{told}; it may be {allowed}").format(told=told, allowed=", ".join(allowed)))
    return value

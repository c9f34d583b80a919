"""What a member of a closed list is called for people: one Russian word for each state, everywhere the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitor.language import RUSSIAN, spoken
from monitor.language import gettext as _


class Tone(StrEnum):
    """How a state feels; pages colour by it."""

    PLAIN = "plain"
    GO = "go"
    WAIT = "wait"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True)
class Words:
    """One member in words.

    Attributes:
        word: What a list or a pill shows. Its gender tells the track: an appeal is neuter, a review masculine.
        title: The same as a sentence for messages and timelines; it holds the word, never a synonym.
    """

    word: str
    title: str
    tone: Tone = Tone.PLAIN


def in_a_cell(value: str | None, words: Mapping[Any, Words]) -> str:
    """Returns how a stored value stands in a table: its one Russian word, or in English as it is stored.

    Args:
        value: The value; None and what the list does not know stand as they are.
        words: The closed list's words.
    """
    if not value:
        return ""
    found = words.get(value) if spoken() == RUSSIAN else None
    return found.word if found else value


def named(value: str) -> str:
    """Returns what a value of a short list is called: how present a review is, how bad a finding, how a thing is known.

    What stands after the first word (a month, a year) stays.
    """
    if value in NAMES:
        return NAMES[value]
    first, space, rest = value.partition(" ")
    return f"{NAMES[first]}{space}{rest}" if first in NAMES else value


def tell_span(duration: str) -> str:
    """Returns a duration as settings write it, ``2h30m``, with the units of the language: «2 ч 30 мин»."""
    if spoken() != RUSSIAN:
        return duration
    return " ".join(f"{number} {_UNITS[unit]}" for number, unit in _SPAN.findall(duration)) or duration


_SPAN = re.compile(r"(\d+)([a-z])")
_UNITS = {"w": "нед.", "d": "дн.", "h": "ч", "m": "мин", "s": "с"}
NAMES = {
    "present": _("present"),
    "missing": _("missing"),
    "gone": _("gone"),
    "unlisted": _("unlisted"),
    "none": _("none"),
    "live": _("live"),
    "expired": _("expired"),
    "walled": _("behind a check"),
    "damage": _("damage"),
    "cannot_judge": _("cannot judge"),
    "ok": _("ok"),
    "note": _("note"),
    "warning": _("warning"),
    "fault": _("fault"),
    "article": _("article"),
    "capture": _("capture"),
    "code": _("code"),
    "guess": _("guess"),
    "filing": _("filing"),
    "moderation": _("moderation"),
    "outcome": _("outcome"),
    "planned": _("planned"),
    "begun": _("begun"),
    "checked": _("checked"),
    "kept": _("kept"),
    "taken_back": _("taken back"),
    "in force": _("in force"),
    "caught up": _("caught up"),
    "changed below": _("changed below"),
    "orphan": _("orphan"),
    "absent": _("not there"),
    "already_reported": _("reported already"),
    "cannot_say": _("cannot be said"),
}
"""What values of the short lists are called; states of an appeal, a letter or a change have tables of their own."""

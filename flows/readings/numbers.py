"""Counters as sites print them: «1,2 тыс.», «3 368 отзывов», with any kind of space.

Only ASCII digits count: an odd digit is a sign of a page that we do not understand, not a number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from flows.catalog.wording import DateWords
from flows.readings.text import one_line

_NUMBER = re.compile(r"(?<![\w.,-])([0-9]{1,3}(?: [0-9]{3})+|[0-9]{1,15})(?:[.,]([0-9]{1,2}))?(?![0-9])")
_WORD = re.compile(r" ?([^\W\d_]+)")

_DIGITS = re.compile(r"[0-9]{1,9}")
_MAX_WHOLE = 10**9


class Count(NamedTuple):
    """A counter; ``is_exact`` is False for a rounded one («1,2 тыс.»)."""

    value: int
    is_exact: bool


def read_count(raw: str, words: DateWords | None = None) -> Count | None:
    """Reads the first counter of a text; None when there is none or it is negative."""
    text = one_line(raw)
    found = _NUMBER.search(text)
    if found is None:
        return None
    whole, fraction = found.group(1).replace(" ", ""), found.group(2)
    following = _WORD.match(text, found.end())
    scale = _scale(following.group(1).lower() if following else "", words)
    if fraction is not None and scale == 1:
        return None  # 4,7 is a rating, not a counter
    value = Decimal(f"{whole}.{fraction or 0}") * scale
    return Count(int(value), is_exact=scale == 1)


def read_whole(value: object) -> int | None:
    """Reads a whole number, or its digits as text; None for anything else (also for true and 1e400)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and 0 <= value <= _MAX_WHOLE else None


def _scale(word: str, words: DateWords | None) -> int:
    if words is None:
        return 1
    return 1_000 if word in words.thousand else 1_000_000 if word in words.million else 1

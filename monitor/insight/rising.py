"""Words that became more frequent in bad reviews that no aspect explains: candidates to be given a name."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.insight.counting import Periods
from monitor.insight.findings import FALSE_SHARE, adjust
from monitor.insight.shares import Count, fisher

_FEWEST = 3
"""A word in fewer reviews is nobody's pattern."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word and in how many reviews it stands, before and after."""

    word: str
    before: Count
    after: Count
    chance: float


def find_rising(periods: Periods) -> list[Candidate]:
    """Finds words that rise, the surest first, corrected for how many were looked at."""
    before_total, after_total = periods.silent_before, periods.silent_after
    tested = []
    for word, hits in periods.words_after.items():
        before, after = Count(periods.words_before[word], before_total), Count(hits, after_total)
        if hits >= _FEWEST and after.share > before.share and not (before.is_little or after.is_little):
            tested.append((word, before, after))
    chances = adjust([fisher(before, after) for _, before, after in tested])
    found = [Candidate(*entry, chance) for entry, chance in zip(tested, chances, strict=True)]
    return sorted((one for one in found if one.chance <= FALSE_SHARE), key=lambda one: (one.chance, one.word))

"""Words that became more frequent in bad reviews that no aspect explains: candidates to be given a name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from monitor.insight.counting import Periods
from monitor.insight.findings import FALSE_SHARE, adjust
from monitor.insight.shares import Count, fisher
from monitor.insight.word_table import lemma_of, root_of

_FEWEST = 3
"""A word in fewer reviews is nobody's pattern."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word by its lemma and in how many reviews any of its forms stands, before and after."""

    word: str
    before: Count
    after: Count
    chance: float


def find_rising(periods: Periods) -> list[Candidate]:
    """Finds words that rise, the surest first, corrected for how many were looked at."""
    before_total, after_total = periods.silent_before, periods.silent_after
    tested = []
    hits_before, _ = _by_root(periods.words_before)
    hits_after, usual_forms = _by_root(periods.words_after)
    for root, hits in hits_after.items():
        before, after = Count(hits_before[root], before_total), Count(hits, after_total)
        if hits >= _FEWEST and after.share > before.share and not (before.is_little or after.is_little):
            tested.append((root, before, after))
    chances = adjust([fisher(before, after) for _, before, after in tested])
    found = [
        Candidate(lemma_of(usual_forms[root]), before, after, chance)
        for (root, before, after), chance in zip(tested, chances, strict=True)
        if chance <= FALSE_SHARE
    ]
    return sorted(found, key=lambda one: (one.chance, one.word))


def _by_root(forms: Counter[str]) -> tuple[Counter[str], dict[str, str]]:
    """In how many reviews the forms of each word stand, and which form most."""
    hits: Counter[str] = Counter()
    usual: dict[str, str] = {}
    for form, number in forms.most_common():
        root = root_of(form)
        hits[root] += number
        usual.setdefault(root, form)
    return hits, usual

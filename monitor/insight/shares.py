"""Shares of reviews and their intervals at 95 %: Wilson for one, Newcombe for the difference of two, and exact ones.

The naive p ± 2·se is not here on purpose: of 8 reviews without a complaint it says "0 to 0".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.insight.tails import binomial_at_most, find_root, log_choose

Z = 1.959963984540054
"""Standard normal quantile of a two-sided interval at 95 %."""
TAIL = 0.025
"""What an exact interval leaves out on each side."""
FEWEST = 8
"""Below so many reviews no share is said: the floor of Wildberries' own summary (its help page, read in 2026)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a value may lie, with the best single value between."""

    value: float
    lower: float
    upper: float

    @property
    def spans_zero(self) -> bool:
        """Whether nothing at all is among what may be."""
        return self.lower <= 0 <= self.upper


@dataclass(frozen=True, slots=True)
class Count:
    """So many of so many.

    Raises:
        ValueError: more hits than there are, or less than none.
    """

    hits: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.total:
            raise ValueError(f"{self.hits} of {self.total} is no count")

    @property
    def share(self) -> float:
        """The share of hits; 0 of nothing."""
        return self.hits / self.total if self.total else 0.0

    @property
    def is_little(self) -> bool:
        """Whether a share of it would say more than it knows."""
        return self.total < FEWEST

    def __add__(self, other: Count) -> Count:
        return Count(self.hits + other.hits, self.total + other.total)


def wilson(count: Count, z: float = Z) -> Interval:
    """The score interval of a share, so many standard errors wide; from 0 to 1 where nothing was seen."""
    total, share = count.total, count.share
    if not total:
        return Interval(0.0, 0.0, 1.0)
    scale = 1 + z * z / total
    centre = (share + z * z / (2 * total)) / scale
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / scale
    lower = 0.0 if count.hits == 0 else centre - half
    upper = 1.0 if count.hits == total else centre + half
    return Interval(share, lower, upper)


def newcombe(before: Count, after: Count, z: float = Z) -> Interval:
    """How much lower a share is afterwards (before − after), by Newcombe's tenth method."""
    return subtract(wilson(before, z), wilson(after, z))


def subtract(one: Interval, two: Interval) -> Interval:
    """The difference of two independent values with intervals, by adding their distances in squares."""
    gap = one.value - two.value
    lower = gap - math.hypot(one.value - one.lower, two.upper - two.value)
    upper = gap + math.hypot(one.upper - one.value, two.value - two.lower)
    return Interval(gap, lower, upper)


def clopper_pearson(count: Count) -> Interval:
    """The exact interval of a share: never covers less than it says, and is therefore wider than Wilson's."""
    hits, total = count.hits, count.total
    lower = upper = 0.0
    if hits:
        lower = find_root(lambda share: 1 - binomial_at_most(hits - 1, total, share) - TAIL, 0.0, 1.0)
    upper = 1.0
    if hits < total:
        upper = find_root(lambda share: TAIL - binomial_at_most(hits, total, share), 0.0, 1.0)
    return Interval(count.share, lower, upper)


def fisher(one: Count, two: Count) -> float:
    """Exact chance of a table at least as odd as this one if both shares are the same (Fisher, two-sided)."""
    hits, total = one.hits + two.hits, one.total + two.total
    if not hits or hits == total:
        return 1.0
    log_seen = log_choose(hits, one.hits) + log_choose(total - hits, one.total - one.hits)
    seen = math.exp(log_seen - log_choose(total, one.total))
    bound, gap, found = seen * (1 + 1e-9), total - hits - one.total, seen
    each = seen
    for first in range(one.hits, min(hits, one.total)):  # each further table from the one before it, upwards
        each *= (hits - first) * (one.total - first) / ((first + 1) * (gap + first + 1))
        found += each if each <= bound else 0.0
    each = seen
    for first in range(one.hits, max(0, -gap), -1):  # and downwards
        each *= first * (gap + first) / ((hits - first + 1) * (one.total - first + 1))
        found += each if each <= bound else 0.0
    return min(1.0, found)


def standardise(groups: dict[str, Count], weights: dict[str, int]) -> float:
    """The share that these groups would have together if they were mixed in other proportions.

    Args:
        groups: What was counted of each product.
        weights: How many reviews each product has in the mix to compare with; groups without any are left out.
    """
    known = {name: weight for name, weight in weights.items() if weight and name in groups and groups[name].total}
    whole = sum(known.values())
    return sum(groups[name].share * weight for name, weight in known.items()) / whole if whole else 0.0

"""Chances computed by going through everything that can happen, not by drawing."""

from __future__ import annotations

import math
from functools import cache

from monitor.insight.shares import Count, newcombe


def binomial(hits: int, total: int, share: float) -> float:
    """Chance of exactly so many hits, by another formula than the product's."""
    return math.comb(total, hits) * share**hits * (1 - share) ** (total - hits)


@cache
def row(total: int, share: float) -> tuple[float, ...]:
    """Chances of 0, 1, … hits."""
    return tuple(binomial(hits, total, share) for hits in range(total + 1))


def shown_halvings(start: float, total: int) -> float:
    """Chance that a share that truly halves, with as many reviews on both sides, is shown to have fallen."""
    found = 0.0
    for one, chance in enumerate(row(total, start)):
        if chance < 1e-9:
            continue
        for two, other in enumerate(row(total, start / 2)):
            if other > 1e-9 and newcombe(Count(one, total), Count(two, total)).lower > 0:
                found += chance * other
    return found

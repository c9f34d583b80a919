"""Where in a row of reviews the share of complaints may have changed: a place to look at, never a finding.

A day chosen after looking is a search, and a search finds: over 120 reviews without any change the plain interval
"finds" one in more than a third of cases. So the best place comes with a chance by shuffling, which knows that.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.insight.shares import FEWEST, Count

_NEAR = 3.84
"""Places within this of the best one are as likely (chi-square with one degree of freedom at 95 %)."""


@dataclass(frozen=True, slots=True)
class Split:
    """The best place to cut.

    Attributes:
        position: So many reviews lie before it.
        statistic: Twice the gain in log-likelihood against no change.
        near: Other places that are as likely.
        chance: How often shuffled reviews have a place as good.
    """

    position: int
    before: Count
    after: Count
    statistic: float
    near: tuple[int, ...]
    chance: float


def find_split(complaints: Sequence[bool], *, shuffles: int = 999, seed: int = 1) -> Split | None:
    """Finds the best place to cut reviews in order of time; None with fewer than eight on each side.

    Args:
        complaints: Whether each review complains.
        shuffles: How many random orders the place is held against.
        seed: Of the random orders.
    """
    scores = _scores(complaints)
    if not scores:
        return None
    best = max(range(len(scores)), key=lambda index: scores[index])
    statistic, position = scores[best], best + FEWEST
    shuffled, rng = list(complaints), random.Random(seed)  # noqa: S311 - a statistic, not a secret
    as_good = 1
    for _ in range(shuffles):
        rng.shuffle(shuffled)
        as_good += max(_scores(shuffled)) >= statistic - 1e-9
    near = tuple(index + FEWEST for index, score in enumerate(scores) if index != best and statistic - score <= _NEAR)
    before = Count(sum(complaints[:position]), position)
    after = Count(sum(complaints[position:]), len(complaints) - position)
    return Split(position, before, after, statistic, near, as_good / (shuffles + 1))


def _scores(complaints: Sequence[bool]) -> list[float]:
    total, hits = len(complaints), sum(complaints)
    whole, before, scores = _log_likelihood(hits, total), 0, []
    for position, complaint in enumerate(complaints, start=1):
        before += complaint
        if FEWEST <= position <= total - FEWEST:
            gain = _log_likelihood(before, position) + _log_likelihood(hits - before, total - position) - whole
            scores.append(2 * gain)
    return scores


def _log_likelihood(hits: int, total: int) -> float:
    if hits in (0, total):
        return 0.0
    return hits * math.log(hits / total) + (total - hits) * math.log(1 - hits / total)

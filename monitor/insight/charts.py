"""Control charts for little data: p and p′ for shares, u and u′ for rates, and gaps for what is rare.

Limits come from a baseline and later points are held against them. Laney's spread is never taken below 1: a handful of
weeks that are too even by chance would make alarms out of nothing. Two rules only, one point beyond three sigmas and
eight in a row on one side; each further rule would cry wolf more often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from monitor.insight.rates import Rate
from monitor.insight.shares import Count
from monitor.insight.tails import gaps_at_most

SIGMAS = 3.0
RUN = 8
ALARM = 0.0027
"""Chance beyond three sigmas of a normal distribution: what a sum of gaps is held against."""
_MOVING_RANGE = 1.128
"""Mean distance of two standard normal values (d2 of a moving range of two)."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was usual.

    Attributes:
        centre: The level.
        spread: How much wider the points scatter than chance alone explains (Laney's sigma of z); 0 with one point.
        is_share: A share cannot pass 1; a rate can.
    """

    centre: float
    spread: float
    is_share: bool


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One period on a chart, with the limits that its own size gives it."""

    value: float
    lower: float
    upper: float

    @property
    def is_alarm(self) -> bool:
        """Whether it lies beyond its limits."""
        return not self.lower <= self.value <= self.upper


def share_baseline(periods: Sequence[Count]) -> Baseline:
    """The usual share of some periods.

    Raises:
        ValueError: they hold no review at all.
    """
    total = sum(one.total for one in periods)
    if not total:
        raise ValueError("a baseline without reviews")
    centre = sum(one.hits for one in periods) / total
    scores = [(one.share - centre, _share_sigma(centre, one)) for one in periods]
    return Baseline(centre, _spread(scores), is_share=True)


def rate_baseline(periods: Sequence[Rate]) -> Baseline:
    """The usual rate of some periods.

    Raises:
        ValueError: there are none.
    """
    if not periods:
        raise ValueError("a baseline without periods")
    centre = sum(one.events for one in periods) / sum(one.exposure for one in periods)
    scores = [(one.value - centre, math.sqrt(centre / one.exposure)) for one in periods]
    return Baseline(centre, _spread(scores), is_share=False)


def chart_share(baseline: Baseline, period: Count, *, least_spread: float = 1.0) -> ChartPoint:
    """Places a later period on the p′-chart; ``least_spread`` 0 gives Laney's own limits."""
    return _point(baseline, period.share, _share_sigma(baseline.centre, period), least_spread)


def chart_rate(baseline: Baseline, period: Rate, *, least_spread: float = 1.0) -> ChartPoint:
    """Places a later period on the u′-chart."""
    return _point(baseline, period.value, math.sqrt(baseline.centre / period.exposure), least_spread)


def plain(baseline: Baseline) -> Baseline:
    """The same baseline for the plain p- and u-chart, which believe in chance alone."""
    return Baseline(baseline.centre, 1.0, baseline.is_share)


def one_side_run(values: Sequence[float], centre: float) -> int | None:
    """Index of the first value that is the eighth in a row on one side of the centre; None where there is none."""
    length, side = 0, 0
    for index, value in enumerate(values):
        here = (value > centre) - (value < centre)
        length = length + 1 if here and here == side else abs(here)
        side = here
        if length >= RUN:
            return index
    return None


@dataclass(frozen=True, slots=True)
class Gaps:
    """How many good reviews usually lie between two complaints."""

    mean: float

    @property
    def share(self) -> float:
        """The share of complaints that such gaps mean."""
        return 1 / (self.mean + 1)

    @property
    def upper(self) -> float:
        """A gap beyond it says that complaints became rarer."""
        return self.mean + SIGMAS * math.sqrt(self.mean * (self.mean + 1))

    @property
    def median(self) -> int:
        """Half of the gaps are at most so long."""
        return max(0, math.ceil(math.log(0.5) / math.log1p(-self.share) - 1e-12) - 1) if self.mean else 0

    def chance_of(self, gaps: Sequence[int]) -> float:
        """Chance that so many gaps are together at most as long as these, if nothing has changed."""
        return gaps_at_most(sum(gaps), len(gaps), self.share)

    def is_more_often(self, gaps: Sequence[int]) -> bool:
        """Whether complaints came closer together. One gap alone can never say so: its limit lies below 0."""
        return len(gaps) > 1 and self.chance_of(gaps) <= ALARM


def gap_baseline(gaps: Sequence[int]) -> Gaps:
    """The usual gaps.

    Raises:
        ValueError: there are none.
    """
    if not gaps:
        raise ValueError("a baseline without gaps")
    return Gaps(fmean(gaps))


def _share_sigma(centre: float, period: Count) -> float:
    return math.sqrt(centre * (1 - centre) / period.total) if period.total else math.inf


def _spread(points: Sequence[tuple[float, float]]) -> float:
    scores = [value / sigma if sigma else 0.0 for value, sigma in points if math.isfinite(sigma)]
    steps = [abs(two - one) for one, two in pairwise(scores)]
    return fmean(steps) / _MOVING_RANGE if steps else 0.0


def _point(baseline: Baseline, value: float, sigma: float, least_spread: float) -> ChartPoint:
    if math.isinf(sigma):
        return ChartPoint(value, 0.0, 1.0 if baseline.is_share else math.inf)
    reach = SIGMAS * sigma * max(least_spread, baseline.spread)
    top = baseline.centre + reach
    return ChartPoint(value, max(0.0, baseline.centre - reach), min(1.0, top) if baseline.is_share else top)

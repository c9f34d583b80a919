"""Rates: events per orders, days or weeks, with exact Poisson intervals at 95 %."""

from __future__ import annotations

import math
from dataclasses import dataclass

from monitor.insight.shares import TAIL, Count, Interval, clopper_pearson
from monitor.insight.tails import find_root, log_choose, poisson_at_most


@dataclass(frozen=True, slots=True)
class Rate:
    """So many events over so much exposure (hundreds of orders, weeks).

    Raises:
        ValueError: events below none, or no exposure to have them in.
    """

    events: int
    exposure: float

    def __post_init__(self) -> None:
        if self.events < 0 or self.exposure <= 0:
            raise ValueError(f"{self.events} in {self.exposure} is no rate")

    @property
    def value(self) -> float:
        """Events per unit of exposure."""
        return self.events / self.exposure


@dataclass(frozen=True, slots=True)
class RateComparison:
    """How many times the first rate is the second, from where to where, and how odd that is if they are the same."""

    ratio: Interval
    chance: float

    @property
    def is_shown(self) -> bool:
        """Whether "as often in both" is not among what may be."""
        return not self.ratio.lower <= 1 <= self.ratio.upper


def poisson_interval(rate: Rate) -> Interval:
    """The exact interval of a rate (Garwood)."""
    events = rate.events
    top = events + 10 * math.sqrt(events + 1) + 20
    lower = 0.0
    if events:
        lower = find_root(lambda mean: 1 - poisson_at_most(events - 1, mean) - TAIL, 0.0, float(events))
    upper = find_root(lambda mean: TAIL - poisson_at_most(events, mean), float(events), top)
    return Interval(rate.value, lower / rate.exposure, upper / rate.exposure)


def compare_rates(one: Rate, two: Rate) -> RateComparison:
    """Compares two rates exactly: given their sum, the first count is binomial."""
    both = one.events + two.events
    share = clopper_pearson(Count(one.events, both)) if both else Interval(0.0, 0.0, 1.0)
    scale = two.exposure / one.exposure
    value, lower, upper = (_odds(part) * scale for part in (share.value, share.lower, share.upper))
    return RateComparison(Interval(value, lower, upper), _oddness(one.events, both, 1 / (1 + scale)))


def _odds(share: float) -> float:
    return math.inf if share >= 1 else share / (1 - share)


def _oddness(hits: int, trials: int, share: float) -> float:
    """Two-sided exact binomial test: the chance of all that is as rare as what was seen, or rarer."""

    def chance(count: int) -> float:
        return math.exp(log_choose(trials, count) + count * math.log(share) + (trials - count) * math.log1p(-share))

    seen = chance(hits) * (1 + 1e-9)
    return min(1.0, sum(each for count in range(trials + 1) if (each := chance(count)) <= seen))

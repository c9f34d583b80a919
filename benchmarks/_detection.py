"""A shop whose products get reviews at very different rates and in bursts, and the times until they are found."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from monitor.watching.planner import Candidate, Pulse, choose, pages_to_read, pulse_of_past

START = datetime(2026, 10, 1, tzinfo=UTC)
TILES = 50
_PAST_DAYS = 60


@dataclass(frozen=True)
class Shop:
    """Products with the moments of their reviews, the past of the first reading included.

    Attributes:
        moments: Of each product, sorted; those before ``START`` are there when watching begins.
        rates: Reviews a day of each product, in truth.
    """

    moments: tuple[tuple[datetime, ...], ...]
    rates: tuple[float, ...]

    def best_fixed(self, an_hour: float) -> float:
        """Mean minutes of the best fixed intervals, known only to who knows the true rates (square root rule)."""
        roots = sum(math.sqrt(rate) for rate in self.rates)
        return 60 * roots**2 / (2 * an_hour * sum(self.rates))

    def count(self, product: int, at: datetime) -> int:
        """Reviews of a product at a moment."""
        return bisect_right(self.moments[product], at)


def make_shop(*, products: int, days: float, seed: int, tail: float = 1.6, a_day: float = 0.5) -> Shop:
    """Makes a shop: lognormal rates (a few products get most), a fifth of all reviews in bursts of some hours.

    Args:
        products: How many.
        days: How long it is watched.
        seed: Repeats it.
        tail: Sigma of the rates' logarithm.
        a_day: Reviews a day of the average product.
    """
    chance = random.Random(seed)
    weights = [chance.lognormvariate(0, tail) for _ in range(products)]
    rates = [weight * a_day * products / sum(weights) for weight in weights]
    return Shop(tuple(tuple(sorted(_reviews(chance, rate, days))) for rate in rates), tuple(rates))


def _reviews(chance: random.Random, a_day: float, days: float) -> Iterable[datetime]:
    begin, length = START - timedelta(days=_PAST_DAYS), _PAST_DAYS + days
    yield from (begin + timedelta(days=at) for at in _poisson(chance, a_day * 0.8, length))
    for at in _poisson(chance, a_day * 0.2 / 8, length):
        for _ in range(int(chance.expovariate(1 / 8)) + 1):
            moment = begin + timedelta(days=at, hours=chance.expovariate(1 / 3))
            if moment < begin + timedelta(days=length):
                yield moment


def _poisson(chance: random.Random, a_day: float, days: float) -> Iterable[float]:
    at = chance.expovariate(a_day)
    while at < days:
        yield at
        at += chance.expovariate(a_day)


@dataclass
class Finder:
    """Spends requests on a shop, one after the other, and notes how old each review was when it was found.

    Attributes:
        minutes: Ages of the found reviews.
    """

    shop: Shop
    an_hour: float
    days: float
    requests: int = 0
    minutes: list[float] = field(default_factory=list)
    polled: list[datetime] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    pulses: list[Pulse] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.shop.moments)
        self.polled = [START] * count
        self.known = [self.shop.count(product, START) for product in range(count)]
        past = (moments[:known] for moments, known in zip(self.shop.moments, self.known, strict=True))
        self.pulses = [pulse_of_past(moments, now=START) for moments in past]

    @property
    def now(self) -> datetime:
        return START + timedelta(hours=self.requests / self.an_hour)

    @property
    def is_over(self) -> bool:
        return self.now >= START + timedelta(days=self.days)

    def poll(self, product: int) -> int:
        """Reads one product; returns how many reviews were new."""
        self.requests += 1
        count, now = self.shop.count(product, self.now), self.now
        found = self.shop.moments[product][self.known[product] : count]
        self.minutes += [(now - moment) / timedelta(minutes=1) for moment in found]
        self.pulses[product] = self.pulses[product].beat(len(found), now - self.polled[product])
        self.polled[product], self.known[product] = now, count
        return len(found)

    def settle(self) -> None:
        """Counts what was never found as found at the end, so that forgetting is never cheap."""
        for product in range(len(self.shop.moments)):
            self.poll(product)

    def candidate(self, product: int, *, is_counted: bool = False, has_changed: bool = False) -> Candidate:
        return Candidate(str(product), self.polled[product], self.pulses[product], is_counted, has_changed)


def find_uniformly(finder: Finder) -> None:
    """Every product in turn."""
    while not finder.is_over:
        for product in range(len(finder.shop.moments)):
            finder.poll(product)


def find_adaptively(finder: Finder, *, floor: timedelta = timedelta(hours=12), batch: int = 25) -> None:
    """By the planner's index, without counters."""
    while not finder.is_over:
        candidates = [finder.candidate(product) for product in range(len(finder.shop.moments))]
        for choice in choose(candidates, now=finder.now, budget=batch, floor=floor):
            finder.poll(int(choice.sku))


def find_by_counters(finder: Finder, *, lag: timedelta = timedelta(0), floor: timedelta = timedelta(hours=24)) -> None:
    """By the shop window's counters, then only what changed; ``lag`` is how old the counters are."""
    count = len(finder.shop.moments)
    pages, next_page = -(-count // TILES), 1
    seen = list(finder.known)
    while not finder.is_over:
        (page,) = pages_to_read(pages, next_page, budget=1)
        finder.requests += 1
        next_page = page % pages + 1
        tiles = range((page - 1) * TILES, min(page * TILES, count))
        told = {product: finder.shop.count(product, finder.now - lag) for product in tiles}
        candidates = [finder.candidate(one, is_counted=True, has_changed=told[one] != seen[one]) for one in tiles]
        for choice in choose(candidates, now=finder.now, budget=TILES, floor=floor):
            product = int(choice.sku)
            finder.poll(product)
            seen[product] = max(told[product], seen[product])


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0

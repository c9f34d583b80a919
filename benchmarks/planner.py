"""How soon a new review is found: the planner against reading by turns, at an equal number of requests.

    python3 run.py bench planner [--days 2] [--seeds 2] [--mock-hours 3] [--json] [--check]

First a simulated shop of 1,000 products with lognormal rates and bursts, 1,000 requests an hour. Then the same on the
mock with its 1,000 products and a real browser: there the clock is virtual and moves by the requests that the mock
counted at its socket, whatever they were for. Targets: mean time to detection at least 20 times shorter with counters
than by turns, and 1.7 times without. ``--check`` fails when the simulation misses one.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import islice

from benchmarks._browser import open_machine_browser
from benchmarks._detection import (
    START,
    TILES,
    Finder,
    Shop,
    find_adaptively,
    find_by_counters,
    find_uniformly,
    make_shop,
    mean,
    percentile,
)
from benchmarks._measuring import Mock, Product, running_mock
from benchmarks.polling import ask, workbench
from flows.library.read_reviews import PollResult, read_reviews
from flows.library.read_storefront import read_storefront
from flows.workbench import Workbench
from monitor.watching.planner import Candidate, Pulse, choose, pulse_of_past

PRODUCTS = 1_000
AN_HOUR = 1_000.0
WITH_COUNTERS, WITHOUT = 20.0, 1.7
_BATCH = 25


@dataclass(frozen=True)
class Found:
    """How old reviews were when they were found, in minutes."""

    world: str
    way: str
    reviews: int
    mean: float
    p95: float
    requests: int

    def times(self, base: Found) -> float:
        return base.mean / self.mean


def simulate(days: float, seeds: Sequence[int]) -> list[Found]:
    """Pools the reviews of several simulated shops."""
    ways: dict[str, Callable[[Finder], None]] = {
        "by turns": find_uniformly,
        "rate and bursts, no counters": find_adaptively,
        "counters": find_by_counters,
        "counters that lag 10 minutes": lambda finder: find_by_counters(finder, lag=timedelta(minutes=10)),
    }
    shops = [make_shop(products=PRODUCTS, days=days, seed=seed) for seed in seeds]
    rows = [_pool("simulated", way, shops, find, days) for way, find in ways.items()]
    best = mean([shop.best_fixed(AN_HOUR) for shop in shops])
    rows.append(Found("simulated", "best fixed intervals (true rates)", rows[0].reviews, best, 0.0, rows[0].requests))
    return rows


def _pool(world: str, way: str, shops: Sequence[Shop], find: Callable[[Finder], None], days: float) -> Found:
    minutes: list[float] = []
    requests = 0
    for shop in shops:
        finder = Finder(shop, AN_HOUR, days)
        find(finder)
        requests += finder.requests
        finder.settle()
        minutes += finder.minutes
    print(f"  {world}, {way}: {mean(minutes):.1f} min", file=sys.stderr, flush=True)
    return Found(world, way, len(minutes), mean(minutes), percentile(minutes, 0.95), requests)


@dataclass
class MockFinder:
    """The same on the mock: reviews are published as the virtual clock passes them, and read by the real flows."""

    shop: Shop
    mock: Mock
    bench: Workbench
    products: Sequence[Product]
    hours: float
    results: dict[str, PollResult] = field(default_factory=dict)
    waiting: list[tuple[float, int]] = field(default_factory=list)
    unseen: dict[int, list[float]] = field(default_factory=dict)
    minutes: list[float] = field(default_factory=list)
    pulses: list[Pulse] = field(default_factory=list)
    polled: list[float] = field(default_factory=list)

    def begin(self) -> None:
        """Reads everything once; what follows is measured."""
        self.poll(range(len(self.products)))
        for number, moments in enumerate(self.shop.moments):
            self.waiting += [((one - START) / timedelta(hours=1), number) for one in moments if one > START]
            self.pulses.append(pulse_of_past([one for one in moments if one <= START], now=START))
        self.waiting.sort(reverse=True)
        self.polled = [0.0] * len(self.products)
        self.mock.forget()

    @property
    def now(self) -> float:
        return self.mock.requests() / AN_HOUR

    def publish(self) -> float:
        """Publishes what is due by now; returns the virtual hour."""
        now = self.now
        while self.waiting and self.waiting[-1][0] <= now:
            at, number = self.waiting.pop()
            self.mock.add_review(number)
            self.unseen.setdefault(number, []).append(at)
        return now

    def poll(self, numbers: Iterable[int]) -> None:
        """Reads products in batches, publishing in between."""
        for batch in _in_batches(numbers):
            if self.polled:
                self.publish()
            asked = [ask(self.products[number], self.mock, self.results) for number in batch]
            results = _in_order(asked, read_reviews(self.bench, asked))
            now = self.now
            for number, result in zip(batch, results, strict=True):
                self._note(number, result, now)

    def _note(self, number: int, result: PollResult, now: float) -> None:
        before = self.results.get(result.sku)
        known = {review.review_id for review in before.read.reviews} if before else set()
        new = [] if result.read.is_unchanged else [one for one in result.read.reviews if one.review_id not in known]
        if not result.read.is_unchanged:
            self.results[result.sku] = result
        if not self.polled:
            return
        found, self.unseen[number] = self.unseen.get(number, [])[: len(new)], self.unseen.get(number, [])[len(new) :]
        self.minutes += [(now - at) * 60 for at in found]
        self.pulses[number] = self.pulses[number].beat(len(found), timedelta(hours=now - self.polled[number]))
        self.polled[number] = now

    def candidate(self, number: int, **more: bool) -> Candidate:
        return Candidate(str(number), START + timedelta(hours=self.polled[number]), self.pulses[number], **more)

    def by_turns(self) -> None:
        while self.now < self.hours:
            for batch in _in_batches(range(len(self.products))):
                if self.now >= self.hours:
                    break
                self.poll(batch)

    def adaptively(self) -> None:
        while (now := self.now) < self.hours:
            candidates = [self.candidate(number) for number in range(len(self.products))]
            moment = START + timedelta(hours=now)
            chosen = choose(candidates, now=moment, budget=_BATCH, floor=timedelta(hours=12))
            self.poll(int(one.sku) for one in chosen)

    def by_counters(self) -> None:
        numbers = {product.sku: number for number, product in enumerate(self.products)}
        seen: dict[str, int | None] = {}
        while self.now < self.hours:
            self.publish()
            pages = range(1, -(-len(self.products) // TILES) + 1)
            told: dict[str, int | None] = {}
            for page in read_storefront(self.bench, "primer-1", pages, known_pages=len(pages)):
                told |= {one.sku: one.reviews_total for one in page.read.products}
            moved = [numbers[sku] for sku in told if seen and told[sku] != seen.get(sku)]
            candidates = [self.candidate(number, is_counted=True, has_changed=number in moved) for number in moved]
            moment = START + timedelta(hours=self.now)
            self.poll(int(one.sku) for one in choose(candidates, now=moment, floor=timedelta(hours=12)))
            seen = told

    def settle(self) -> None:
        """Counts what was published and never found as found at the end."""
        end = self.now
        self.minutes += [(end - at) * 60 for moments in self.unseen.values() for at in moments]


def _in_batches(numbers: Iterable[int]) -> Iterator[list[int]]:
    left = iter(numbers)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _in_order(asked: Sequence[object], results: Iterable[PollResult]) -> list[PollResult]:
    by_sku = {result.sku: result for result in results}
    return [by_sku[one.sku] for one in asked]  # type: ignore[attr-defined]


def measure_on_mock(hours: float, seed: int) -> list[Found]:
    """Runs the three ways on three fresh mocks with the same reviews to come."""
    shop = make_shop(products=PRODUCTS, days=hours / 24, seed=seed)
    rows = []
    for way in ("by turns", "rate and bursts, no counters", "counters"):
        with running_mock(products=PRODUCTS, reviews=15, seed=seed) as mock, open_machine_browser() as browser:
            finder = MockFinder(shop, mock, workbench(mock, browser), mock.products(PRODUCTS), hours)
            finder.begin()
            {"by turns": finder.by_turns, "counters": finder.by_counters}.get(way, finder.adaptively)()
            finder.settle()
            found = finder.minutes
            rows.append(Found("mock", way, len(found), mean(found), percentile(found, 0.95), mock.requests()))
            print(f"  mock, {way}: {rows[-1].mean:.1f} min", file=sys.stderr, flush=True)
    return rows


def show(rows: Sequence[Found]) -> str:
    """Lays the figures out as a table."""
    lines = [f"{'world':10} {'way':34} {'reviews':>8} {'mean min':>9} {'p95 min':>8} {'requests':>9} {'sooner ×':>9}"]
    for row in rows:
        base = next(one for one in rows if one.world == row.world)
        p95 = f"{row.p95:8.1f}" if row.p95 else f"{'-':>8}"
        lines.append(
            f"{row.world:10} {row.way:34} {row.reviews:8} {row.mean:9.1f} {p95} {row.requests:9} {row.times(base):9.2f}"
        )
    return "\n".join(lines)


def main() -> int:
    """Runs both and compares the simulation with the targets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=1.5, help="of each simulated shop")
    parser.add_argument("--seeds", type=int, default=2, help="simulated shops")
    parser.add_argument("--mock-hours", type=float, default=3.0, help="virtual hours on the mock; 0 leaves it out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="figures for a program")
    parser.add_argument("--check", action="store_true", help="exit code 1 when the simulation misses a target")
    asked = parser.parse_args()
    rows = simulate(asked.days, range(asked.seed, asked.seed + asked.seeds))
    rows += measure_on_mock(asked.mock_hours, asked.seed) if asked.mock_hours else []
    print(json.dumps([asdict(row) for row in rows], indent=1) if asked.json else show(rows))
    turns, rates, counters = rows[:3]
    is_reached = counters.times(turns) >= WITH_COUNTERS and rates.times(turns) >= WITHOUT
    told = f"sooner by {counters.times(turns):.1f} × with counters (target {WITH_COUNTERS:g})"
    told += f" and by {rates.times(turns):.2f} × without (target {WITHOUT:g})"
    print(f"{told}: {'reached' if is_reached else 'missed'}", file=sys.stderr)
    return 1 if asked.check and not is_reached else 0


if __name__ == "__main__":
    sys.exit(main())

"""How often intervals hold what is true and charts cry wolf: computed over everything that can happen, and drawn.

What is expected was computed elsewhere (scipy, statsmodels): means and worst cases of Wilson and of the naive interval,
false alarms of a chart with few reviews, and what looking again and again or choosing the day afterwards does.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from statistics import fmean

from monitor.insight.charts import chart_share, plain, share_baseline
from monitor.insight.rates import Rate, poisson_interval
from monitor.insight.shares import FEWEST, Count, Interval, Z, clopper_pearson, newcombe, wilson
from tests.proofs.counted import Counted
from tests.unit.monitor.insight.exact import row, shown_halvings

HALF_A_POINT = 0.005
WILSON = {8: (0.954, 0.837), 20: (0.954, None), 50: (0.952, None)}
NAIVE = {8: (0.749, 0.077), 20: (0.861, None), 50: (0.914, None)}
FALSE_ALARMS = {(10, 0.1): 0.0128, (20, 0.1): 0.0024, (30, 0.05): 0.0033, (100, 0.05): 0.0043}

Method = Callable[[Count], Interval]


def naive(count: Count) -> Interval:
    """The interval that is not in the product, for a control."""
    half = Z * math.sqrt(count.share * (1 - count.share) / count.total)
    return Interval(count.share, count.share - half, count.share + half)


def check_shares(counted: Counted, *, points: int, exact: Method = clopper_pearson, score: Method = wilson) -> None:
    """Means and worst cases over shares from 0.01 to 0.5, and the exact interval at every one of them."""
    shares = [0.01 + 0.49 * step / (points - 1) for step in range(points)]
    for total, (mean, worst) in WILSON.items():
        found = _coverages(score, total, shares)
        _expect_near(counted, found, mean, worst, f"Wilson of {total}")
        _expect_near(counted, _coverages(naive, total, shares), *NAIVE[total], f"the naive interval of {total}")
        for share, held in zip(shares, _coverages(exact, total, shares), strict=True):
            counted.injections += 1
            counted.expect(held >= 0.95 - 1e-9, f"exact of {total} at {share:.4f} covers {held:.4f}")


def check_rates(counted: Counted, *, points: int, exact: Callable[[Rate], Interval] = poisson_interval) -> None:
    """The exact interval of a rate covers at least what it says, whatever the mean."""
    most = 120
    intervals = [exact(Rate(events, 1.0)) for events in range(most)]
    for step in range(points):
        mean = 0.05 * (60 / 0.05) ** (step / (points - 1))
        held = sum(
            math.exp(events * math.log(mean) - mean - math.lgamma(events + 1))
            for events, interval in enumerate(intervals)
            if interval.lower <= mean <= interval.upper
        )
        counted.injections += 1
        counted.expect(held >= 0.95 - 1e-9, f"Poisson at {mean:.3f} covers {held:.4f}")


def check_differences(counted: Counted, *, points: int) -> None:
    """Newcombe's interval over a grid of two shares and sizes; its mean stays within half a point of 95 %."""
    for one, two in ((20, 20), (30, 60), (80, 60)):
        intervals = {
            (hits, others): newcombe(Count(hits, one), Count(others, two))
            for hits in range(one + 1)
            for others in range(two + 1)
        }
        shares = [0.03 + 0.47 * step / (points - 1) for step in range(points)]
        found = [_difference_coverage(intervals, one, two, first, second) for first in shares for second in shares]
        counted.injections += len(found)
        counted.expect(fmean(found) >= 0.95 - HALF_A_POINT, f"Newcombe of {one} and {two}: mean {fmean(found):.4f}")
        counted.expect(min(found) >= 0.90, f"Newcombe of {one} and {two}: worst {min(found):.4f}")
        counted.notes.append(f"Newcombe {one}/{two} mean {fmean(found):.4f} worst {min(found):.4f}")


def check_power(counted: Counted) -> None:
    """The chance to show a true halving is what was computed elsewhere."""
    for start, total, expected in ((0.1, 100, 0.238), (0.2, 200, 0.806), (0.3, 50, 0.438)):
        counted.injections += 1
        found = shown_halvings(start, total)
        counted.expect(abs(found - expected) <= HALF_A_POINT, f"a halving from {start} with {total}: {found:.4f}")


def check_false_alarms(counted: Counted) -> None:
    """What a chart with known level does to a point of few reviews, against the nominal 0.00135 on the upper side."""
    for (total, share), expected in FALSE_ALARMS.items():
        usual = plain(share_baseline([Count(round(share * 10_000), 10_000)]))
        upper = chart_share(usual, Count(0, total)).upper
        found = sum(chance for hits, chance in enumerate(row(total, share)) if hits / total > upper)
        counted.injections += 1
        counted.expect(abs(found - expected) <= 0.0001, f"false alarms of {total} at {share}: {found:.4f}")


def check_looking(counted: Counted, *, runs: int) -> None:
    """Choosing the day afterwards and looking again and again claim changes; a day set before does not."""
    rng = random.Random(counted.seed)
    chosen = fixed = 0
    always = thrice = once = 0
    for _ in range(runs):
        flow = [rng.random() < 0.1 for _ in range(120)]
        chosen += any(_claims(flow[:cut], flow[cut:]) for cut in range(FEWEST, 120 - FEWEST + 1))
        fixed += _claims(flow[:60], flow[60:])
        before, after = [[rng.random() < 0.15 for _ in range(100)] for _ in range(2)]
        claims = {so_far: _claims(before, after[:so_far]) for so_far in range(FEWEST, 101)}
        always += any(claims.values())
        thrice += any(claims[look] for look in (30, 60, 100))
        once += claims[100]
    margin = 3.5 * math.sqrt(0.25 / runs)
    for found, expected, what in (
        (chosen, 0.373, "a day chosen afterwards"),
        (fixed, 0.038, "a day set before"),
        (always, 0.225, "a look after every review"),
        (thrice, 0.096, "three looks"),
        (once, 0.053, "one look"),
    ):
        counted.injections += runs
        counted.expect(abs(found / runs - expected) <= margin, f"{what}: {found / runs:.3f}, not {expected}")
        counted.notes.append(f"{what} {found / runs:.3f}")


def _claims(before: list[bool], after: list[bool]) -> bool:
    return not newcombe(Count(sum(before), len(before)), Count(sum(after), len(after))).spans_zero


def _coverages(method: Method, total: int, shares: list[float]) -> list[float]:
    intervals = [method(Count(hits, total)) for hits in range(total + 1)]
    return [
        sum(
            chance
            for interval, chance in zip(intervals, row(total, share), strict=True)
            if interval.lower <= share <= interval.upper
        )
        for share in shares
    ]


def _difference_coverage(
    intervals: dict[tuple[int, int], Interval], one: int, two: int, first: float, second: float
) -> float:
    gap = first - second
    first_row, second_row = row(one, first), row(two, second)
    return sum(
        first_row[hits] * second_row[others]
        for (hits, others), interval in intervals.items()
        if interval.lower - 1e-12 <= gap <= interval.upper + 1e-12
    )


def _expect_near(counted: Counted, found: list[float], mean: float, worst: float | None, what: str) -> None:
    counted.injections += 1
    counted.expect(abs(fmean(found) - mean) <= HALF_A_POINT, f"{what}: mean {fmean(found):.4f}, not {mean}")
    if worst is not None:
        counted.expect(abs(min(found) - worst) <= HALF_A_POINT, f"{what}: worst {min(found):.4f}, not {worst}")

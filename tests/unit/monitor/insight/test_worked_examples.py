"""The methods against numbers that were computed elsewhere (scipy 1.17 and statsmodels 0.15), to six digits."""

from __future__ import annotations

import itertools

import pytest

from monitor.insight.charts import (
    chart_rate,
    chart_share,
    gap_baseline,
    one_side_run,
    plain,
    rate_baseline,
    share_baseline,
)
from monitor.insight.findings import adjust, compare_mix
from monitor.insight.rates import Rate, compare_rates, poisson_interval
from monitor.insight.shares import Count, Interval, fisher, newcombe, wilson
from monitor.insight.splits import find_split
from monitor.insight.tails import poisson_at_most
from tests.unit.monitor.insight.exact import shown_halvings

SIX_DIGITS = 6e-7

WILSON = [
    ((0, 8), 0.0, 0.324408),
    ((1, 8), 0.022417, 0.470888),
    ((8, 8), 0.675592, 1.0),
    ((3, 20), 0.052369, 0.360419),
    ((12, 100), 0.069994, 0.198121),
    ((30, 1000), 0.021094, 0.042503),
]
NEWCOMBE = [
    (Count(30, 200), Count(12, 200), (0.09, 0.030037, 0.151520), False),
    (Count(12, 80), Count(3, 60), (0.1, -0.006870, 0.199700), True),
    (Count(6, 30), Count(2, 30), (0.133333, -0.046934, 0.312975), True),
    (Count(3, 12), Count(0, 12), (0.25, -0.041107, 0.532305), True),
    (Count(0, 10), Count(0, 12), (0.0, -0.242494, 0.277533), True),
]
POISSON = [
    ((0, 1.0), 0.0, 3.688879),
    ((1, 1.0), 0.025318, 5.571643),
    ((4, 1.2), 1.089865, 10.241589),
    ((10, 2.5), 4.795389, 18.390356),
]
HALVINGS = {
    0.1: (0.003, 0.020, 0.111, 0.238, 0.471),
    0.2: (0.028, 0.109, 0.270, 0.515, 0.806),
    0.3: (0.078, 0.198, 0.438, 0.724, 0.954),
}
OVERDISPERSED = [
    Count(*pair)
    for pair in zip(
        (120, 95, 160, 88, 140, 101, 175, 90), (2000, 1900, 2100, 1800, 2050, 1950, 2200, 1850), strict=True
    )
]


@pytest.mark.parametrize(("count", "lower", "upper"), WILSON)
def test_wilson(count: tuple[int, int], lower: float, upper: float) -> None:
    found = wilson(Count(*count))

    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=SIX_DIGITS)


def test_products_are_ranked_by_the_lower_bound() -> None:
    many, few = wilson(Count(18, 60)), wilson(Count(2, 4))

    assert many.lower == pytest.approx(0.199, abs=5e-4)
    assert few.lower == pytest.approx(0.150, abs=5e-4)
    assert many.lower > few.lower


@pytest.mark.parametrize(("before", "after", "expected", "cannot_tell"), NEWCOMBE)
def test_newcombe(before: Count, after: Count, expected: tuple[float, float, float], cannot_tell: bool) -> None:
    found = newcombe(before, after)

    assert (found.value, found.lower, found.upper) == pytest.approx(expected, abs=SIX_DIGITS)
    assert found.spans_zero is cannot_tell


@pytest.mark.parametrize("start", HALVINGS)
def test_chance_that_a_true_halving_is_shown(start: float) -> None:
    found = [shown_halvings(start, total) for total in (8, 20, 50, 100, 200)]

    assert found == pytest.approx(list(HALVINGS[start]), abs=6e-4)


@pytest.mark.parametrize(("rate", "lower", "upper"), POISSON)
def test_poisson(rate: tuple[int, float], lower: float, upper: float) -> None:
    found = poisson_interval(Rate(*rate))

    assert (found.lower * rate[1], found.upper * rate[1]) == pytest.approx((lower, upper), abs=SIX_DIGITS)


def test_poisson_per_hundred_orders() -> None:
    four, ten = poisson_interval(Rate(4, 1.2)), poisson_interval(Rate(10, 2.5))

    assert (four.value, four.lower, four.upper) == pytest.approx((3.3333, 0.9082, 8.5347), abs=6e-5)
    assert (ten.value, ten.lower, ten.upper) == pytest.approx((4, 1.9182, 7.3561), abs=6e-5)


def test_two_rates() -> None:
    found = compare_rates(Rate(14, 400), Rate(5, 350))

    assert found.ratio.value == pytest.approx(2.45)
    assert (found.ratio.lower, found.ratio.upper) == pytest.approx((0.833886, 8.691419), abs=SIX_DIGITS)
    assert found.chance == pytest.approx(0.1057, abs=6e-5)
    assert not found.is_shown


def test_p_chart() -> None:
    weeks = zip((2, 1, 3, 2, 0, 4, 2, 1, 3), (25, 22, 31, 28, 19, 35, 27, 24, 30), strict=True)
    usual = share_baseline([Count(*week) for week in weeks])
    later = [Count(10, 33), Count(2, 26), Count(1, 21)]
    points = [chart_share(plain(usual), week) for week in later]

    assert (usual.centre, usual.spread) == pytest.approx((0.074689, 0.897251), abs=SIX_DIGITS)
    assert (points[0].value, points[0].upper) == pytest.approx((0.303030, 0.211978), abs=SIX_DIGITS)
    assert chart_share(usual, later[0], least_spread=0).upper == pytest.approx(0.197872, abs=SIX_DIGITS)
    assert [point.is_alarm for point in points] == [True, False, False]
    assert chart_share(usual, later[0]) == points[0]


def test_u_chart_with_a_baseline_that_is_too_even() -> None:
    weeks = zip((5, 7, 4, 6, 8, 5, 6), (1.6, 2.1, 1.5, 1.9, 2.4, 1.7, 2.0), strict=True)
    usual = rate_baseline([Rate(*week) for week in weeks])
    point, believed = chart_rate(usual, Rate(14, 2.2)), chart_rate(usual, Rate(14, 2.2), least_spread=0)

    assert (usual.centre, usual.spread) == pytest.approx((3.106061, 0.225956), abs=SIX_DIGITS)
    assert (point.value, point.upper) == pytest.approx((6.363636, 6.670694), abs=SIX_DIGITS)
    assert believed.upper == pytest.approx(3.911510, abs=SIX_DIGITS)
    assert (point.is_alarm, believed.is_alarm) == (False, True)
    assert 1 - poisson_at_most(13, 6.833333) == pytest.approx(0.0106, abs=6e-5)


def test_big_counts_need_laney() -> None:
    usual, week = share_baseline(OVERDISPERSED), OVERDISPERSED[6]
    believing, laney = chart_share(plain(usual), week), chart_share(usual, week)

    assert (usual.centre, usual.spread) == pytest.approx((0.061136, 3.740571), abs=SIX_DIGITS)
    assert (week.share, believing.upper, laney.upper) == pytest.approx((0.079545, 0.076459, 0.118454), abs=SIX_DIGITS)
    assert (believing.is_alarm, laney.is_alarm) == (True, False)


def test_g_chart() -> None:
    usual = gap_baseline([14, 22, 9, 31, 18, 12, 25])
    next_gaps = [3, 2, 4, 1, 3]

    assert (usual.mean, usual.upper, usual.share) == pytest.approx((18.714286, 76.337623, 0.050725), abs=SIX_DIGITS)
    assert usual.median == 13
    assert usual.chance_of(next_gaps) == pytest.approx(0.001648, abs=SIX_DIGITS)
    assert usual.is_more_often(next_gaps)
    assert not usual.is_more_often([0])


def test_eight_on_one_side() -> None:
    assert one_side_run([2, 2, 2, 2, 2, 2, 2, 2], 1) == 7
    assert one_side_run([2, 2, 2, 1, 2, 2, 2, 2, 0], 1) is None
    assert one_side_run([0, 2, 2, 2, 2, 2, 2, 2, 2], 1) == 8


def test_a_place_found_by_searching_comes_with_the_chance_of_the_search() -> None:
    complaints = {3, 10, 19, 32, 34, 37, 38, 41, 43, 46, 49}
    found = find_split([position in complaints for position in range(1, 51)], shuffles=2_999)

    assert found is not None
    assert (found.before, found.after) == (Count(3, 31), Count(8, 19))
    assert found.statistic == pytest.approx(7.1148, abs=6e-5)
    assert found.near == (26, 27, 28, 29, 30, 32, 33, 35, 36)
    assert found.chance == pytest.approx(0.096, abs=0.015)
    rise = newcombe(found.after, found.before)
    assert (rise.lower, rise.upper) == pytest.approx((0.081, 0.550), abs=6e-4)


def test_many_findings() -> None:
    found = adjust([0.001, 0.008, 0.012, 0.021, 0.034, 0.041, 0.21, 0.42, 0.63, 0.91])

    assert found == pytest.approx((0.01, 0.04, 0.04, 0.0525, 0.068, 0.0683, 0.3, 0.525, 0.7, 0.91), abs=6e-5)
    assert sum(chance <= 0.05 for chance in found) == 3
    assert all(one == adjust([one])[0] for one in found)


def test_a_mix_that_moved_is_told_from_a_change() -> None:
    mix = compare_mix({"A": Count(10, 200), "B": Count(40, 100)}, {"A": Count(6, 150), "B": Count(135, 350)})

    assert (mix.before, mix.after, mix.after_as_before) == pytest.approx((0.167, 0.282, 0.155), abs=6e-4)
    assert mix.is_turned


@pytest.mark.parametrize("counts", itertools.product((0, 1, 5), (0, 3, 7)))
def test_fisher_is_the_same_from_both_sides(counts: tuple[int, int]) -> None:
    one, two = Count(counts[0], 9), Count(counts[1], 14)

    assert fisher(one, two) == pytest.approx(fisher(two, one))


def test_fisher_on_fishers_own_tea() -> None:
    """The lady who tasted tea: three of four right on each side, two-sided 34/70."""
    assert fisher(Count(3, 4), Count(1, 4)) == pytest.approx(34 / 70)


@pytest.mark.parametrize("count", [(-1, 5), (6, 5)])
def test_what_cannot_be_counted_is_refused(count: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is no count"):
        Count(*count)


def test_nothing_seen_says_nothing() -> None:
    assert wilson(Count(0, 0)) == Interval(0.0, 0.0, 1.0)
    assert newcombe(Count(0, 0), Count(0, 0)).spans_zero
    assert fisher(Count(0, 0), Count(3, 9)) == 1.0

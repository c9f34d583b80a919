"""A share of ``run.py prove insight``, and methods that are wrong, which must be caught."""

from __future__ import annotations

from monitor.insight.rates import Rate
from monitor.insight.shares import Interval, wilson
from tests.proofs import insight_coverage as coverage
from tests.proofs import insight_shops as simulated
from tests.proofs.counted import Counted

SEED = 7


def test_intervals_cover_and_charts_alarm_as_they_say() -> None:
    counted = Counted("insight coverage", SEED)
    coverage.check_shares(counted, points=491)
    coverage.check_rates(counted, points=1_000)
    coverage.check_differences(counted, points=12)
    coverage.check_power(counted)
    coverage.check_false_alarms(counted)
    coverage.check_looking(counted, runs=400)

    assert counted.report() == 0


def test_simulated_shops_are_told_right() -> None:
    counted = Counted("insight shops", SEED)
    simulated.check_nothing(counted, shops=60)
    simulated.check_defect(counted, shops=60)
    simulated.check_reasons_of_nothing(counted, shops=200)
    simulated.check_reason_of_defect(counted, shops=40)
    simulated.check_season(counted, shops=60)
    simulated.check_mix(counted, shops=100)
    simulated.check_fix(counted, shops=300)
    simulated.check_charts(counted, years=200)
    simulated.check_delay(counted, shops=50)

    assert counted.report() == 0


def test_the_naive_interval_is_caught() -> None:
    counted = Counted("control", SEED)
    coverage.check_shares(counted, points=50, score=coverage.naive)

    assert any("Wilson of 8" in violation for violation in counted.violations)


def test_an_approximation_in_the_exact_intervals_place_is_caught() -> None:
    counted = Counted("control", SEED)
    coverage.check_shares(counted, points=50, exact=wilson)
    coverage.check_rates(counted, points=50, exact=_by_root)

    assert any("exact of 8" in violation for violation in counted.violations)
    assert any("Poisson" in violation for violation in counted.violations)


def test_a_report_without_correction_is_caught() -> None:
    counted = Counted("control", SEED)
    simulated.check_nothing(counted, shops=20, finder=simulated.find_uncorrected)
    owners = Counted("control", SEED)
    simulated.check_reasons_of_nothing(owners, shops=20, finder=simulated.find_uncorrected)

    assert counted.violations
    assert owners.violations


def test_a_report_that_never_says_anything_is_caught() -> None:
    for check in (simulated.check_defect, simulated.check_season):
        counted = Counted("control", SEED)
        check(counted, shops=20, finder=lambda _: [])
        assert counted.violations


def _by_root(rate: Rate) -> Interval:
    reach = 1.96 * rate.events**0.5
    return Interval(rate.value, rate.events - reach, rate.events + reach)

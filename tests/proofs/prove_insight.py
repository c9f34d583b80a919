"""The methods of insight at full length: ``python3 run.py prove insight``: coverage, false alarms, simulated shops."""

from __future__ import annotations

import sys

import pytest

from monitor.insight.aspects import load_lexicon
from tests.proofs import insight_coverage as coverage
from tests.proofs import insight_shops as simulated
from tests.proofs import insight_words as words
from tests.proofs.counted import Counted

pytestmark = pytest.mark.timeout(4 * 3600)


def test_intervals_cover_and_charts_alarm_as_they_say(request: pytest.FixtureRequest) -> None:
    counted = Counted("insight coverage", int(request.config.getoption("--seed")))
    coverage.check_shares(counted, points=4_901)
    coverage.check_rates(counted, points=20_000)
    coverage.check_differences(counted, points=40)
    coverage.check_power(counted)
    coverage.check_false_alarms(counted)
    coverage.check_looking(counted, runs=2_000)
    assert counted.report() == 0


def test_simulated_shops_are_told_right(request: pytest.FixtureRequest) -> None:
    counted = Counted("insight shops", int(request.config.getoption("--seed")))
    simulated.check_nothing(counted, shops=2_000)
    simulated.check_defect(counted, shops=1_000)
    simulated.check_reasons_of_nothing(counted, shops=2_000)
    simulated.check_reason_of_defect(counted, shops=1_000)
    simulated.check_season(counted, shops=1_000)
    simulated.check_mix(counted, shops=1_000)
    simulated.check_fix(counted, shops=4_000)
    simulated.check_charts(counted, years=4_000)
    simulated.check_delay(counted, shops=500)
    assert counted.report() == 0


@pytest.mark.parametrize(
    ("tuned", "precision", "recall"), [(True, 0.74, 0.76), (False, 0.70, 0.58), (None, 0.68, 0.67)]
)
def test_complaints_are_found_in_labelled_reviews(tuned: bool | None, precision: float, recall: float) -> None:
    """The floors lie just under what was measured; docs/insight.md has the figures."""
    found = words.score(load_lexicon(), tuned=tuned)
    half = {True: "200 rows looked at", False: "200 rows kept apart", None: "60 rows labelled later"}[tuned]
    summary = f"precision {found.precision:.3f}, recall {found.recall:.3f}"
    sys.stdout.write("\n".join([f"{half}: {summary}", *found.lines()]) + "\n")

    assert found.precision >= precision
    assert found.recall >= recall

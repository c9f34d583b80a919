"""An incident is told once, reminded of daily, and closed when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.incidents import IncidentStep, report_bad, report_good
from monitor.state import State
from tests.appeal_world import ACCOUNT, SITE, START, fast_folder, sqlite_home


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def state(tmp_path: Path, clock: ManualClock) -> Iterator[State]:
    with fast_folder(tmp_path) as folder, sqlite_home(folder, clock).open() as state:
        with state.transaction() as tx:
            tx.accounts.add(ACCOUNT, site=SITE)
        yield state


def bad(state: State, kind: IncidentKind = IncidentKind.SITE_UNAVAILABLE, subject: str = "p1") -> IncidentStep:
    with state.transaction() as tx:
        return report_bad(tx, ACCOUNT, kind, subject=subject, detail="503")


def told(state: State) -> list[str]:
    with state.read() as tx:
        return [message.event for message in tx.outbox.all(ACCOUNT)]


def test_it_opens_at_its_threshold_and_is_told_once(state: State) -> None:
    assert [bad(state) for _ in range(4)] == [
        IncidentStep.COUNT,
        IncidentStep.COUNT,
        IncidentStep.OPEN,
        IncidentStep.NOTHING,
    ]
    assert told(state) == ["incident.open"]


def test_it_is_reminded_of_after_a_day(state: State, clock: ManualClock) -> None:
    for _ in range(3):
        bad(state)
    clock.advance(timedelta(hours=25))
    assert [bad(state), bad(state)] == [IncidentStep.REMIND, IncidentStep.NOTHING]


def test_good_news_closes_it_and_below_the_threshold_nobody_hears_of_it(state: State) -> None:
    bad(state)
    with state.transaction() as tx:
        assert not report_good(tx, ACCOUNT, IncidentKind.SITE_UNAVAILABLE, subject="p1")
    assert told(state) == []
    bad(state, IncidentKind.ACCOUNT_STOPPED, "")
    with state.transaction() as tx:
        assert report_good(tx, ACCOUNT, IncidentKind.ACCOUNT_STOPPED)
    assert told(state) == ["incident.open", "incident.close"]


def test_after_the_end_the_count_starts_anew(state: State) -> None:
    for _ in range(3):
        bad(state)
    with state.transaction() as tx:
        report_good(tx, ACCOUNT, IncidentKind.SITE_UNAVAILABLE, subject="p1")
    assert bad(state) is IncidentStep.COUNT


def test_subjects_do_not_share_an_incident(state: State) -> None:
    bad(state, subject="p1")
    bad(state, subject="p1")
    assert bad(state, subject="p2") is IncidentStep.COUNT

"""A visit stops before it would be killed, and the desk goes on with what it had no time for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.clock import ManualClock
from monitor.desk.orders import _run_to_the_end
from monitor.desk.work import Work
from monitor.visit_protocol import LEFT, EndKind, VisitEnd
from monitor.visiting.in_time import do_in_time

START = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lengths", "done"),
    [
        ([10.0] * 5, 5),
        ([100.0] * 50, 2),  # a third would be done at 300 s: too close
        ([400.0, 1.0], 1),  # the first one always
        ([1.0] * 10 + [90.0] * 10, 12),
        ([], 0),
    ],
)
def test_nothing_is_begun_that_would_be_killed(lengths: list[float], done: int) -> None:
    clock = ManualClock(START)

    def one(length: float) -> float:
        clock.advance(timedelta(seconds=length))
        return length

    found, left = do_in_time([lambda it=it: one(it) for it in lengths], clock=clock, seconds=300.0)  # type: ignore[misc]
    assert (len(found), left) == (done, len(lengths) - done)


@pytest.mark.parametrize(
    ("lefts", "visits"),
    [(["30", "12", ""], 3), ([""], 1), (["5", "5", "5"], 2)],  # the last one never gets less: it is not tried for ever
)
def test_the_desk_runs_once_more_for_what_a_visit_had_no_time_for(lefts: list[str], visits: int) -> None:
    work = Work(lambda: START)
    job = work.begin("visit shop", "Читаем отзывы", "/")
    assert job is not None
    ends = iter(VisitEnd(kind=EndKind.DONE, message=one, facts=((LEFT, one),) if one else ()) for one in lefts)
    assert _run_to_the_end(job, lambda: next(ends)).message == lefts[visits - 1]
    assert len(list(ends)) == len(lefts) - visits

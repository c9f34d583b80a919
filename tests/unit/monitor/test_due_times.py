"""Slots lie on a grid; one catch-up run for all that were missed; a clock set back never stalls a task."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.engine.due_times import MOST_NAMED, mend, take_turn

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_nothing_runs_before_its_time() -> None:
    assert take_turn(START, now=START - timedelta(seconds=1), interval=HOUR) is None


def test_a_late_run_does_not_push_later_slots() -> None:
    turn = take_turn(START, now=START + timedelta(minutes=10), interval=HOUR)

    assert turn is not None
    assert (turn.slot_at, turn.missed, turn.next_at) == (START, (), START + HOUR)


def test_after_a_night_asleep_one_slot_runs_and_the_others_are_named() -> None:
    turn = take_turn(START, now=START + timedelta(hours=8, minutes=5), interval=HOUR)

    assert turn is not None
    assert turn.slot_at == START + 8 * HOUR
    assert turn.missed == tuple(START + index * HOUR for index in range(8))


def test_a_due_time_in_the_far_future_is_drawn_near() -> None:
    assert mend(START + timedelta(days=400), now=START, interval=HOUR) == START + HOUR


@given(st.integers(0, 10**8), st.integers(300, 10**6))
def test_every_slot_is_run_named_or_counted_once(seconds_late: int, interval_seconds: int) -> None:
    interval = timedelta(seconds=interval_seconds)
    now = START + timedelta(seconds=seconds_late)

    turn = take_turn(START, now=now, interval=interval)

    assert turn is not None
    assert turn.slot_at <= now < turn.next_at
    assert len(turn.missed) <= MOST_NAMED
    assert len(turn.missed) + turn.unnamed == (turn.slot_at - START) // interval
    assert list(turn.missed) == sorted(set(turn.missed))

"""Slots of a rule within its hours: one catch-up for all that were missed, each of them named, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule import Cron, Every, Timing, clamp_due, parse_hours, take_turn
from monitor.schedule.timing import MOST_NAMED

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = Timing(Every(HOUR), ZoneInfo("Europe/Moscow"))
BERLIN = ZoneInfo("Europe/Berlin")


def test_nothing_runs_before_its_time() -> None:
    assert take_turn(START, HOURLY, now=START - timedelta(seconds=1)) is None


def test_a_late_run_does_not_push_later_slots() -> None:
    turn = take_turn(START, HOURLY, now=START + timedelta(minutes=10))

    assert turn is not None
    assert (turn.slot_at, turn.missed, turn.next_at) == (START, (), START + HOUR)


def test_after_a_night_asleep_one_slot_runs_and_the_others_are_named() -> None:
    turn = take_turn(START, HOURLY, now=START + timedelta(hours=8, minutes=5))

    assert turn is not None
    assert turn.slot_at == START + 8 * HOUR
    assert turn.missed == tuple(START + index * HOUR for index in range(8))


def test_after_a_year_the_oldest_slots_are_one_stretch_that_meets_the_named_ones() -> None:
    now = START + timedelta(days=365, minutes=5)
    turn = take_turn(START, HOURLY, now=now)

    assert turn is not None
    assert turn.stretch == (START, turn.missed[0])
    assert now - turn.missed[0] <= timedelta(days=15)
    assert turn.slot_at == START + timedelta(days=365)


def test_a_due_time_in_the_far_future_is_drawn_near() -> None:
    assert clamp_due(START + timedelta(days=400), HOURLY, now=START) == START + HOUR


def test_a_clock_set_back_by_seconds_does_not_repeat_a_daily_slot() -> None:
    daily = Timing(Cron("0 9 * * *"), ZoneInfo("UTC"))
    tomorrow = START + timedelta(days=1)

    assert clamp_due(tomorrow, daily, now=START - timedelta(seconds=2)) == tomorrow


@given(st.integers(0, 10**6), st.integers(300, 10**6))
def test_every_slot_is_run_or_named_or_lies_in_the_stretch(seconds_late: int, interval_seconds: int) -> None:
    interval = timedelta(seconds=interval_seconds)
    now = START + timedelta(seconds=seconds_late)

    turn = take_turn(START, Timing(Every(interval), BERLIN), now=now)

    assert turn is not None
    assert turn.slot_at is not None
    assert turn.slot_at <= now < turn.next_at
    assert len(turn.missed) <= MOST_NAMED
    unnamed = 0 if turn.stretch is None else (turn.stretch[1] - turn.stretch[0]) // interval
    assert len(turn.missed) + 1 + unnamed == (turn.slot_at - START) // interval + 1


def berlin(text: str) -> datetime:
    """A moment by Berlin's clock; the first one in a repeated hour."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def test_a_skipped_hour_s_slot_comes_right_after_the_skip() -> None:
    nightly = Timing(Cron("30 2 * * *"), BERLIN)

    first = nightly.slot_after(berlin("2026-03-28T03:00"))
    assert first == berlin("2026-03-29T03:00")
    assert nightly.slot_after(first) == berlin("2026-03-30T02:30")


def test_a_repeated_hour_s_slot_comes_once() -> None:
    nightly = Timing(Cron("30 2 * * *"), BERLIN)

    first = nightly.slot_after(berlin("2026-10-24T03:00"))
    second_round = berlin("2026-10-25T02:45") + HOUR
    assert first == berlin("2026-10-25T02:30")
    assert nightly.slot_after(first) == berlin("2026-10-26T02:30")
    assert nightly.slot_after(second_round - timedelta(minutes=20)) == berlin("2026-10-26T02:30")


def test_a_slot_outside_the_hours_is_moved_to_their_opening() -> None:
    working = Timing(Every(HOUR), BERLIN, parse_hours(["mon-fri 09:00-19:00"]))

    friday_evening = berlin("2026-11-20T18:30")
    assert working.slot_after(friday_evening) == berlin("2026-11-23T09:00")


def test_what_was_missed_is_caught_up_with_at_the_opening_and_not_at_night() -> None:
    working = Timing(Every(HOUR), BERLIN, parse_hours(["mon-fri 09:00-19:00"]))

    turn = take_turn(berlin("2026-11-19T17:00"), working, now=berlin("2026-11-20T02:00"))

    assert turn is not None
    assert turn.slot_at is None
    assert turn.missed == (berlin("2026-11-19T17:00"), berlin("2026-11-19T18:00"))
    assert turn.next_at == berlin("2026-11-20T09:00")


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("22:00-08:00", "2026-11-20T22:00", "2026-11-21T08:00"),
        ("sat,sun 10:00-14:00", "2026-11-21T10:00", "2026-11-21T14:00"),
        ("fri-mon 20:00-24:00", "2026-11-20T20:00", "2026-11-21T00:00"),
    ],
)
def test_hours_open_and_close_by_the_clock_on_the_wall(text: str, opens: str, closes: str) -> None:
    hours = parse_hours([text])
    noon = berlin("2026-11-20T12:00")

    assert hours.next_open(noon, BERLIN) == berlin(opens)
    assert hours.next_closed(berlin(opens), BERLIN) == berlin(closes)
    assert parse_hours([str(hours)]) == hours


def test_hours_that_open_in_a_skipped_hour_open_with_the_skip() -> None:
    hours = parse_hours(["02:30-05:00"])

    assert hours.next_open(berlin("2026-03-29T01:00"), BERLIN) == berlin("2026-03-29T03:00")

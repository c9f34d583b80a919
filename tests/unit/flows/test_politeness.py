from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.errors import SiteUnavailable, WallMet
from flows.politeness import LONGEST_HOLD_SECONDS, Budget, Politeness, parse_retry_after

HOST = "www.example.com"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """Seconds that pass only when somebody pauses."""

    def __init__(self) -> None:
        self.now = 100.0
        self.paused: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def politeness(clock: Clock) -> Politeness:
    return Politeness(budget=Budget(per_second=2.0, burst=4), clock=clock, pause=clock.pause)


def test_a_burst_goes_out_at_once_and_the_rest_is_paced(politeness: Politeness, clock: Clock) -> None:
    for _ in range(8):
        politeness.await_turn(HOST)

    assert clock.paused == [0.5] * 4


def test_one_host_does_not_pay_for_another(politeness: Politeness, clock: Clock) -> None:
    politeness.await_turn(HOST, 4)
    politeness.await_turn("seller.example.com", 4)

    assert clock.paused == []


def test_what_the_site_asks_to_wait_is_waited(politeness: Politeness, clock: Clock) -> None:
    politeness.hold(HOST, 30)
    politeness.await_turn(HOST)

    assert clock.paused == [30]


def test_a_wall_stops_the_host_until_a_person_released_it(politeness: Politeness) -> None:
    politeness.note_wall(HOST, "captcha")
    with pytest.raises(WallMet):
        politeness.take(HOST)

    politeness.release(HOST)

    assert politeness.take(HOST) == 0


def test_failures_in_a_row_open_the_breaker_for_a_while(politeness: Politeness, clock: Clock) -> None:
    for _ in range(5):
        politeness.note_failure(HOST)
    with pytest.raises(SiteUnavailable):
        politeness.take(HOST)

    clock.now += 61

    assert politeness.take(HOST) == 0


def test_a_turn_notes_what_happened_in_it(politeness: Politeness, clock: Clock) -> None:
    with pytest.raises(SiteUnavailable), politeness.turn(HOST):
        raise SiteUnavailable("busy", retry_after=12)

    politeness.await_turn(HOST)

    assert clock.paused == [12]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2036 12:00:00 GMT", LONGEST_HOLD_SECONDS),
        ("9" * 400, LONGEST_HOLD_SECONDS),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_every_form(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, now=NOW) == seconds

"""The plan: counters first, then by rate and time, and nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.watching.planner import (
    Candidate,
    Pulse,
    Why,
    average_rate,
    choose,
    pages_to_read,
    pulse_of_past,
)
from tests.appeal_world import START

HOUR = timedelta(hours=1)
NOW = START
FLOOR = 12 * HOUR
BUSY = pulse_of_past([NOW - hour * HOUR for hour in range(100)], now=NOW)
QUIET = pulse_of_past([NOW - 2000 * HOUR], now=NOW)


def read(sku: str, hours_ago: float, **more: object) -> Candidate:
    return Candidate(sku, NOW - hours_ago * HOUR, **more)  # type: ignore[arg-type]


def plan(*candidates: Candidate, budget: int | None = None) -> list[tuple[str, Why]]:
    return [(one.sku, one.why) for one in choose(candidates, now=NOW, budget=budget, floor=FLOOR)]


def test_what_was_never_read_and_what_changed_come_first() -> None:
    new, changed = Candidate("new", None), read("changed", 0.1, is_counted=True, has_changed=True)
    busy = read("busy", 1, pulse=BUSY)
    assert plan(busy, changed, new, budget=2) == [("new", Why.FIRST), ("changed", Why.CHANGED)]


def test_a_product_whose_counter_stands_still_is_not_read() -> None:
    assert plan(read("still", 11, is_counted=True, pulse=BUSY)) == []


def test_the_floor_reads_even_what_a_counter_speaks_for() -> None:
    assert plan(read("still", 12, is_counted=True)) == [("still", Why.FLOOR)]


def test_of_two_read_at_the_same_time_the_busier_comes_first() -> None:
    assert plan(read("a", 1, pulse=QUIET), read("b", 1, pulse=BUSY), budget=1) == [("b", Why.RATE)]


def test_of_two_with_one_rate_the_longer_unread_comes_first() -> None:
    assert plan(read("a", 1, pulse=BUSY), read("b", 2, pulse=BUSY), budget=1) == [("b", Why.RATE)]


def test_without_a_budget_everything_without_a_counter_is_read() -> None:
    assert {sku for sku, _ in plan(read("a", 0.1), read("b", 1), read("c", 1, is_counted=True))} == {"a", "b"}


def test_a_burst_raises_the_rate_and_fades() -> None:
    average = 0.02
    burst = QUIET.beat(5, HOUR)
    assert burst.rate(average) > 20 * QUIET.rate(average)
    assert burst.beat(0, 24 * HOUR).rate(average) < burst.rate(average) / 5


def test_a_pulse_survives_its_packing_and_no_text_is_no_past() -> None:
    assert abs(Pulse.unpack(BUSY.pack()).rate(0.1) - BUSY.rate(0.1)) < 1e-6
    assert Pulse.unpack("") == Pulse()


def test_a_product_without_a_past_is_taken_for_an_average_one() -> None:
    average = average_rate([BUSY, QUIET])
    assert abs(Pulse().rate(average) - average) < 1e-9


@given(st.lists(st.floats(0.01, 5.0), min_size=2, max_size=12), st.integers(1, 3))
def test_nobody_waits_for_ever_whatever_the_rates(rates: list[float], budget: int) -> None:
    pulses = [Pulse(rate * 100, 100.0) for rate in rates]
    polled, worst = [NOW] * len(rates), timedelta(0)
    for step in range(1, 200):
        now = NOW + step * HOUR
        candidates = [Candidate(str(n), at, pulses[n]) for n, at in enumerate(polled)]
        for choice in choose(candidates, now=now, budget=budget, floor=FLOOR):
            polled[int(choice.sku)] = now
        worst = max(worst, *(now - at for at in polled))
    assert worst <= FLOOR + len(rates) * HOUR


def test_a_sweep_goes_on_where_the_budget_stopped_it() -> None:
    assert pages_to_read(5, 1, budget=None) == [1, 2, 3, 4, 5]
    assert pages_to_read(5, 4, budget=3) == [4, 5, 1]
    assert pages_to_read(2, 7, budget=9) == [1, 2], "the window has shrunk"

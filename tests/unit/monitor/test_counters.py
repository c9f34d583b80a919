"""Counters and reviews must move alike; twice they did not is an incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.readings.storefront import ProductCounter
from monitor.clock import ManualClock
from monitor.state import State
from monitor.watching.counters import Accord, has_moved, settle
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, SKU, START, fast_folder, lease_of, listing, review, settle_in, sqlite_home


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with fast_folder(tmp_path) as folder, sqlite_home(folder, ManualClock(START)).open() as state:
        settle_in(state, ["r1", "r2"])
        yield state


def counter(total: int, rating: str = "4.9") -> ProductCounter:
    return ProductCounter(SKU, "", "", rating, total, is_exact=True)


def visit(state: State, total: int, reviews: list[str]) -> Accord:
    assert isinstance(state.clock, ManualClock)
    state.clock.advance(timedelta(hours=1))
    lease = lease_of(state)
    record_poll(state, lease, listing([review(name) for name in reviews], state.clock.now()))
    with state.transaction(lease) as tx:
        accord = settle(tx, ACCOUNT, counter(total))
    state.release(lease)
    return accord


def incidents(state: State) -> list[str]:
    with state.read() as tx:
        return [one.kind for one in tx.incidents.unclosed(ACCOUNT)]


def must_be_read(state: State, total: int, rating: str = "4.9") -> bool:
    with state.read() as tx:
        return has_moved(tx.counters.get(ACCOUNT, SKU), counter(total, rating))


def test_a_counter_that_stands_still_asks_for_nothing(state: State) -> None:
    visit(state, 5, ["r1", "r2"])
    assert not must_be_read(state, 5)
    assert must_be_read(state, 6)
    assert must_be_read(state, 5, "4.8"), "an edit may change the stars alone"


def test_both_move_alike_and_nobody_is_told(state: State) -> None:
    visit(state, 5, ["r1", "r2"])
    assert visit(state, 6, ["r1", "r2", "r3"]) is Accord.AGREED
    assert incidents(state) == []


def test_a_counter_that_rose_with_no_review_found_is_an_incident_at_the_second_look(state: State) -> None:
    visit(state, 5, ["r1", "r2"])
    assert visit(state, 6, ["r1", "r2"]) is Accord.UNEXPLAINED
    assert incidents(state) == []
    assert must_be_read(state, 6), "a doubt is looked at again although the counter stands still"
    visit(state, 6, ["r1", "r2"])
    assert incidents(state) == ["counter_unexplained"]
    assert not must_be_read(state, 6), "it was told; the product is not read at every visit for ever"


def test_a_review_no_counter_told_of_is_an_incident_at_the_second_look(state: State) -> None:
    visit(state, 5, ["r1", "r2"])
    assert visit(state, 5, ["r1", "r2", "r3"]) is Accord.SILENT
    visit(state, 5, ["r1", "r2", "r3"])
    assert incidents(state) == ["counter_silent"]


def test_a_counter_that_only_lags_is_no_incident(state: State) -> None:
    visit(state, 5, ["r1", "r2"])
    visit(state, 5, ["r1", "r2", "r3"])
    assert visit(state, 6, ["r1", "r2", "r3"]) is Accord.AGREED
    assert incidents(state) == []


def test_the_next_change_that_agrees_closes_the_incident(state: State) -> None:
    for total in (5, 6, 6):
        visit(state, total, ["r1", "r2"])
    assert incidents(state) == ["counter_unexplained"]
    visit(state, 7, ["r1", "r2", "r3"])
    assert incidents(state) == []


def test_a_poll_keeps_the_pulse_of_the_product(state: State) -> None:
    with state.read() as tx:
        before = tx.products.get(ACCOUNT, SKU)
    visit(state, 5, ["r1", "r2", "r3", "r4"])
    with state.read() as tx:
        after = tx.products.get(ACCOUNT, SKU)
    assert before is not None
    assert after is not None
    assert before.pulse != ""
    assert after.pulse != before.pulse

"""Sightings and readings of other sources are kept alike by both stores, and so is what two of them differ in."""

from __future__ import annotations

from datetime import timedelta

from monitor.state import State
from tests.appeal_world import ACCOUNT, START, settle_in
from tests.source_world import SourceWorld


def test_a_difference_is_found_told_and_closed(state: State) -> None:
    settle_in(state, ["old"])
    world = SourceWorld(state, born={"old": START})
    world.source("old")
    world.wait(1)
    world.source("old", "r1")
    world.page("old", "p1")
    world.wait()
    world.source("old", "r1")
    world.page("old", "p1")
    assert world.compare() == ["review_missed_by_public r1", "review_missed_by_api p1"]
    world.source("old", "r1", "p1")
    world.page("old", "p1", "r1")
    assert world.compare() == []


def test_a_reading_and_its_sightings_come_back_as_they_were(state: State) -> None:
    settle_in(state, ["old"])
    world = SourceWorld(state, born={"old": START})
    world.wait(1)
    first = world.now()
    world.source("old", world.row("r1", order="cancelled", is_counted=None, text=""), reach=first - timedelta(days=1))
    world.wait(1)
    world.source("r1")
    with state.read() as tx:
        (seen,) = tx.sources.of_review(ACCOUNT, "r1")
        known = tx.sources.state(ACCOUNT, "api")
    assert (seen.first_seen_at, seen.last_seen_at) == (first, world.now())
    assert (seen.order_status, seen.is_counted, seen.has_text) == ("delivered", True, True)
    assert known is not None
    assert (known.good_at, known.row_count, known.foreign_count) == (world.now(), 1, 0)

"""A worker frozen past its lease that wakes at the worst moment, after another one has taken its account over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.appeals.crash import CrashPoint
from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import SiteLook
from monitor.clock import ManualClock
from monitor.errors import LeaseLost
from tests.appeal_world import LIST_TERMS, START, approved, fast_folder, load, settle_in, sqlite_home
from tests.faults.appeal_checks import find_violations
from tests.faults.appeal_visit import LEASE, Visitor
from tests.faults.simulated_site import Kind, Mode, SimulatedSite


class HonestSite(SimulatedSite):
    """Says whether the process that filled the form is gone."""

    is_submitter_gone = True

    def look(self, review_id: str) -> SiteLook:
        return replace(super().look(review_id), submitter_gone=self.is_submitter_gone)


@dataclass
class FreezeAt:
    """A hook that stands still at a point while others work, then goes on as if nothing had been."""

    point: CrashPoint
    visitor: Visitor
    is_known_to_live: bool = True
    seen: list[str] = field(default_factory=list)

    def __call__(self, point: CrashPoint) -> None:
        if point != self.point or self.seen:
            return
        site, clock = self.visitor.site, self.visitor.home.clock
        assert isinstance(site, HonestSite)
        assert isinstance(clock, ManualClock)
        site.is_submitter_gone = not self.is_known_to_live
        for number in range(3):
            clock.advance(max(LEASE, LIST_TERMS.settle_window) + timedelta(minutes=1))
            self.visitor.visit(f"another worker, {number}")
            self.seen.append("visited")
        site.is_submitter_gone = True


@dataclass
class World:
    visitor: Visitor
    appeal_id: str

    def freeze(self, point: CrashPoint, *, is_known_to_live: bool = True) -> list[str]:
        hook = FreezeAt(point, self.visitor, is_known_to_live)
        with suppress(LeaseLost):
            self.visitor.visit("frozen worker", hook)
        assert hook.seen, "the point was never reached"
        return self.violations()

    def violations(self) -> list[str]:
        with self.visitor.home.open() as state:
            return find_violations(self.visitor.site, [load(state, self.appeal_id)], self.visitor.mode)

    def state(self) -> str:
        with self.visitor.home.open() as state:
            return load(state, self.appeal_id).state

    def later(self) -> None:
        clock = self.visitor.home.clock
        assert isinstance(clock, ManualClock)
        for number in range(2):
            clock.advance(LIST_TERMS.settle_window + LEASE)
            self.visitor.visit(f"later, {number}")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = ManualClock(START)
    with fast_folder(tmp_path) as folder:
        home = sqlite_home(folder, clock)
        with home.open() as state:
            settle_in(state, ["r1"])
            appeal_id = approved(state, "r1").id
        site = HonestSite(folder / "site.jsonl", Kind.LIST, clock)
        yield World(Visitor(home, site, Mode.OK, LIST_TERMS), appeal_id)


def test_frozen_before_the_stamp_it_clicks_nothing_and_the_other_one_files(world: World) -> None:
    assert world.freeze("C4", is_known_to_live=False) == []
    assert world.state() == AppealState.CONFIRMED
    assert len(world.visitor.site.events("gesture")) == 1


def test_frozen_between_stamp_and_click_its_request_is_stopped_at_the_gate(world: World) -> None:
    world.freeze("C5", is_known_to_live=False)
    assert world.visitor.site.events("post") == []
    assert world.state() == AppealState.ABSENT


def test_frozen_with_a_released_request_nothing_is_proven_until_it_is_gone(world: World) -> None:
    world.freeze("C6")
    assert len(world.visitor.site.events("post")) == 1
    assert world.state() == AppealState.UNKNOWN
    world.later()
    assert world.violations() == []
    assert world.state() == AppealState.CONFIRMED


def test_taking_a_frozen_process_for_gone_is_seen_by_the_checks(world: World) -> None:
    assert any("absent although the site has it" in found for found in world.freeze("C6", is_known_to_live=False))

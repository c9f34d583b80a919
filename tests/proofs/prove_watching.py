"""Random histories of cards, pools, limits and changed pages: each review is told once, none lost, none invented.

python3 run.py prove watching [--histories N]: 2,000 by default without a browser, and 30 in Chromium.
"""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING

import pytest

from mock_site.server import MockSite
from mock_site.switches import Switches, Wall
from mock_site.world import WorldOptions
from monitor.clock import ManualClock
from tests.appeal_world import sqlite_home
from tests.browser.conftest import site_of, workbench
from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.watching_histories import EPOCH, History, compare, prove_in_memory

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.catalog import Site
    from flows.workbench import Workbench

IN_CHROMIUM = 30
CHUNK = 200

pytestmark = pytest.mark.timeout(4 * 3600)


def test_histories_without_a_browser(request: pytest.FixtureRequest) -> None:
    histories = int(request.config.getoption("--histories"))
    whole = Counted("watching", int(request.config.getoption("--seed")))
    for chunk in range(-(-histories // CHUNK)):
        clock = ManualClock(EPOCH)
        with scratch_folder() as folder, sqlite_home(folder, clock).open() as state:
            count = min(CHUNK, histories - chunk * CHUNK)
            part = prove_in_memory(state, clock, histories=count, seed=whole.seed + chunk)
        whole.injections += part.injections
        whole.violations += part.violations
    assert whole.report() == 0


class MockFaults:
    """Sets the faults of a history by the mock's own switches."""

    def __init__(self, mock: MockSite) -> None:
        self._mock = mock

    def set(self, *, cut: bool, wall: bool, drift: str) -> None:
        assert not drift, "a page that is shown tells in other ways what its state has lost"
        walls = [Wall(kind="challenge")] if wall else []
        self._mock.switches = Switches(walls=walls, listing_max_pages=1 if cut else 33)


@pytest.mark.browser
def test_histories_in_chromium(browser: Browser, request: pytest.FixtureRequest) -> None:
    seed = int(request.config.getoption("--seed"))
    counted = Counted("watching in Chromium", seed)
    clock = ManualClock(EPOCH)
    with scratch_folder() as folder, sqlite_home(folder, clock).open() as state:
        for number in range(IN_CHROMIUM):
            rng = random.Random(f"{seed} {number}")
            options = WorldOptions(
                seed=rng.randrange(10**6),
                products=2,
                reviews_per_product=33 if rng.random() < 0.2 else rng.randrange(2, 7),
                orders=0,
                epoch=clock.now().replace(microsecond=0),
                frozen_clock=True,
            )
            with MockSite.start(options) as mock:
                site = site_of(mock)

                def open_bench(site: Site = site) -> Workbench:
                    # Each visit has its own: a wall ends one, and the next begins afresh.
                    return dataclasses.replace(workbench(browser, site), now=clock.now)

                www = mock.origins["www"]
                history = History(state, clock, mock.world, MockFaults(mock), open_bench, rng, f"c{number}", origin=www)
                compare(counted, history.name, *history.run(5))
                assert mock.errors == []
    assert counted.report() == 0

"""The gate round everything: pages that send twice or elsewhere, on every channel: ``python3 run.py prove gate``.

Each filing starts and kills a browser of its own, as the program does. The control is the gate as it stood before.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from flows.browser import BrowserHandle
from flows.catalog import Site
from mock_site.server import MockSite
from tests.browser.conftest import WORLD, site_of, workbench
from tests.proofs import network_faults, passage_faults
from tests.proofs.counted import Counted
from tests.proofs.gate_behaviours import (
    BEHAVIOURS,
    STOPPED_BEFORE,
    TRIES,
    Behaviour,
    gate_of_before,
    misbehave,
    no_gate,
    once,
    own_browsers,
    pairs,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from flows.workbench import Workbench

pytestmark = pytest.mark.timeout(3 * 3600)


@pytest.fixture(scope="module")
def mock() -> Iterator[MockSite]:
    with MockSite.start(WORLD) as site:
        yield site


@pytest.fixture
def site(mock: MockSite) -> Site:
    mock.reset()
    return site_of(mock)


@pytest.fixture
def bench(browser: Browser, site: Site) -> Workbench:
    return workbench(browser, site)


def count(mock: MockSite, bench: Workbench, suite: str, cases: list[tuple[str, Behaviour]]) -> Counted:
    counted = Counted(suite, seed=WORLD.seed)
    for channel, behaviour in cases:
        mock.reset()
        counted.injections += 1
        surplus = misbehave(mock, bench, channel, behaviour)
        counted.expect(not surplus, f"{channel}, {behaviour.name}: {', '.join(sorted(set(surplus)))}")
        sys.stdout.write(f"  {channel}, {behaviour.name}: {len(surplus)}\n")
    return counted


def test_one_request_leaves_whatever_the_page_does(
    mock: MockSite, bench: Workbench, browser: Browser, browser_type_launch_args: dict[str, object]
) -> None:
    own = own_browsers(bench, browser, browser_type_launch_args)

    assert count(mock, own, "pages that send more", pairs(whole=True)).report() == 0


def test_faults_of_the_network_make_no_second_request_and_no_false_word(
    mock: MockSite, bench: Workbench, browser: Browser, browser_type_launch_args: dict[str, object]
) -> None:
    own = own_browsers(bench, browser, browser_type_launch_args)
    counted = Counted("faults of the network", seed=WORLD.seed)
    for channel, fault in network_faults.pairs(whole=True):
        mock.reset()
        counted.injections += 1
        broken = network_faults.suffer(mock, own, channel, fault)
        counted.expect(not broken, f"{channel}, {fault.name}: {'; '.join(broken)}")
        sys.stdout.write(f"  {channel}, {fault.name}: {len(broken)}\n")
    assert counted.report() == 0


def test_a_way_to_the_site_that_loses_or_repeats_makes_no_false_word(
    mock: MockSite, bench: Workbench, browser: Browser, browser_type_launch_args: dict[str, object]
) -> None:
    counted = Counted("faults on the way", seed=WORLD.seed)
    resent: set[str] = set()
    for case in passage_faults.pairs(whole=True):
        mock.reset()
        counted.injections += 1
        came = passage_faults.suffer(mock, bench, browser, browser_type_launch_args, case)
        counted.expect(not came.broken, f"{case[0]}, {case[1].name}: {'; '.join(came.broken)}")
        resent |= {case[1].name} if came.requests > 1 else set()
        sys.stdout.write(f"  {case[0]}, {case[1].name}: {came.requests} requests, {len(came.broken)}\n")
    counted.notes.append(f"sent again by the browser's network stack: {'; '.join(sorted(resent)) or 'nothing'}")
    assert counted.report() == 0
    assert resent, "or no fault was met at all"


def test_the_gate_of_before_shows_violations(mock: MockSite, bench: Workbench) -> None:
    seen_before = [one for one in BEHAVIOURS if one.name not in STOPPED_BEFORE]
    with gate_of_before():
        assert find_unseen(mock, bench, "control: the gate of before", seen_before) == []


def test_without_a_gate_the_others_show_violations(
    mock: MockSite, bench: Workbench, browser: Browser, browser_type_launch_args: dict[str, Any]
) -> None:
    switches = [one for one in browser_type_launch_args.get("args", []) if one != "--no-pings"]
    launch = {**browser_type_launch_args, "args": switches}
    with no_gate(), closing(browser.browser_type.launch(**launch)) as telling:
        open_bench = replace(bench, browser=BrowserHandle.adopt(telling))
        others = [one for one in BEHAVIOURS if one.name in STOPPED_BEFORE]
        assert find_unseen(mock, open_bench, "control: no gate", others) == []


def find_unseen(mock: MockSite, bench: Workbench, suite: str, behaviours: list[Behaviour]) -> list[str]:
    """Names the kinds of which nothing got out: a proof of them would prove nothing."""
    counted = Counted(suite, seed=WORLD.seed)
    for channel, behaviour in once(behaviours):
        counted.injections += 1
        for number in range(TRIES):
            mock.reset()
            if surplus := misbehave(mock, bench, channel, behaviour):
                counted.violations.append(f"{channel}, {behaviour.name}: {', '.join(sorted(set(surplus)))}")
                sys.stdout.write(f"  {channel}, {behaviour.name}: seen at try {number + 1}\n")
                break
    counted.report()
    shown = " ".join(counted.violations)
    return [one.name for one in behaviours if f", {one.name}: " not in shown]

"""Faults of browser and processes, each in a visit process of its own, struck while its request is at the site.

python3 run.py prove visit_faults
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from monitor.visit_protocol import VisitKind
from tests.filing_world import OPTIONS, make_filing_world
from tests.proofs.filing_checks import find_violations
from tests.proofs.visit_faults import VISIT_FAULTS, Stand, VisitFault

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.mark.parametrize("fault", VISIT_FAULTS, ids=[fault.id for fault in VISIT_FAULTS])
def test_a_fault_of_the_browser_sends_once_and_leaves_nothing_behind(
    present_mock: MockSite, tmp_path: Path, fault: VisitFault
) -> None:
    present_mock.reset()
    world = make_filing_world(tmp_path, present_mock, browser=dict(fault.browser))
    appeal = world.approve()
    stand = Stand(world)
    world.installation.clock = stand.clock
    fault.before(stand)

    def on_arrival() -> None:
        world.on_arrival = None
        stand.look()
        fault.strike(stand)

    world.on_arrival = on_arrival
    kind = fault.run(stand)
    stand.clock.ahead = 0.0
    present_mock.switches.renames = {}
    world.run_process(VisitKind.FOLLOW)

    assert present_mock.errors == []
    assert kind in fault.kinds
    assert find_violations(world) == []
    assert AppealState(world.load(appeal).state) in fault.ends
    assert sum(world.posts().values()) == fault.posts
    assert stand.left_over() == []
    assert stand.is_profile_private()

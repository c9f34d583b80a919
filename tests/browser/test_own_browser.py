"""A visit with two approved appeals whose pages send again when they are left: whole processes, own browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from monitor.visit_protocol import EndKind, VisitKind
from tests.filing_world import CREATE, OPTIONS, make_filing_world
from tests.proofs.filing_checks import find_violations
from tests.proofs.filing_faults import script

if TYPE_CHECKING:
    from pathlib import Path

# On the pages of a filing only: those that prove the session are in the visit's other browser, and closed.
AGAIN = f"""
if (/appeal/.test(location.pathname)) {{
  addEventListener('pagehide', () => fetch('{CREATE}', {{method: 'POST', body: 'again', keepalive: true}}));
  addEventListener('unload', () => navigator.sendBeacon('{CREATE}', 'again'));
}}"""


def test_two_appeals_of_one_visit_go_out_once_each(tmp_path: Path) -> None:
    with MockSite.start(OPTIONS) as site:
        world = make_filing_world(tmp_path, site, answer_window="20s")
        appeals = [world.approve(number=number) for number in range(2)]
        script(AGAIN)(world)

        end = world.run_process(VisitKind.SUBMIT)

        assert end.kind is EndKind.DONE, end
        assert [world.load(appeal).state for appeal in appeals] == [AppealState.CONFIRMED] * 2
        assert find_violations(world) == []
        assert len(site.ledger.submits) == 2

"""Ctrl-C in the command that supervises a visit: the account is free at once, not a minute later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from mock_site.server import MockSite
from monitor.engine.interrupts import VisitInterrupted
from monitor.visit_protocol import VisitEnd, VisitKind, VisitOrder
from tests.filing_world import ACCOUNT, make_filing_world


def test_the_next_command_need_not_wait_for_the_dead_visit_s_lease(tmp_path: Path, mock_site: MockSite) -> None:
    world = make_filing_world(tmp_path, mock_site)
    state = world.installation.state

    def interrupted(order: VisitOrder, **_: object) -> VisitEnd:
        state.acquire(ACCOUNT, order.visit_id, timedelta(seconds=60))  # as the visit does that dies with its parent
        raise KeyboardInterrupt

    with patch("monitor.engine.visits.run_visit", interrupted), pytest.raises(VisitInterrupted):
        world.run_process(VisitKind.SUBMIT)

    state.release(state.acquire(ACCOUNT, "the next visit", timedelta(seconds=60)))

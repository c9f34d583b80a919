"""The pinned transport against the browser's own, over every way to lose an answer: ``run.py prove transport``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from mock_site.server import MockSite
from monitor.visit_protocol import VisitKind
from tests.browser.test_answer_question import REPLY, approve_answer
from tests.browser.test_filing_faults import pictures
from tests.filing_world import OPTIONS
from tests.machine_browser import open_machine_browser
from tests.proofs.transports import LOSSES, TRANSPORTS, measure, opened_world, trying_again

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(3 * 3600)
ROUNDS = 3


@pytest.fixture(scope="module")
def own_browser() -> Iterator[Browser]:
    with open_machine_browser() as handle:
        yield handle.browser


def test_a_pinned_request_arrives_once_whatever_becomes_of_its_answer(own_browser: Browser) -> None:
    measured = measure(own_browser, ROUNDS)

    sys.stdout.write(f"\n{measured.table()}\n")
    assert measured.counted.report() == 0
    assert (measured.requests("browser"), measured.requests("pinned")) == (2, 1), "or nothing was lost at all"


def test_a_client_that_tries_again_shows_violations(own_browser: Browser) -> None:
    with trying_again():
        measured = measure(own_browser, 1, [loss for loss in LOSSES if "RST" in loss.title], transports=["pinned"])

    measured.counted.report()
    assert measured.requests("pinned") == 2
    assert measured.counted.violations


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_files_arrive_whole(own_browser: Browser, tmp_path: Path, transport: str) -> None:
    files = pictures(tmp_path, 2)
    with MockSite.start(OPTIONS) as site, opened_world(site, transport) as world:
        world.approve(files=files)
        world.visit(VisitKind.SUBMIT, own_browser)

    [stored] = site.world.stored_appeals
    assert [file.sha256 for file in stored.files] == [file.sha256 for file in files]
    assert len(site.ledger.submits) == 1


@pytest.mark.parametrize(("transport", "requests"), [("browser", 2), ("pinned", 1)])
def test_a_lost_answer_to_a_question(own_browser: Browser, tmp_path: Path, transport: str, requests: int) -> None:
    with MockSite.start(OPTIONS) as site, opened_world(site, transport) as world:
        world.approve()
        world.visit(VisitKind.SUBMIT, own_browser)
        site.world.decide(site.world.stored_appeals[0].number, "needs_information")
        world.visit(VisitKind.FOLLOW, own_browser)
        approve_answer(world, tmp_path)
        site.switches.submit = "fin"
        world.visit(VisitKind.ANSWER, own_browser)

    assert site.ledger.count(REPLY, "POST") == requests

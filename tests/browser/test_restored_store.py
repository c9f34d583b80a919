"""An old copy of the store is put back: nothing is sent before the site was asked about every open appeal."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_site.server import MockSite
from monitor.bootstrap import open_installation
from monitor.visit_protocol import EndKind, VisitKind
from tests.filing_world import ACCOUNT, OPTIONS, FilingWorld, make_filing_world
from tests.proofs.filing_checks import find_violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MOST_LOOKS = 6


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.fixture
def world(present_mock: MockSite, tmp_path: Path) -> FilingWorld:
    present_mock.reset()
    return make_filing_world(tmp_path, present_mock, answer_window="20s")


def turn_back(world: FilingWorld, copy: Path) -> None:
    """Puts the store's files, the evidence and the log's mirror back as they were; closes and opens the program."""
    root = world.installation.home.root
    world.installation.state.close()
    for path in root.iterdir():
        if path.name.startswith("state.sqlite3") or path.name in {"evidence", "action-log"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in copy.iterdir():
        shutil.copytree(path, root / path.name) if path.is_dir() else shutil.copy2(path, root / path.name)
    world.installation = open_installation(root)


def keep_copy(world: FilingWorld, copy: Path) -> None:
    root = world.installation.home.root
    world.installation.state.close()
    copy.mkdir()
    for path in root.iterdir():
        if path.name.startswith("state.sqlite3") or path.name in {"evidence", "action-log"}:
            shutil.copytree(path, copy / path.name) if path.is_dir() else shutil.copy2(path, copy / path.name)
    world.installation = open_installation(root)


def history(world: FilingWorld, appeal_id: str) -> list[object]:
    with world.installation.state.read() as tx:
        return [(step.to_state, step.facts) for step in tx.appeals.transitions(appeal_id)]


def must_reconcile(world: FilingWorld) -> bool:
    with world.installation.state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    return account.must_reconcile_since is not None


def test_what_was_sent_after_the_copy_is_not_sent_again(world: FilingWorld, browser: Browser, tmp_path: Path) -> None:
    sent, waiting = world.approve(number=0), world.approve(number=1)
    keep_copy(world, tmp_path / "copy")
    world.visit(VisitKind.SUBMIT, browser)  # both go out, and the copy knows of neither
    assert sum(world.posts().values()) == 2
    world.site.world.filings.stored.pop()  # of the second, the site says it never had it
    turn_back(world, tmp_path / "copy")

    world.visit(VisitKind.SUBMIT, browser)

    assert sum(world.posts().values()) == 2, "approved in the old copy, and yet nothing goes out"
    for _ in range(MOST_LOOKS):
        world.visit(VisitKind.FOLLOW, browser)
        if not must_reconcile(world):
            break
    assert world.load(sent).state == "confirmed"
    world.visit(VisitKind.SUBMIT, browser)
    world.ask_site(browser)  # an answer that a busy machine did not see in time stands on the site's list
    assert world.posts()[world.load(sent).review_id] == 1
    assert world.load(waiting).state == "confirmed", ("what the site provably lacks may go on", history(world, waiting))
    assert find_violations(world, resent=[world.load(waiting).review_id]) == []


def test_a_list_that_cannot_be_read_keeps_everything_shut(world: FilingWorld, browser: Browser, tmp_path: Path) -> None:
    world.approve()
    keep_copy(world, tmp_path / "copy")
    world.visit(VisitKind.SUBMIT, browser)
    turn_back(world, tmp_path / "copy")
    world.site.switches.list_mode = "none"

    for _ in range(3):
        followed = world.visit(VisitKind.FOLLOW, browser)
        world.visit(VisitKind.SUBMIT, browser)

    assert must_reconcile(world)
    assert followed.kind is EndKind.FINDINGS
    assert any("the list of appeals (appeals) could not be read" in problem for problem in followed.problems), followed
    assert sum(world.posts().values()) == 1

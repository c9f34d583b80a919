"""Faults at the submit boundary, each kind once: whole visits in real Chromium, judged at the site's socket."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from flows.channels import Attachment
from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from monitor.visit_protocol import VisitKind
from tests.filing_world import ACCOUNT, OPTIONS, FilingWorld, make_filing_world
from tests.proofs.filing_checks import find_violations
from tests.proofs.filing_faults import FAULTS, SHARE, Fault

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        is_whole = metafunc.config.getoption("--every-fault")
        chosen = [fault for fault in FAULTS if is_whole or fault.id in SHARE]
        metafunc.parametrize("fault", chosen, ids=[fault.id for fault in chosen])


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.fixture
def world(present_mock: MockSite, tmp_path: Path) -> FilingWorld:
    present_mock.reset()
    return make_filing_world(tmp_path, present_mock)


def pictures(folder: Path, count: int) -> list[Attachment]:
    paths = [folder / f"снимок {number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        Image.new("RGB", (40, 30 + number), "teal").save(path)
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    return [
        Attachment(path=path, name=path.name, sha256=digest, media_type="image/png")
        for path, digest in zip(paths, digests, strict=True)
    ]


def test_a_fault_at_the_boundary_sends_once_and_ends_in_the_truth(
    world: FilingWorld, browser: Browser, tmp_path: Path, fault: Fault
) -> None:
    files = pictures(tmp_path, fault.files)
    appeal = world.approve(channel=fault.channel, files=files)
    fault.inject(world)

    with fault.tamper():
        world.visit(VisitKind.SUBMIT, browser)
    world.ask_site(browser, after_first=fault.after)

    assert world.site.errors == []
    assert find_violations(world, resent=world.posts() if fault.is_resent else ()) == []
    assert AppealState(world.load(appeal).state) in fault.ends
    assert sum(world.posts().values()) in fault.posts
    for stored in world.site.world.stored_appeals:
        assert stored.files == () or [file.sha256 for file in stored.files] == [file.sha256 for file in files]
    assert max((entries for entries in world.uploads().values()), default=0) <= 1


def test_a_wall_at_the_request_stops_the_account(world: FilingWorld, browser: Browser) -> None:
    world.approve()
    world.site.switches.submit = "captcha"
    world.visit(VisitKind.SUBMIT, browser)
    requests = len(world.site.ledger.entries)

    world.visit(VisitKind.FOLLOW, browser)

    with world.installation.state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.stopped_at is not None
    assert len(world.site.ledger.entries) == requests, "not one more request before a person has looked"

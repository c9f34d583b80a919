"""The support's chat under every kind of fault, in every layout, and killed at every step: ``run.py prove chats``."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from flows.library.chat_message import OpenChat
from mock_site.server import MockSite
from monitor.closed_lists.contact_kinds import LetterState
from monitor.visit_protocol import VisitKind
from tests.browser.conftest import WORLD, site_of, workbench
from tests.browser.test_support_chat import make_run
from tests.filing_world import OPTIONS
from tests.machine_browser import open_machine_browser
from tests.proofs import letter_kills, opening_kills
from tests.proofs.chat_faults import KINDS, LAYOUTS
from tests.proofs.chat_world import STEPS, chat_world
from tests.proofs.counted import Counted

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(3 * 3600)
DRIFTS = ("another chat on load", "another chat after reading", "another chat at the press")
ROUNDS = int(os.environ.get("CHAT_ROUNDS", "1"))


@pytest.fixture(scope="module")
def own_browser() -> Iterator[Browser]:
    with open_machine_browser() as handle:
        yield handle.browser


def run_kinds(browser: Browser, counted: Counted, names: tuple[str, ...] = ()) -> None:
    """Runs each kind in each layout and counts what must never be."""
    with MockSite.start(WORLD) as mock, tempfile.TemporaryDirectory() as folder:
        chosen = [kind for kind in KINDS if not names or kind.name in names]
        for kind, layout in itertools.product(chosen, LAYOUTS):
            mock.reset()
            told = make_run(mock, workbench(browser, site_of(mock)), Path(folder)).run(kind, layout)
            counted.injections += 1
            for broken in [*told.violations(), *map(repr, mock.errors)]:
                counted.violations.append(f"{kind.name}, {layout}: {broken}")


def test_no_fault_opens_two_tickets_or_says_anything_elsewhere(own_browser: Browser) -> None:
    counted = Counted("chats, faults", seed=WORLD.seed)
    for _ in range(ROUNDS):
        run_kinds(own_browser, counted)
    assert counted.report() == 0


def test_without_the_number_s_check_messages_go_elsewhere(own_browser: Browser) -> None:
    counted = Counted("chats, no check of the number", seed=WORLD.seed)
    with (
        patch.object(OpenChat, "_require_this_chat", lambda *_: None),
        patch("flows.gate._require_named", lambda *_: None),
    ):
        run_kinds(own_browser, counted, DRIFTS)
    counted.report()
    assert any("in another chat" in one for one in counted.violations)


@pytest.mark.parametrize("step", STEPS)
def test_a_visit_that_dies_sends_nothing_twice(own_browser: Browser, tmp_path: Path, step: str) -> None:
    counted = Counted(f"chats, dies {step}", seed=OPTIONS.seed)
    with MockSite.start(OPTIONS) as site, chat_world(tmp_path, site) as world:
        letter = world.approve()
        world.die(own_browser, step)
        world.send(own_browser)
        world.read(own_browser)
        world.send(own_browser)
        counted.injections = 1
        stored = len(world.chat.sent)
        counted.expect(world.posts() <= 1, f"{world.posts()} requests")
        counted.expect(stored <= 1, f"{stored} messages")
        state = world.now(letter)
        counted.expect((state is LetterState.SENT) == bool(stored), f"it is called {state}, and {stored} are there")
    assert counted.report() == 0


def test_a_visit_that_is_killed_when_its_message_arrives_sends_nothing_twice(tmp_path: Path) -> None:
    counted = Counted("chats, SIGKILL", seed=OPTIONS.seed)
    with MockSite.start(OPTIONS) as site, chat_world(tmp_path, site) as world:
        letter = world.approve()
        world.kill_on_arrival()
        end = world.world.run_process(VisitKind.CHAT_SEND)
        counted.injections = 1
        counted.expect(letter.id in end.unknown, f"the last word is {end.kind}: {end.unknown}")
        world.let_arrive()
        again = world.world.run_process(VisitKind.CHAT_SEND)
        counted.expect(world.posts() == 1, f"{world.posts()} requests; {again.message}")
        world.world.run_process(VisitKind.CHAT_READ)
        counted.expect((world.now(letter) is LetterState.SENT) == bool(world.chat.sent), "said and stored differ")
    assert counted.report() == 0


def test_a_letter_whose_command_is_killed_is_taken_once_at_most_and_told() -> None:
    assert letter_kills.kill_each().report() == 0


def test_a_letter_that_is_taken_for_not_sent_arrives_twice() -> None:
    assert letter_kills.forget_that_it_is_unknown().report() == 1


def test_a_killed_opening_opens_one_ticket_at_most_and_its_message_goes_once() -> None:
    assert opening_kills.kill_each().report() == 0

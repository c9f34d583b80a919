"""A home with a cabinet and a case, and a ticket that is open at the mock: what is sent into it, and when it dies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast
from unittest.mock import patch

import psutil
from starlette.requests import Request

from mock_site.pages.app import Handler
from mock_site.server import MockSite
from mock_site.world.chats import Chat
from monitor.bootstrap import open_installation
from monitor.closed_lists.contact_kinds import LetterState
from monitor.secrets.vault import SessionVault
from monitor.state.letters import LetterRecord
from monitor.use_cases.letters import approve, draft_message
from monitor.visit_protocol import VisitEnd, VisitKind
from tests.browser.conftest import signed_in_state
from tests.filing_world import ACCOUNT, OPERATOR, FilingWorld, make_filing_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TEXT = "Пришлите, пожалуйста, ответ по существу: отзыв не о нашем товаре, и доказательства приложены."
MESSAGE = "/api/messenger/message"
STEPS = {
    "before the intent": "monitor.visiting.chatting.take_letter",
    "after the intent": "monitor.visiting.chatting.open_chat",
    "before the form is sealed": "monitor.visiting.chatting.seal_capture",
    "before the release": "monitor.visiting.chatting.release_letter",
    "before the chat is read": "flows.library.chat_message.is_message_there",
    "before it is settled": "monitor.visiting.chatting.settle_letter",
}
"""What a visit calls next when it dies, by the name of the moment."""


class Died(BaseException):
    """The visit's process is gone: nothing of it runs on."""


@dataclass
class ChatWorld:
    """An installation, a case, a ticket."""

    world: FilingWorld
    chat: Chat

    def approve(self, text: str = TEXT) -> LetterRecord:
        """Words a message into the ticket and approves it."""
        state = self.world.installation.state
        with state.transaction() as tx:
            case = tx.cases.open(ACCOUNT, self.world.reviews()[0].uuid)
        drafted = draft_message(state, case, self.chat.number, text, (), actor=OPERATOR)
        return approve(state, drafted.id, drafted.letter_hash, actor=OPERATOR)

    def now(self, letter: LetterRecord) -> LetterState:
        """How far the message is."""
        with self.world.installation.state.read() as tx:
            found = tx.letters.get(letter.id)
        assert found is not None
        return found.state

    def send(self, browser: Browser) -> VisitEnd:
        """Sends what waits."""
        return self.world.visit(VisitKind.CHAT_SEND, browser)

    def read(self, browser: Browser) -> VisitEnd:
        """Reads the ticket."""
        return self.world.visit(VisitKind.CHAT_READ, browser)

    def die(self, browser: Browser, step: str) -> None:
        """Sends, and dies at a step."""
        with patch(STEPS[step], side_effect=Died):
            try:
                self.send(browser)
            except Died:
                return
        raise AssertionError(f"nothing was called {step}")

    def posts(self) -> int:
        """How often the text arrived, counted at the socket."""
        sent = [one for one in self.world.site.ledger.submits if one.matches(MESSAGE)]
        return sum(json.loads(one.body).get("text") == TEXT for one in sent)

    def kill_on_arrival(self) -> None:
        """Has the whole tree of every child killed when a message arrives."""

        def kill(_: Request) -> None:
            for child in psutil.Process().children(recursive=True):
                child.kill()

        self.world.site.set_route(MESSAGE, cast("Handler", kill))

    def let_arrive(self) -> None:
        """Kills nobody any more."""

        def pass_on(_: Request) -> None:
            return None

        self.world.site.set_route(MESSAGE, cast("Handler", pass_on))


@contextmanager
def chat_world(folder: Path, site: MockSite) -> Iterator[ChatWorld]:
    """Makes one; the bot asks nothing, so that a text goes in at once."""
    site.reset()
    world = make_filing_world(folder, site)
    person = site.world.options.accounts[0]
    config = world.installation.home.config
    cabinet = (
        f'\n[account.identities.seller_cabinet]\nlogin = "{person.email}"\nsign_in = "code"\nwitness = "ООО Пример"\n'
    )
    config.write_text(config.read_text("utf-8") + cabinet, encoding="utf-8")
    world.installation = open_installation(world.installation.home.root)
    SessionVault(world.installation.secrets).save(ACCOUNT, "seller_cabinet", signed_in_state(site, site="seller"))
    site.switches.chat.bot = "none"
    site.switches.chat.operator = ("silent",)
    guid = site.world.accounts[0].guid
    site.world.chats.open(guid, site.world.clock.now())
    yield ChatWorld(world, site.world.chats.open(guid, site.world.clock.now()))

"""Kills the opening of a ticket at each step, by real signals: the installed command, its visit, or both.

Counted at the mock: presses that arrived and tickets that are there. After each kill the next command has to tell, a
second ``submit`` must open nothing, and once a person has said what they saw, the approved message goes out once.
"""

from __future__ import annotations

import itertools
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import psutil
from starlette.requests import Request

from mock_site.pages.app import Handler
from mock_site.server import MockSite
from monitor.appeals.drafting import Drafting
from monitor.appeals.machine import AppealState
from monitor.appeals.payload import Payload
from monitor.cases.channel_terms import identity_key, terms_of
from monitor.state.appeals import AppealRecord
from monitor.use_cases import appeals
from tests.e2e.installed import COMMAND, environment
from tests.filing_world import ACCOUNT, OPERATOR, OPTIONS
from tests.proofs.chat_world import ChatWorld, chat_world
from tests.proofs.counted import Counted

OPEN = "/api/messenger/open"
CHANNEL = "support_chat"
STEPS = ("at the popup", "at the request", "at the answer")
"""When the page with the press is loaded; when the press arrives and is not stored yet; when the new chat is loaded."""
VICTIMS = ("visit", "command", "both")
LIMIT = 180.0  # seconds that a command may take before the proof gives up on it


@dataclass
class Opening:
    """One installation whose appeal opens a ticket."""

    chats: ChatWorld
    command: subprocess.Popen[bytes] | None = None
    struck: bool = False

    @property
    def site(self) -> MockSite:
        """The mock."""
        return self.chats.world.site

    def approve(self, number: int) -> AppealRecord:
        """Approves an appeal about the ``number``-th review."""
        world = self.chats.world
        review, account = world.reviews()[number], world.account
        terms = terms_of(
            world.installation.site("ozon"), CHANNEL, settings=world.installation.settings, account=account
        )
        payload = Payload(
            site="ozon",
            identity=identity_key(account, "seller_cabinet"),
            channel=CHANNEL,
            review_id=review.uuid,
            review_version=1,
            ground="personal_data",
            reason_label="",
            text=f"В отзыве {review.uuid} указан номер телефона. Просим проверить его по правилам публикации.",
            product_url=self.site.origins["www"],
        )
        with world.installation.state.transaction() as tx:
            case = tx.cases.open(ACCOUNT, review.uuid)
        drafting = Drafting(world.installation.state)
        made = drafting.draft(case.id, payload, actor=OPERATOR, terms=terms)
        return drafting.approve(made.id, made.payload_hash, actor=OPERATOR)

    def load(self, appeal: AppealRecord) -> AppealRecord:
        """The appeal as it stands."""
        return self.chats.world.load(appeal.id)

    def type(self, *words: str) -> tuple[int, str]:
        """Types a command; returns its exit code, below zero for a killed one, and what it said."""
        line = [str(COMMAND), "--home", str(self.chats.world.installation.home.root), *words]
        said = subprocess.STDOUT
        with subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment()
        ) as child:
            self.command = child
            told, _ = child.communicate(timeout=LIMIT)
        self.command = None
        return child.returncode, " ".join(told.decode("utf-8", "replace").split())

    def strike_at(self, step: str, victim: str) -> None:
        """Has the victim killed once at a step."""
        self.struck, before = False, self.site.ledger.count(OPEN, "POST")

        def look(request: Request) -> None:
            is_answered = self.site.ledger.count(OPEN, "POST") > before and bool(request.query_params.get("id"))
            is_now = {
                "at the popup": request.query_params.get("channel") == "SCRM",
                "at the request": request.url.path == OPEN,
                "at the answer": is_answered,
            }[step]
            if is_now and not self.struck:
                self.struck = True
                self._kill(victim)

        for path in (OPEN, "/app/messenger", "/app/messenger/"):
            self.site.set_route(path, cast("Handler", look))

    def _kill(self, victim: str) -> None:
        assert self.command is not None
        tree = psutil.Process(self.command.pid)
        visits = tree.children(recursive=True)
        for process in {"visit": visits, "command": [tree], "both": [tree, *visits]}[victim]:
            with suppress(psutil.Error):
                process.kill()


def kill_once(run: Opening, counted: Counted, appeal: AppealRecord, step: str, victim: str) -> None:
    """Strikes one opening and says what is not as it must be."""
    tickets, presses = len(run.site.world.chats.opened), run.site.ledger.count(OPEN, "POST")
    counted.injections += 1
    name = f"{victim} {step}"
    run.strike_at(step, victim)
    code, told = run.type("appeal", "submit", appeal.id)
    counted.expect(run.struck, f"{name}: nothing was struck: {told[-300:]}")
    if victim == "visit":
        counted.expect(code == 8, f"{name}: it ends with {code}: {told[-300:]}")
    else:
        counted.expect(code == -signal.SIGKILL, f"{name}: it was not killed, {code}")
        code, told = run.type("appeal", "follow")
        counted.expect(code in {0, 1, 8}, f"{name}: the next command ends with {code}: {told[-300:]}")
    counted.expect(appeal.id in told, f"{name}: nobody tells of it: {told[-300:]}")
    state = run.load(appeal).state
    counted.expect(state == AppealState.UNKNOWN, f"{name}: it is {state}")
    again, told = run.type("appeal", "submit", appeal.id)
    counted.expect(again != 0, f"{name}: a second submit ends with 0: {told[-300:]}")
    opened = run.site.world.chats.opened[tickets:]
    arrived = run.site.ledger.count(OPEN, "POST") - presses
    counted.expect(len(opened) <= 1, f"{name}: {len(opened)} tickets")
    counted.expect(arrived == (step != "at the popup"), f"{name}: {arrived} presses arrived")
    if opened:
        _go_on(run, counted, appeal, name, opened[0].number)
    else:
        _leave(run, appeal)


def _go_on(run: Opening, counted: Counted, appeal: AppealRecord, name: str, number: str) -> None:
    """The person found the ticket in the cabinet: the approved message goes into it, once."""
    state = run.chats.world.installation.state
    appeals.resolve(
        state, appeal.id, AppealState.ACKNOWLEDGED, actor=OPERATOR, note="it stands in the cabinet", number=number
    )
    for _ in range(2):
        run.type("support", "chat", "send")
    (chat,) = (one for one in run.site.world.chats.opened if one.number == number)
    said = [one.text for one in chat.sent]
    counted.expect(said == [appeal.text], f"{name}: the ticket holds {len(said)} messages")


def _leave(run: Opening, appeal: AppealRecord) -> None:
    state = run.chats.world.installation.state
    appeals.resolve(
        state, appeal.id, AppealState.ABSENT, actor=OPERATOR, note="no new ticket is in the list", number=None
    )


def kill_each(steps: Sequence[str] = STEPS, victims: Sequence[str] = VICTIMS) -> Counted:
    """Strikes each victim at each step."""
    counted = Counted("openings, killed", OPTIONS.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        MockSite.start(OPTIONS) as site,
        chat_world(Path(folder), site) as chats,
    ):
        run = Opening(chats)
        for place, (step, victim) in enumerate(itertools.product(steps, victims)):
            kill_once(run, counted, run.approve(place), step, victim)
    return counted

"""From an empty home to a first filed appeal at the desk: by mouse alone, and by keyboard alone, in a real browser."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview
from monitor.bootstrap import open_installation
from tests.desk_browser import entries_of
from tests.e2e.installed import COMMAND, PASSPHRASE, environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

INSULT = "Продавец — дебил и мошенник, чтоб вы провалились со своим товаром!"
SLOW = 90_000  # ms: a visit on a busy machine


@dataclass
class Terminal:
    """The terminal in which the desk runs: what it said, and what a person types there."""

    leader: int
    process: subprocess.Popen[bytes]
    said: str = ""
    seen: int = 0
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        while True:
            try:
                piece = os.read(self.leader, 65536).decode("utf-8", "replace")
            except OSError:
                return
            with self.arrived:
                self.said += piece
                self.arrived.notify_all()

    def wait_for(self, pattern: str) -> str:
        """Waits until it says something that it had not said when it was last waited for."""
        deadline = time.monotonic() + SLOW / 1000
        with self.arrived:
            while (found := re.search(pattern, self.said[self.seen :])) is None:
                assert self.arrived.wait(deadline - time.monotonic()), self.said[-800:]
            self.seen += found.end()
        return found[0]

    def type(self, line: str) -> None:
        os.write(self.leader, line.encode() + b"\n")


@contextmanager
def desk_at_a_terminal(home: Path, site: MockSite) -> Iterator[Terminal]:
    leader, follower = pty.openpty()
    sites = {"ozon": {"origins": dict(site.origins), "requests_per_minute": 6000}}
    process = subprocess.Popen(
        [str(COMMAND), "desk", "--no-browser"],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**environment(), "FAIRREVIEW_HOME": str(home), "FAIRREVIEW_SITES": json.dumps(sites)},
        start_new_session=True,
    )
    os.close(follower)
    terminal = Terminal(leader, process)
    threading.Thread(target=terminal.read, daemon=True).start()
    try:
        yield terminal
    finally:
        process.terminate()
        process.wait(timeout=60)
        os.close(leader)


@dataclass
class Hand:
    """Does everything by one means; counts each decision: a button or link that was chosen."""

    page: Page
    by: str
    decisions: int = 0

    def choose(self, one: Locator) -> None:
        self.decisions += 1
        if self.by == "mouse":
            one.click()
            return
        self._reach(one)
        self.page.keyboard.press("Enter")

    def fill(self, one: Locator, text: str) -> None:
        if self.by == "mouse":
            one.click()
        else:
            self._reach(one)
        self.page.keyboard.insert_text(text)

    def tick(self, one: Locator) -> None:
        if self.by == "mouse":
            one.click()
        else:
            self._reach(one)
            self.page.keyboard.press("Space")

    def _reach(self, one: Locator) -> None:
        for _ in range(150):
            if one.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("cannot be reached with the Tab key")


def make_installation(hand: Hand, terminal: Terminal, site: MockSite) -> None:
    page, product = hand.page, site.world.product_at(0)
    hand.fill(page.get_by_label("Ваше имя"), "Анна Петрова")
    hand.fill(page.get_by_label("Телефон или почта"), site.world.options.accounts[0].email)
    hand.choose(page.get_by_role("button", name="Записать"))
    page.locator("h2 .good").first.wait_for()
    pasted = f"смотри: {site.origins['www']}/product/{product.slug}-{product.sku}/?at=1;кружка;1200"
    hand.fill(page.get_by_label("Ссылки или артикулы"), pasted)
    hand.choose(page.get_by_role("button", name="Добавить товары"))
    page.locator("h2", has_text="Товары: 1").wait_for()
    hand.choose(page.get_by_role("button", name="Создать установку"))
    page.locator(".job", has_text="Ответьте в терминале").wait_for(timeout=SLOW)
    terminal.wait_for("New passphrase: press Enter")
    terminal.type("")
    for prompt in (
        r"Passphrase[^:]*: ",
        r"once more: ",
    ):  # the space comes once echo is off and early typing is thrown away
        terminal.wait_for(prompt)
        terminal.type(PASSPHRASE)
    hand.choose(page.get_by_role("link", name="Дальше"))
    page.locator("h1", has_text="Начало работы").wait_for()


def read_reviews(hand: Hand) -> None:
    hand.choose(hand.page.get_by_role("button", name="Прочитать отзывы сейчас"))
    hand.page.locator(".job--good", has_text="Читаем отзывы").wait_for(timeout=SLOW)


def file_the_first(hand: Hand) -> None:
    page = hand.page
    hand.choose(page.get_by_role("link", name="К разбору"))
    page.locator(".review__text", has_text="Продавец — дебил").wait_for()
    if hand.by == "mouse":
        hand.choose(page.get_by_role("button", name="Одобрить"))
    else:
        hand.decisions += 1
        page.keyboard.press("a")
    page.locator(".toast", has_text="Одобрено").wait_for()
    hand.choose(page.get_by_role("link", name="К обращению"))
    hand.tick(page.get_by_label("Отправить сейчас"))
    hand.choose(page.get_by_role("button", name="Отправить сразу"))
    page.locator(".job--good", has_text="Отправляем обращение").wait_for(timeout=SLOW)


def test_an_empty_home_to_a_first_filed_appeal_by_mouse(tmp_path: Path, mock_site: MockSite, browser: Browser) -> None:
    """By keyboard alone: ``python3 run.py prove desk``."""
    run_from_nothing("mouse", tmp_path, mock_site, browser)


def run_from_nothing(by: str, tmp_path: Path, mock_site: MockSite, browser: Browser) -> None:
    """Goes all the way by one means, and counts the decisions."""
    home, began = tmp_path / "home", time.monotonic()
    with desk_at_a_terminal(home, mock_site) as terminal:
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.goto(terminal.wait_for(r"http://127\.0\.0\.1:\d+/enter\?token=\S+"))
        hand = Hand(page, by)
        make_installation(hand, terminal, mock_site)
        hand.choose(page.get_by_role("button", name="Войти по коду"))
        terminal.wait_for("Code for")
        terminal.type(mock_site.code_for(mock_site.world.options.accounts[0].email))
        page.locator(".job--good", has_text="Вход по коду").wait_for(timeout=SLOW)
        read_reviews(hand)
        written = NewReview(kind="insult", rating=1, text=INSULT, with_order=False)
        review = mock_site.world.add_review(0, written).uuid
        read_reviews(hand)
        assert mock_site.ledger.submits == []
        file_the_first(hand)
        page.context.close()
    minutes = (time.monotonic() - began) / 60
    logging.getLogger(__name__).warning("by %s: %d decisions, %.1f minutes", by, hand.decisions, minutes)
    assert len(mock_site.ledger.submits) == 1
    assert [one.review_uuid for one in mock_site.world.stored_appeals] == [review]
    assert hand.decisions <= 12
    [account] = open_installation(home).settings.account
    actors = {
        body.actor.name
        for row in entries_of(open_installation(home, data_key="unused"), account.name)
        if (body := row.to_entry().read_body()) is not None and body.action == "appeal.filing.approved"
    }
    assert actors == {"Анна Петрова"}

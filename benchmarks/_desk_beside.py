"""What ten open pages of the desk cost a filing beside them: the same command by turns, pages open and closed."""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._desk_store import ACCOUNT
from monitor.closed_lists.states import AppealState
from monitor.config.home import Home
from tests.desk_browser import Desk
from tests.e2e.installed import Installed
from tests.e2e.prepared import succeed

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

MOST_SLOWER = 1.25
ARMS = ("closed", "open", "again")
"""Pages closed, open, and closed once more: the last against the first is the yardstick of the noise."""
_BETWEEN = 1.2  # seconds: the account's pause between two filings, set to one second
_PAGES = ("/inbox", "/inbox/decided", "/appeals", "/appeals?look=board", "/products", "/accounts", "/health", "/log")


@dataclass(frozen=True)
class Beside:
    """Seconds that each filing took, by arm."""

    taken: dict[str, list[float]]

    def ratio(self, arm: str) -> float:
        """The median of the paired ratios to the filing with the pages closed."""
        pairs = zip(self.taken[arm], self.taken["closed"], strict=True)
        return statistics.median(one / base for one, base in pairs)

    def told(self) -> str:
        """The median of each arm."""
        return ", ".join(f"{arm} {statistics.median(seconds):.2f} s" for arm, seconds in self.taken.items())


def settle_made_up(home: Path) -> None:
    """Takes the made-up unknown appeals away: the program files nothing while such a one is open."""
    with contextlib.closing(sqlite3.connect(Home(home).database)) as store, store:
        store.execute("UPDATE appeals SET state = 'confirmed' WHERE state = 'unknown' AND id GLOB 'appeal_b*'")


def approved(desk: Desk) -> list[str]:
    """Appeals that were approved at the desk, not those that were made up."""
    installation = desk.installation()
    with installation.state.read() as tx:
        found = [one for one in tx.appeals.of_account(ACCOUNT) if one.state is AppealState.APPROVED]
    installation.state.close()
    return [one.id for one in found if not one.id.startswith("appeal_b")]


def measure_beside(shop: Installed, desk: Desk, context: BrowserContext, appeals: Sequence[str]) -> Beside:
    """Files each appeal once, by turns in the three arms, whose order goes round; the first filing only warms up."""
    pages = [context.new_page() for _ in range(10)]
    paths = (*_PAGES, f"/case/{ACCOUNT}/b50", "/appeals/appeal_b50")
    taken: dict[str, list[float]] = {arm: [] for arm in ARMS}
    file_one(shop, appeals[0])
    rounds = (len(appeals) - 1) // len(ARMS)
    rest = iter(appeals[1:])
    for number in range(rounds):
        turned = number % len(ARMS)
        for arm in (*ARMS[turned:], *ARMS[:turned]):
            for page, path in zip(pages, paths, strict=True):
                page.goto(f"{desk.origin}{path}" if arm == "open" else "about:blank")
            threading.Event().wait(_BETWEEN)
            taken[arm].append(file_one(shop, next(rest)))
    return Beside(taken)


def file_one(shop: Installed, appeal: str) -> float:
    """Files one appeal by the installed command; returns the seconds it took."""
    before = len(shop.site.ledger.submits)
    began = time.perf_counter()
    succeed(shop.run("appeal", "submit", appeal))
    seconds = time.perf_counter() - began
    assert len(shop.site.ledger.submits) == before + 1, "it must have gone out once"
    return seconds

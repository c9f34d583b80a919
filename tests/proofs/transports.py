"""Each way to lose an answer, with either transport: requests counted at the socket, and where the ledger ends.

A case is a whole visit in real Chromium, then the site is asked until the ledger settles. ``python3 run.py prove
transport`` prints the table and ``injections / violations / seed``.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from playwright.sync_api import Route

from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from monitor.visit_protocol import VisitKind
from tests.filing_world import OPTIONS, FilingWorld, make_filing_world
from tests.proofs.counted import Counted
from tests.proofs.filing_checks import find_violations
from tests.proofs.filing_faults import Injection, both, end_sessions_on_arrival, mode, switch

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser

TRANSPORTS = ("browser", "pinned")
CHANNELS = {"order_appeal": "form", "public_report": "fetch"}


@dataclass(frozen=True, kw_only=True)
class Loss:
    """One row: what the site does with the request, and whether browsers then send it again by themselves."""

    title: str
    inject: Injection
    is_resent: bool = False


def _loss(title: str, inject: Injection, *, is_resent: bool = False) -> Loss:
    return Loss(title=title, inject=inject, is_resent=is_resent)


LOSSES = (
    _loss("answers well", mode("ok")),
    _loss("stores it, closes (FIN)", mode("fin"), is_resent=True),
    _loss("stores it, resets (RST)", mode("rst"), is_resent=True),
    _loss("stores it, answers 408, closes", mode("408"), is_resent=True),
    _loss("stores it, answers 307", mode("307_after_store"), is_resent=True),
    _loss("closes before it stores (FIN)", both(mode("fin"), switch(store_lost_submits=False)), is_resent=True),
    _loss("never answers", mode("hang")),
    _loss("closes after our window", mode("late_5")),
    _loss("stores it, gives half an answer", mode("partial")),
    _loss("stores it, answers 500", mode("500_after_store")),
    _loss("answers 500, stores nothing", mode("500_before")),
    _loss("sends to the sign-in page", end_sessions_on_arrival),
)


@dataclass
class Measured:
    """What was seen, by row, transport and channel: requests at the socket and the ledger's state, each counted."""

    counted: Counted
    seen: dict[tuple[str, str, str], Counter[tuple[int, str]]] = field(default_factory=dict)

    def add(self, loss: Loss, transport: str, channel: str, world: FilingWorld) -> None:
        """Judges one case that is over."""
        appeal, posts = world.appeals()[0], sum(world.posts().values())
        self.counted.injections += 1
        where = f"{loss.title}, {transport}, {channel}"
        may_repeat: Collection[str] = world.posts() if loss.is_resent and transport == "browser" else ()
        for broken in [*find_violations(world, resent=may_repeat), *map(repr, world.site.errors)]:
            self.counted.expect(not broken, f"{where}: {broken}")
        self.counted.expect(posts > 0, f"{where}: no request arrived")
        is_denied = appeal.state == AppealState.REJECTED_BY_FORM and sum(world.stored().values()) > 0
        self.counted.expect(not is_denied, f"{where}: refused, says the ledger, and the site has it")
        sys.stdout.write(f"  {where}: {posts} {appeal.state}\n")
        self.seen.setdefault((loss.title, transport, channel), Counter())[posts, appeal.state] += 1

    def requests(self, transport: str) -> int:
        """Returns the most requests that one gesture became."""
        return max(posts for key, seen in self.seen.items() if key[1] == transport for posts, _ in seen)

    def table(self) -> str:
        """Renders everything in Markdown."""
        columns = [(transport, channel) for transport in TRANSPORTS for channel in CHANNELS]
        heads = [f"{transport}, {CHANNELS[channel]}" for transport, channel in columns]
        lines = [f"| the site … | {' | '.join(heads)} |", "|---" * (len(columns) + 1) + "|"]
        for title in dict.fromkeys(key[0] for key in self.seen):
            cells = [self._cell(self.seen.get((title, *column), Counter())) for column in columns]
            lines.append(f"| {title} | {' | '.join(cells)} |")
        return "\n".join(lines)

    @staticmethod
    def _cell(seen: Counter[tuple[int, str]]) -> str:
        return "; ".join(f"{posts} {state} (×{times})" for (posts, state), times in sorted(seen.items()))


def measure(
    browser: Browser,
    rounds: int,
    losses: Sequence[Loss] = LOSSES,
    *,
    transports: Sequence[str] = TRANSPORTS,
    channels: Sequence[str] = tuple(CHANNELS),
) -> Measured:
    """Makes every case ``rounds`` times."""
    measured = Measured(Counted("transport", seed=OPTIONS.seed))
    with MockSite.start(OPTIONS) as site:
        for _, loss, channel, transport in itertools.product(range(rounds), losses, channels, transports):
            with opened_world(site, transport) as world:
                run_case(world, browser, loss, channel)
                measured.add(loss, transport, channel, world)
    return measured


@contextmanager
def opened_world(site: MockSite, transport: str) -> Iterator[FilingWorld]:
    """A new installation on the mock as it was at the start."""
    site.reset()
    with tempfile.TemporaryDirectory() as folder:
        yield make_filing_world(Path(folder), site, transport=transport)


def run_case(world: FilingWorld, browser: Browser, loss: Loss, channel: str) -> None:
    """Files one appeal, then asks the site."""
    world.approve(channel=channel)
    loss.inject(world)
    world.visit(VisitKind.SUBMIT, browser)
    world.on_arrival = None
    world.ask_site(browser)


@contextmanager
def trying_again() -> Iterator[None]:
    """The mistake that must show: the driver's client may send once more after a lost answer."""
    genuine = Route.fetch

    def fetch(route: Route, **options: Any) -> APIResponse:
        return genuine(route, **{**options, "max_retries": 1})

    with patch.object(Route, "fetch", fetch):
        yield

"""Runs flows in a browser on the mock with catalogs that load though something in them is wrong.

Whatever stands in a catalog, a flow ends with its result or with one of the errors that have a next step; nothing is
sent by a flow that reads, and a filing sends at most once and about its own review.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows.browser import BrowserHandle
from flows.catalog import Site
from flows.errors import FlowError
from flows.politeness import Budget, Politeness
from flows.retrying import RetryPolicy
from flows.workbench import Workbench
from mock_site.server import MockSite
from mock_site.world import WorldOptions
from qa.errors import OrderRefused
from qa.flow_cards import flow_cards
from qa.named_flows import Run, run_flow
from qa.orders import Subject
from qa.places import Stand
from qa.subjects import Topic, negative_review
from tests.proofs.catalog_changes import SITE, Written, read_written

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from mock_site.skins.skin import SiteSkin

WORLD = WorldOptions(seed=7, products=2, reviews_per_product=12, orders=16)
FLOWS_OF_PAGES = {
    "sign_in": ("sign_in",),
    "header": ("sign_in", "read_order"),
    "dialogs": ("read_reviews", "public_report"),
    "reviews": ("read_reviews", "check_public", "capture_review", "public_report"),
    "report_dialog": ("public_report",),
    "product": ("read_product_card",),
    "storefront": ("read_storefront",),
    "author": ("read_author",),
    "orders": ("read_order",),
    "order_details": ("read_order", "order_appeal"),
    "order_appeal": ("order_appeal",),
    "cabinet_reviews": ("read_cabinet_list", "cabinet_complaint"),
    "cabinet_review": ("cabinet_complaint",),
    "complaint": ("cabinet_complaint",),
    "support": ("support_ticket",),
    "appeals": ("follow_appeals",),
}
"""What opens each page; a page that is not here is opened by no named flow."""
OF_SITE = ("read_reviews", "public_report", "sign_in", "capture_review", "order_appeal", "follow_appeals")
QUICK = {
    "action_seconds": 1.0,
    "navigation_seconds": 4.0,
    "hydration_seconds": 1.0,
    "upload_seconds": 2.0,
    "requests_per_minute": 60_000.0,
}


@dataclass
class FlowsReport:
    """What the flows came to.

    Attributes:
        runs: Flows that were run with a changed catalog.
        outcomes: How they ended, by the result or the error's type.
        violations: What must never be: a crash, something sent by a reading, sent twice or about another review.
    """

    runs: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def line(self, seed: int) -> str:
        told = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return f"injections={self.runs} violations={len(self.violations)} seed={seed} ({told})"


@dataclass(frozen=True)
class Ground:
    """A mock with the catalog of the site that it shows, and a browser."""

    mock: MockSite
    written: Written
    browser: Browser

    def run(self, name: str, site: Site, report: FlowsReport, what: str) -> None:
        """Runs one flow with a catalog on a fresh world and notes what it came to."""
        self.mock.reset()
        stand = Stand(site=site, mock=self.mock, is_live=False)
        wanted = negative_review(self.mock)
        run = Run(bench=_bench(self.browser, site), stand=stand, topic=Topic(asked=Subject(), stand=stand), tell=_mute)
        try:
            outcome = "findings" if run_flow(name, run).has_findings else "done"
        except (FlowError, OrderRefused) as error:
            outcome = type(error).__name__
        except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
            outcome = "crashed"
            report.violations.append(f"{name} with {what}: {type(error).__name__}: {str(error)[:300]}")
        report.runs += 1
        report.outcomes[outcome] = report.outcomes.get(outcome, 0) + 1
        report.violations += [f"{name} with {what}: {one}" for one in self._sent(name, site, wanted.uuid)]

    def _sent(self, name: str, site: Site, review_id: str) -> Iterator[str]:
        posts, stored = len(self.mock.ledger.submits), self.mock.world.stored_appeals
        if posts > (1 if name in site.channels else 0):
            yield f"{posts} submits at the socket"
        if others := [one.review_uuid for one in stored if review_id not in (one.review_uuid, "") and one.review_uuid]:
            yield f"filed about {others}, not {review_id}"
        if self.mock.errors:
            yield f"the mock itself failed: {self.mock.errors}"


@contextmanager
def open_ground(browser: Browser, skin: SiteSkin | None, folder: Path) -> Iterator[Ground]:
    """Serves a site and reads its catalog with this place's origins and short waits."""
    with MockSite.start(WORLD, skin=skin) if skin is not None else MockSite.start(WORLD) as mock:
        written = read_written(folder, origins=dict(mock.origins), timings=QUICK)
        for spec in written.site["channels"].values():
            spec["answer_window_seconds"] = 2.0
        yield Ground(mock, written, browser)


def examine(ground: Ground, *, changes: int, seed: int, report: FlowsReport) -> None:
    """Runs flows with so many changed catalogs that load, page by page in turn."""
    rng = random.Random(seed)
    names = [SITE, *(page for page in ground.written.pages if page in FLOWS_OF_PAGES)]
    for number in range(changes):
        name = names[number % len(names)]
        site = next(_loaded(ground.written, name, rng))
        known = [one for one in (OF_SITE if name == SITE else FLOWS_OF_PAGES[name]) if one in flow_cards(site)]
        if known:
            ground.run(rng.choice(known), site, report, f"{name}, change {number}, seed {seed}")


def _loaded(written: Written, name: str, rng: random.Random) -> Iterator[Site]:
    while True:
        site = written.changed(name, rng)
        if site is not None:
            yield site


def _bench(browser: Browser, site: Site) -> Workbench:
    budget = Budget(per_second=1_000, burst=1_000)
    return Workbench(
        browser=BrowserHandle.adopt(browser),
        site=site,
        politeness=Politeness(budget=budget, pause=_no_pause),
        retries=RetryPolicy.without_backoff(),
    )


def _mute(line: str) -> None:
    del line


def _no_pause(seconds: float) -> None:
    del seconds

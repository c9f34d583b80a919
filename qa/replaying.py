"""Plays recorded pages back in a browser without a network: what was not recorded is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import JsonValue

from flows.catalog import Site
from flows.errors import FlowError
from flows.library.read_author import read_author
from flows.library.read_order import read_order
from flows.library.read_product_card import read_product_card
from flows.library.read_reviews import PollOptions, ProductPoll, read_reviews
from flows.pages.appeals import AppealDetailsPage, AppealsPage
from flows.pages.orders import OrdersPage
from flows.pages.storefront import StorefrontPage
from flows.politeness import Budget, Politeness
from flows.readings.document import Document, read_field
from flows.readings.paging import page_of
from flows.retrying import RetryPolicy, pause_here
from flows.workbench import Tab, Workbench, reading_tab
from qa.differences import MOST_DIFFERENCES, find_differences
from qa.orders import Done
from qa.places import open_chosen_browser, site_of_place
from qa.recorded import Case, find_cases, read_case
from qa.results import CaseReplayed, FlowEnd, Reading, Replay

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from flows.browser import ContextPurpose
    from qa.orders import BrowserWish, ReplayOrder

_PACE = 1_000.0  # pages a second: nobody is asked
_REFUSED_QUIETLY = ("image", "font", "stylesheet", "media")


@dataclass
class Shelf:
    """Recorded pages by their address, in front of every context of one browser (``flows.browser.ContextWatch``).

    Attributes:
        cases: The recorded pages.
        site: The site's catalog.
        refused: Addresses that were asked for and not recorded, pictures and styles left out.
        first: The case that answers where several share an address.
        tab: The page on which the cases are opened; set while the shelf is open.
    """

    cases: list[Case]
    site: Site
    refused: list[str] = field(default_factory=list)
    first: Case | None = None
    tab: Tab | None = None

    def opened(self, context: BrowserContext, purpose: ContextPurpose) -> None:
        """Puts the shelf in front of a context."""
        del purpose
        context.route("**/*", self._answer)

    def closing(self, context: BrowserContext) -> None:
        """Leaves the context alone: its routes end with it."""

    def open(self, case: Case) -> Page:
        """Opens one recorded page."""
        assert self.tab is not None  # noqa: S101 - set by open_recorded
        self.first = case
        self.tab.page.goto(case.url, wait_until="load")
        return self.tab.page

    def _answer(self, route: Route) -> None:
        url = route.request.url
        case = next((case for case in [self.first, *self.cases] if case is not None and self._fits(case, url)), None)
        if case is None:
            if route.request.resource_type not in _REFUSED_QUIETLY:
                self.refused.append(url)
            route.abort("internetdisconnected")
            return
        kind = "application/json" if case.is_json else "text/html; charset=utf-8"
        route.fulfill(status=case.status_code, content_type=kind, body=case.source)

    def _fits(self, case: Case, url: str) -> bool:
        """The same address; a listing counts as the same page however it is sorted."""
        asked, recorded = urlsplit(url), urlsplit(case.url)
        if (asked.netloc, asked.path) != (recorded.netloc, recorded.path):
            return False
        if case.page in {"reviews", "storefront"} and not case.is_json:
            return (page_of(url, self.site) or 1) == (page_of(case.url, self.site) or 1)
        return asked.query == recorded.query


@contextmanager
def open_recorded(cases: list[Case], site: Site, wish: BrowserWish) -> Iterator[Shelf]:
    """Starts a browser whose every request the recorded pages answer.

    Raises:
        flows.errors.BrowserMissing: no browser could be started.
    """
    shelf = Shelf(cases, site)
    with open_chosen_browser(wish, shelf) as browser:
        politeness = Politeness(budget=Budget(per_second=_PACE, burst=1_000), pause=pause_here)
        bench = Workbench(
            browser=browser, site=site, politeness=politeness, retries=RetryPolicy.without_backoff(attempts=1)
        )
        with reading_tab(bench) as tab:
            shelf.tab = tab
            yield shelf


def known_values(case: Case, site: Site) -> dict[str, str]:
    """Returns what a recorded page says about itself, for the placeholders of its entries."""
    document = Document(case.source)
    hooks = site.page(case.page).reading
    rows = document.rows(hooks.rows)
    fields = ("review_id", "order_number")
    shown = {name: read_field(rows[0], hooks.fields[name]) for name in fields if rows and name in hooks.fields}
    whole = {name: document.field(hooks.page_fields[name]) for name in fields if name in hooks.page_fields}
    return {name: value for name, value in {**shown, **whole, **case.meta}.items() if value}


def run_replay_order(order: ReplayOrder, tell: Callable[[str], None]) -> Done:
    """Reads every recorded page purely, then by its flow in a browser, and compares both with what was expected.

    Raises:
        OrderRefused: a case is not whole.
        flows.errors.FlowError: no browser.
    """
    site = site_of_place(order.place)
    cases = find_cases(order.folder)
    pure = {case.name: read_case(case, site) for case in cases}
    ends: dict[str, tuple[FlowEnd, str]] = {}
    refused: list[str] = []
    if not order.is_pure:
        with open_recorded(cases, site, order.browser) as shelf:
            assert shelf.tab is not None  # noqa: S101
            for case in cases:
                if (end := _run_flow(case, shelf, shelf.tab)) is not None:
                    ends[case.name] = end
            refused = shelf.refused
    found = []
    for case in cases:
        one = _compare(case, pure[case.name], ends.get(case.name))
        told = f", flow {one.flow}: {one.detail}" if one.detail is not None else ""
        tell(f"{case.name}: reading {one.reading.replace('_', ' ')}{told}")
        found.append(one)
    replay = Replay(cases=tuple(found), refused=tuple(dict.fromkeys(refused)))
    return Done(data=replay.model_dump(mode="json"), has_findings=any(one.is_finding for one in found))


def _compare(case: Case, reading: JsonValue, end: tuple[FlowEnd, str] | None) -> CaseReplayed:
    flow, detail = end or ("not_run", None)
    found = [] if case.expected is None else find_differences(case.expected, reading)
    how: Reading = "no_expectation" if case.expected is None else "differs" if found else "as_expected"
    return CaseReplayed(
        case=case.name,
        reading=how,
        flow=flow,
        detail=detail,
        differences=tuple(found[:MOST_DIFFERENCES]),
        differences_left_out=max(0, len(found) - MOST_DIFFERENCES),
    )


def _run_flow(case: Case, shelf: Shelf, tab: Tab) -> tuple[FlowEnd, str] | None:
    """Runs the reading flow of a page; a wall or a page that is gone is an answer of the record, not a failure."""
    flow = _FLOWS.get(case.page)
    if flow is None or case.is_json:
        return None
    shelf.first = case
    try:
        return "done", flow(case, tab)
    except FlowError as error:
        if case.expected is None or _is_refusal(case):
            return "met", type(error).__name__
        return "failed", str(error)


def _is_refusal(case: Case) -> bool:
    expected = case.expected
    return isinstance(expected, dict) and expected.get("health") not in {None, "healthy", "empty", "partial"}


def _reviews(case: Case, tab: Tab) -> str:
    product = tab.site.product_from_url(case.url)
    options = PollOptions(is_rendered=True, page_limit=1)
    poll = ProductPoll(sku=product.sku, url=product.url)
    (result,) = read_reviews(tab.bench, [poll], options=options)
    return f"{result.read.health}, {len(result.read.reviews)} reviews"


def _author(case: Case, tab: Tab) -> str:
    return f"{len(read_author(tab, case.meta.get('author_id', '')).ratings)} ratings"


def _order(case: Case, tab: Tab) -> str:
    number = known_values(case, tab.site).get("order_number", "")
    return f"order {read_order(tab, number).order_number}"


_FLOWS: dict[str, Callable[[Case, Tab], str]] = {
    "reviews": _reviews,
    "product": lambda case, tab: read_product_card(tab, case.url).title,
    "author": _author,
    "order_details": _order,
    "orders": lambda case, tab: (
        f"{len(OrdersPage(tab.page, tab.site).go(case.url).read(seen_at=case.seen_at).rows)} orders"
    ),
    "appeals": lambda case, tab: (
        f"{len(AppealsPage(tab.page, tab.site).go(case.url).read(seen_at=case.seen_at).rows)} appeals"
    ),
    "appeal_details": lambda case, tab: (
        AppealDetailsPage(tab.page, tab.site).go(case.url).read(seen_at=case.seen_at).number
    ),
    "storefront": lambda case, tab: f"{len(StorefrontPage(tab.page, tab.site).go(case.url).read().products)} products",
}

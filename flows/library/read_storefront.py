"""Reads a shop window's counters: fifty products a request, by JSON from a parked page, else by opening the window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.errors import ForeignOrigin, PageGone, PageNotReady, SelectorBroken, SiteUnavailable
from flows.faults import named_faults
from flows.library.polling import Ask, fetch_listings
from flows.pages.arrival import raise_for_verdict
from flows.pages.header import Header
from flows.pages.storefront import StorefrontPage
from flows.readings.health import Verdict
from flows.readings.models import PageHealth
from flows.readings.storefront import StorefrontRead, read_storefront_json
from flows.retrying import read_with_retries
from flows.workbench import reading_tab

if TYPE_CHECKING:
    from flows.library.polling import Answer
    from flows.workbench import Tab, Workbench

_READABLE = frozenset({PageHealth.HEALTHY, PageHealth.PARTIAL})
_STOPS = frozenset({PageHealth.WALL, PageHealth.SIGNED_OUT})


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPage:
    """One page of the shop window, and how it was read (``fetch_json`` or ``rendered_page``)."""

    number: int
    read: StorefrontRead
    way: str


def read_storefront(
    bench: Workbench, shop: str, pages: Sequence[int], *, known_pages: int = 1, most: int | None = None
) -> Iterator[WindowPage]:
    """Reads pages of a shop window and yields each as soon as it is known; follows the window when it has grown.

    Args:
        bench: Browser, site and budget.
        shop: The shop as its address has it.
        pages: Which pages.
        known_pages: How many the window is thought to have; when the last of them leads on, so does the reading.
        most: Pages at most.

    Raises:
        flows.errors.WallMet: the site asks for a person; what was read before has been yielded.
        flows.errors.SiteUnavailable: the site does not answer at all.
    """
    with reading_tab(bench) as tab:
        home = tab.site.url("home")

        def park() -> None:
            with tab.turn(home):
                Header(tab.page, tab.site).go(home)

        read_with_retries(park, bench.retries)
        batch = tab.site.timings.fetch_batch
        waiting, read = list(pages), 0
        while waiting:
            numbers, waiting = waiting[:batch], waiting[batch:]
            for number, answer in zip(numbers, _fetch(tab, shop, numbers), strict=True):
                page = _understand(tab, shop, number, answer)
                yield page
                read += 1
                if page.read.has_next and number >= known_pages and (most is None or read < most):
                    waiting.append(number + 1)


def _fetch(tab: Tab, shop: str, numbers: Sequence[int]) -> list[Answer]:
    asks = []
    for number in numbers:
        parts = urlsplit(tab.site.url("storefront", shop=shop, page=number))
        path = tab.site.path("page_json", path=f"{parts.path}?{parts.query}")
        asks.append(Ask(key=str(number), path=path, is_kept=False))
    tab.bench.politeness.await_turn(urlsplit(tab.page.url).netloc, len(asks))
    with named_faults("reading the shop window"):
        return fetch_listings(
            tab.page, tab.site, asks, in_flight=tab.site.timings.fetch_in_flight, catalog="storefront"
        )


def _understand(tab: Tab, shop: str, number: int, answer: Answer) -> WindowPage:
    read = read_storefront_json(answer.body, tab.site, url=answer.url, status_code=answer.status)
    if read.health in _READABLE:
        return WindowPage(number=number, read=read, way="fetch_json")
    if read.health in _STOPS:
        problem = read.problems[0] if read.problems else ""
        kind = problem.partition(":")[0] or "challenge"
        host = urlsplit(tab.page.url).netloc
        tab.bench.politeness.note_wall(host, kind)
        verdict = Verdict(read.health, problem, kind)
        raise_for_verdict(verdict, where=host, retry_after=answer.retry_after)
    return WindowPage(number=number, read=_open(tab, shop, number), way="rendered_page")


def _open(tab: Tab, shop: str, number: int) -> StorefrontRead:
    url = tab.site.url("storefront", shop=shop, page=number)

    def look() -> StorefrontRead:
        with tab.turn(url):
            return StorefrontPage(tab.page, tab.site, shop=shop).open_page(number).read()

    try:
        return read_with_retries(look, tab.bench.retries)
    except PageGone as error:
        return StorefrontRead(PageHealth.PRODUCT_GONE, problems=(str(error),))
    except SiteUnavailable as error:
        return StorefrontRead(PageHealth.OFFLINE, problems=(str(error),))
    except (SelectorBroken, PageNotReady, ForeignOrigin) as error:
        return StorefrontRead(PageHealth.BROKEN, problems=(str(error),))

"""Gets single pages of listings, by JSON from a parked page or by opening them, and turns each into a reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from evidence_store.sentences import sentence
from flows.errors import (
    BrowserGone,
    FlowError,
    ForeignOrigin,
    PageGone,
    PageNotReady,
    SelectorBroken,
    SignInRequired,
    SiteUnavailable,
    WallMet,
)
from flows.faults import named_faults
from flows.library.polling import Answer, Ask, fetch_listings
from flows.pages.header import Header
from flows.pages.reviews import ReviewsPage
from flows.politeness import parse_retry_after
from flows.readings.health import Expected
from flows.readings.listing import read_listing_json
from flows.readings.models import ListingPage, PageHealth
from flows.readings.paging import place_values
from flows.retrying import read_with_retries

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.catalog import Site
    from flows.readings.merge import PageRequest
    from flows.workbench import Tab


class Product(Protocol):
    """What a listing is asked for by."""

    @property
    def sku(self) -> str:
        """The product's number."""

    @property
    def url(self) -> str:
        """Any of its addresses."""


class ListingReader:
    """Reads listing pages through one tab: its page is parked for JSON, a second one opens what must be seen."""

    def __init__(self, tab: Tab, sort: str, *, in_flight: int = 0) -> None:
        self._tab, self._sort = tab, sort
        self._in_flight = in_flight or tab.site.timings.fetch_in_flight
        self._is_parked = False
        self._opened: Page | None = None
        self._stop: FlowError | None = None

    def fetch(
        self,
        asks: Sequence[tuple[Product, PageRequest]],
        remembered: Mapping[str, tuple[str, str]] | None = None,
    ) -> dict[str, Answer]:
        """Fetches pages as JSON, in one round trip, and once more those that failed in passing.

        Args:
            asks: Products with the page wanted of each.
            remembered: Entity tag and fingerprint by product.
        """
        if self._stop is not None:
            raise self._stop
        self._park()
        known = remembered or {}
        wanted = [
            Ask(
                key=product.sku,
                path=self._json_path(product, request),
                etag=known.get(product.sku, ("", ""))[0],
                fingerprint=known.get(product.sku, ("", ""))[1],
                is_kept=request.page == 1,
            )
            for product, request in asks
        ]
        answers = {answer.key: answer for answer in self._round_trip(wanted)}
        return {**answers, **self._repeat([ask for ask in wanted if _may_pass(answers[ask.key])])}

    def understand(self, product: Product, answer: Answer) -> ListingPage:
        """Turns an answer into a reading. A wall or a lost session is kept for ``raise_stop``."""
        page = read_listing_json(
            answer.body,
            self._tab.site,
            seen_at=self._tab.bench.now(),
            url=answer.url,
            status_code=answer.status,
            expected=Expected(sku=product.sku),
        )
        self._note_stop(page, answer)
        return page

    def open(self, product: Product, request: PageRequest) -> ListingPage:
        """Opens one page of a listing for real and reads it as it is shown."""
        if self._stop is not None:
            raise self._stop
        if self._opened is None:
            self._opened = self._tab.guarded.open_page()
        address = self._tab.site.product_from_url(product.url)
        page = ReviewsPage(self._opened, self._tab.site, sku=address.sku, slug=address.slug)
        url = self._page_url(product, request)

        def look() -> ListingPage:
            with self._tab.turn(url):
                page.go(url)
            return page.read_whole(seen_at=self._tab.bench.now())

        try:
            return read_with_retries(look, self._tab.bench.retries)
        except (PageGone, SelectorBroken, PageNotReady, SiteUnavailable, ForeignOrigin) as error:
            return ListingPage(health=_HEALTH_OF[type(error)], problems=(str(error),))

    def raise_stop(self) -> None:
        """Raises the wall or lost session met meanwhile.

        Raises:
            flows.errors.WallMet, flows.errors.SignInRequired: as their names say.
        """
        if self._stop is not None:
            raise self._stop

    def _park(self) -> None:
        """Opens the site's start page once: the script must run in the site's own origin."""
        if self._is_parked:
            return
        home = self._tab.site.url("home")

        def go() -> None:
            with self._tab.turn(home):
                Header(self._tab.page, self._tab.site).go(home)

        read_with_retries(go, self._tab.bench.retries)
        self._is_parked = True

    def _round_trip(self, asks: Sequence[Ask]) -> list[Answer]:
        if not asks:
            return []
        host = urlsplit(self._tab.page.url).netloc
        politeness = self._tab.bench.politeness
        politeness.await_turn(host, len(asks))
        with named_faults("reading listings"):
            answers = fetch_listings(self._tab.page, self._tab.site, asks, in_flight=self._in_flight)
        for answer in answers:
            if _may_pass(answer):
                politeness.note_failure(host)
                politeness.hold(host, parse_retry_after(answer.retry_after) or 0.0)
            else:
                politeness.note_success(host)
        return answers

    def _repeat(self, asks: Sequence[Ask]) -> dict[str, Answer]:
        """Asks again for what a passing trouble kept back. What stays away is left as it is, an answer of its own."""
        last: dict[str, Answer] = {}

        def again() -> None:
            left = [ask for ask in asks if ask.key not in last or _may_pass(last[ask.key])]
            last.update({answer.key: answer for answer in self._round_trip(left)})
            failed = [answer for answer in last.values() if _may_pass(answer)]
            if failed:
                raise SiteUnavailable(
                    sentence("{count} listings did not answer", count=len(failed)),
                    retry_after=parse_retry_after(failed[0].retry_after),
                )

        if asks:
            try:
                read_with_retries(again, self._tab.bench.retries)
            except SiteUnavailable:
                return last
        return last

    def _note_stop(self, page: ListingPage, answer: Answer) -> None:
        problem = page.problems[0] if page.problems else ""
        where = urlsplit(self._tab.page.url).netloc
        if page.health is PageHealth.WALL and self._stop is None:
            kind = problem.partition(":")[0] or "challenge"
            self._tab.bench.politeness.note_wall(where, kind)
            self._stop = WallMet(
                sentence("the site asks for a person ({problem})", problem=problem),
                kind=kind,
                where=where,
                hint="open the site in a browser yourself; nothing is solved or evaded",
                retry_after=parse_retry_after(answer.retry_after),
            )
        elif page.health is PageHealth.SIGNED_OUT and self._stop is None:
            self._stop = SignInRequired(problem, where=where, hint="run `fairreview login`")

    def _json_path(self, product: Product, request: PageRequest) -> str:
        parts = urlsplit(self._page_url(product, request))
        return self._tab.site.path("page_json", path=f"{parts.path}?{parts.query}")

    def _page_url(self, product: Product, request: PageRequest) -> str:
        site = self._tab.site
        address = site.product_from_url(product.url)
        values: dict[str, str | int] = {
            **place_values(request.page, site),
            "sku": address.sku,
            "slug": address.slug,
            "sort": self._sort,
        }
        if request.cursor:
            return site.url("reviews_cursor_page", page_key=request.cursor, **values)
        return site.url("reviews_page", **values)


def is_newest_first(page: ListingPage, site: Site, asked: str) -> bool:
    """Whether a listing's page really is in the newest-first order.

    The order must have been asked for and show in the dates. What the page calls its order does not count: the site
    knows only three names for it, and a page asked for by the newest-first one still says the default's.
    """
    if asked != site.listing.newest_sort:
        return False
    moments = [review.published.earliest for review in page.reviews]
    known = [moment for moment in moments if moment is not None]
    is_falling = len(known) == len(moments) and all(a >= b for a, b in pairwise(known))
    return bool(known) and is_falling


_HEALTH_OF: dict[type[FlowError], PageHealth] = {
    PageGone: PageHealth.PRODUCT_GONE,
    SelectorBroken: PageHealth.BROKEN,
    PageNotReady: PageHealth.BROKEN,
    ForeignOrigin: PageHealth.BROKEN,
    SiteUnavailable: PageHealth.OFFLINE,
    BrowserGone: PageHealth.OFFLINE,
}


def _may_pass(answer: Answer) -> bool:
    """Whether asking again may help: no answer at all, or the site's own trouble. A 429 is a wall, not this."""
    return answer.status is None or answer.status == 408 or answer.status >= 500

"""What all page objects share: opening with a witness, and the health check on arrival.

A page counts as there when every required entry of its catalog is seen. What is met instead decides the error: a wall,
a sign-in page, another site, a page that is gone, or a catalog that no longer fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from evidence_store.sentences import sentence
from flows.catalog.resolve import REPAIR, Finder, Matched, locators
from flows.errors import CatalogError, ForeignOrigin, SelectorBroken
from flows.faults import named_faults
from flows.pages.arrival import judge_arrival, raise_for_verdict
from flows.pages.pressing import any_of, is_seen
from flows.pages.source import read_source
from flows.readings.dates import read_http_date

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Frame, Locator, Page, Response

    from flows.catalog import Site


class SitePage:
    """One page of the site, or a region of it.

    Args:
        page: The live page (pytest-playwright's fixture will do).
        site: The site's catalog.
        page_name: Which page of the catalog it is, where the class serves several.
        values: Placeholders of this page's address and entries, for example ``order_number``.

    Attributes:
        root: Where the entries are looked for: the page, or the frame that the catalog names, where there is one.
        matches: Which candidates matched so far; a fallback among them is drift worth recording.
        site_time: The site's own clock (its ``Date`` header) when it answered ``go``; None when it did not say.
    """

    page_name: str
    url_name: ClassVar[str] = ""

    def __init__(self, page: Page, site: Site, *, page_name: str | None = None, **values: str) -> None:
        if page_name is not None:
            self.page_name = page_name
        self.page = page
        self.site = site
        self.values = values
        self.catalog = site.page(self.page_name)
        self.root: Page | Frame = page
        self.matches: list[Matched] = []
        self.site_time: datetime | None = None
        self.finder = Finder(
            page, self.catalog, timeout_ms=site.timings.action_seconds * 1000, on_match=self.matches.append
        )

    def open(self) -> Self:
        """Opens the page by its address in the catalog and checks that it is there."""
        return self.go(self.site.url(self.url_name, **self.values))

    def go(self, url: str) -> Self:
        """Opens a URL that leads to this page.

        Raises:
            flows.errors.ForeignOrigin: the URL, or where it led, is not of this site.
            flows.errors.SiteUnavailable: no connection, a time-out or a 5xx.
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.SelectorBroken: see ``arrive``.
        """
        if not self.site.owns(url):
            raise ForeignOrigin("not an address of this site", where=url[:200], hint="check the address")
        with named_faults(url):
            timeout = self.site.timings.navigation_seconds * 1000
            response = self.page.goto(url, wait_until="commit", timeout=timeout)
        self.site_time = None if response is None else read_http_date(response.headers.get("date", ""))
        return self.arrive(response)

    def arrive(self, response: Response | None = None) -> Self:
        """Waits for the page's required entries and says what it met instead of them.

        Raises:
            flows.errors.WallMet: the page asks for a person.
            flows.errors.SignInRequired: the site led to its sign-in page.
            flows.errors.SiteUnavailable: the site answered with an error, or is closed for maintenance.
            flows.errors.PageGone: the site says that there is no such page.
            flows.errors.SelectorBroken: it is a healthy page, but a required entry is not on it.
        """
        with named_faults(self.page_name):
            self._await_document()
            self._enter_frame()
            if not self._has_landmarks():
                self._refuse_stop_page(response)
                self._await_landmarks(response)
            self._refuse_stop_page(response)
            self._record_fallbacks()
        return self

    def entry(self, name: str, **values: str) -> Locator:
        """Builds a locator of an entry without looking: any of its candidates. For waiting and reading only."""
        return any_of(locators(self.root, self.catalog, name, {**self.values, **values}))

    def landmark(self) -> Locator:
        """Builds a locator of the first sign of this page on the main document, without looking: for a press."""
        names = [*([self.catalog.frame] if self.catalog.frame else []), *self._required()[:1]]
        if not names:
            raise CatalogError(
                "no entry is required = true, so nothing tells that the page is open",
                where=f"{self.page_name}.toml",
                hint="Mark what the page always shows, such as its heading.",
            )
        return any_of([one for name in names for one in locators(self.page, self.catalog, name, self.values)])

    def shows(self, name: str, **values: str) -> bool:
        """Whether an entry is visible now; never where this site's catalog does not have it."""
        return name in self.catalog.entries and self.entry(name, **values).first.is_visible()

    def html(self) -> str:
        """Returns the page's source as it is now, for the readings."""
        with named_faults(self.page_name):
            return read_source(self.page)

    def _await_document(self) -> None:
        """The parsed document is enough: a body that never ends must not hold the flow (its witness decides)."""
        try:
            self.page.wait_for_load_state("domcontentloaded", timeout=self.site.timings.navigation_seconds * 1000)
        except PlaywrightTimeout:
            return

    def _enter_frame(self) -> None:
        """Looks for the page's entries inside its frame from now on, where the page has one."""
        frame = self.catalog.frame
        if frame is None or not is_seen(self.landmark(), self.site.timings.hydration_seconds):
            return
        holder = any_of(locators(self.page, self.catalog, frame, self.values))
        inside = holder.first.element_handle().content_frame() if holder.count() else None
        self.root = self.finder.root = inside or self.page

    def _required(self) -> list[str]:
        return [name for name, entry in self.catalog.entries.items() if entry.required]

    def _has_landmarks(self) -> bool:
        return all(self.entry(name).count() for name in self._required())

    def _record_fallbacks(self) -> None:
        """Notes which candidate of each required entry matched: a fallback is drift that somebody should know of."""
        for name in self._required():
            self.finder.maybe(name, **self.values)

    def _await_landmarks(self, response: Response | None) -> None:
        for name in self._required():
            try:
                self.entry(name).first.wait_for(timeout=self.site.timings.hydration_seconds * 1000)
            except PlaywrightTimeout as error:
                self._refuse_stop_page(response)
                raise SelectorBroken(
                    sentence(
                        "{page_name}.{name} is not on the page ({why})",
                        page_name=self.page_name,
                        name=name,
                        why=self.catalog[name].why,
                    ),
                    where=f"{self.page_name}.{name}",
                    hint=REPAIR,
                ) from error

    def _refuse_stop_page(self, response: Response | None) -> None:
        verdict = judge_arrival(self.page, self.site, response, has_witness=self._has_landmarks())
        if verdict is not None:
            retry_after = response.headers.get("retry-after") if response is not None else None
            raise_for_verdict(verdict, where=f"{self.page_name} {self.page.url}", retry_after=retry_after)

"""What a flow works with: the browser, the site, the budget. And a tab: one page under the common policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.contexts import GuardedContext, PageTerms, account_context, reading_context
from flows.retrying import RetryPolicy

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.browser import BrowserHandle
    from flows.catalog import Site
    from flows.politeness import Politeness


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """Everything the flows of one visit share.

    Attributes:
        browser: The running browser.
        site: The site's catalog.
        politeness: The budget per host; flows ask it before every navigation or batch.
        retries: How reads are repeated.
        now: The wall clock, aware UTC.
        viewport: Width and height of every page in CSS pixels.
    """

    browser: BrowserHandle
    site: Site
    politeness: Politeness
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    now: Callable[[], datetime] = _utc_now
    viewport: tuple[int, int] = (1366, 900)

    @property
    def terms(self) -> PageTerms:
        """What every page of this site is opened with."""
        return PageTerms.of(self.site, viewport=self.viewport)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One page with what a flow needs around it."""

    page: Page
    guarded: GuardedContext
    bench: Workbench

    @property
    def site(self) -> Site:
        """The site's catalog."""
        return self.bench.site

    @contextmanager
    def turn(self, url: str) -> Iterator[None]:
        """Takes a turn of the host's budget, and notes how the navigation inside the block went."""
        with self.bench.politeness.turn(urlsplit(url).netloc):
            yield


@contextmanager
def reading_tab(bench: Workbench) -> Iterator[Tab]:
    """Opens a page that nobody is signed in on."""
    with reading_context(bench.browser, bench.terms) as guarded:
        yield Tab(page=guarded.open_page(), guarded=guarded, bench=bench)


@contextmanager
def account_tab(bench: Workbench, state: bytes | None) -> Iterator[Tab]:
    """Opens a page with a stored session (None: an empty one, to sign in)."""
    with account_context(bench.browser, bench.terms, state) as guarded:
        yield Tab(page=guarded.open_page(), guarded=guarded, bench=bench)

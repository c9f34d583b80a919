"""Reads the cabinet's own list of reviews, newest first, page after page as the site leads on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flows.errors import FlowError, PageNotReady, SelectorBroken, SiteUnavailable
from flows.library.answers import require_signed_in
from flows.pages.cabinet import CabinetReviewsPage
from flows.readings.cabinet_reviews import CabinetPage
from flows.readings.models import PageHealth
from flows.readings.sources import SourceMerger
from flows.retrying import read_with_retries
from flows.workbench import account_tab

if TYPE_CHECKING:
    from datetime import datetime

    from flows.readings.sources import SourceRead
    from flows.session import AccountWitness
    from flows.workbench import Tab, Workbench

IDENTITY = "seller_cabinet"
PAGE_LIMIT = 40


def read_cabinet_list(
    bench: Workbench,
    *,
    state: bytes,
    expected: AccountWitness,
    since: datetime | None = None,
    page_limit: int = PAGE_LIMIT,
) -> SourceRead:
    """Reads reviews back to a moment.

    Args:
        bench: Browser, site and budget.
        state: The cabinet's session.
        expected: The company that must be signed in.
        since: How far back; None: to the end.
        page_limit: Pages at most.

    Returns:
        The reading. It is PARTIAL where a row, or a page after the first, could not be read.

    Raises:
        flows.errors.SignInRequired, flows.errors.WrongAccount, flows.errors.WallMet: as their names say.
        flows.errors.SelectorBroken: the page is not the list, or shows neither rows nor that there are none.
        flows.errors.SiteUnavailable: the site does not answer.
    """
    with account_tab(bench, state) as tab:
        page = CabinetReviewsPage(tab.page, tab.site)
        merger = SourceMerger("cabinet", bench.now(), since, page_limit)
        url: str | None = tab.site.url(page.url_name)
        while url is not None:
            try:
                read, following = read_with_retries(partial(_look, tab, page, url, expected), bench.retries)
            except (SelectorBroken, PageNotReady, SiteUnavailable) as error:
                _break_off(merger, error)
                break
            goes_on = merger.add(
                read.rows, bad_rows=read.bad_rows, has_next=following is not None, has_end_witness=read.is_end
            )
            url = following if goes_on else None
        return merger.result(bench.now())


def _look(tab: Tab, page: CabinetReviewsPage, url: str, expected: AccountWitness) -> tuple[CabinetPage, str | None]:
    with tab.turn(url):
        page.go(url)
    require_signed_in(tab, IDENTITY, expected)
    read = page.read(seen_at=tab.bench.now())
    if read.health not in {PageHealth.HEALTHY, PageHealth.PARTIAL, PageHealth.EMPTY}:
        raise SelectorBroken(read.problem, where="cabinet_reviews", hint="look at the page by hand")
    return read, page.next_url()


def _break_off(merger: SourceMerger, error: FlowError) -> None:
    if not merger.pages_read:
        raise error
    merger.break_off(f"page {merger.pages_read + 1}: {error}")

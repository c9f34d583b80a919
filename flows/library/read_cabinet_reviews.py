"""Reads the cabinet's own list of reviews, newest first, page after page as the site leads on."""

from __future__ import annotations

from collections.abc import Callable
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

_Step = Callable[[], object]
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
        step: _Step | None = partial(page.go, tab.site.url(page.url_name))
        while step is not None:
            try:
                read = _look(tab, page, step, expected)
            except (SelectorBroken, PageNotReady, SiteUnavailable) as error:
                _break_off(merger, error)
                break
            merger.note(read.note)
            following = _way_on(page, read)
            goes_on = merger.add(
                read.rows, bad_rows=read.bad_rows, has_next=following is not None, has_end_witness=read.is_end
            )
            step = following if goes_on else None
        return merger.result(bench.now())


def _look(tab: Tab, page: CabinetReviewsPage, step: _Step, expected: AccountWitness) -> CabinetPage:
    """Goes one page on and reads it. What was opened by its address can be opened again; a press is made once."""

    def once() -> CabinetPage:
        with tab.turn(tab.site.url(page.url_name)):
            step()
        require_signed_in(tab, tab.site.identity_at(page.url_name) or "", expected)
        read = page.read(seen_at=tab.bench.now())
        if read.health not in {PageHealth.HEALTHY, PageHealth.PARTIAL, PageHealth.EMPTY}:
            raise SelectorBroken(read.problem, where="cabinet_reviews", hint="look at the page by hand")
        return read

    return once() if step == page.load_more else read_with_retries(once, tab.bench.retries)


def _way_on(page: CabinetReviewsPage, read: CabinetPage) -> _Step | None:
    url = page.next_url()
    if url is not None:
        return partial(page.go, url)
    return page.load_more if read.has_next and page.offers_more() else None


def _break_off(merger: SourceMerger, error: FlowError) -> None:
    if not merger.pages_read:
        raise error
    merger.break_off(f"page {merger.pages_read + 1}: {error}")

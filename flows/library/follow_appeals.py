"""Reads the site's own list of appeals to its end, and the details of one appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.errors import FlowError, PageNotReady, SelectorBroken, SiteUnavailable
from flows.library.answers import require_signed_in
from flows.pages.appeals import AppealDetailsPage, AppealsPage
from flows.readings.appeals import merge_appeal_pages
from flows.readings.models import AppealListReading, PageHealth
from flows.retrying import read_with_retries
from flows.workbench import account_tab

if TYPE_CHECKING:
    from flows.readings.models import AppealStatusReading
    from flows.session import AccountWitness
    from flows.workbench import Tab, Workbench

PAGE_LIMIT = 200


class AppealListReader:
    """Reads the list in a fresh context each time (``flows.channels.AppealLister``).

    Args:
        bench: Browser, site and budget.
        state: The session of the identity whose list it is.
        expected: The account that must be signed in.
        list_page: Which list, as the channel's catalog entry names it.
        identity: Whose list it is.
    """

    def __init__(
        self,
        bench: Workbench,
        *,
        state: bytes,
        expected: AccountWitness,
        list_page: str = "appeals",
        identity: str,
    ) -> None:
        self._bench, self._state, self._expected = bench, state, expected
        self._list_page, self._identity = list_page, identity

    def read_list(self) -> AppealListReading:
        """Reads every page of the list; complete only when the site's counter agrees with the rows seen.

        Raises:
            flows.errors.SignInRequired, flows.errors.WrongAccount, flows.errors.WallMet: as their names say.
        """
        with account_tab(self._bench, self._state) as tab:
            pages: list[AppealListReading] = []
            for number in range(1, PAGE_LIMIT + 1):
                page, has_next = self._read_page(tab, number)
                pages.append(page)
                if not has_next or page.health not in {PageHealth.HEALTHY, PageHealth.EMPTY}:
                    break
            return merge_appeal_pages(pages)

    def read_one(self, number: str) -> AppealStatusReading:
        """Reads the page of one appeal: status, dates, the moderator's answer.

        Raises:
            flows.errors.PageGone: there is no such appeal.
            flows.errors.FlowError: as ``read_list``.
        """
        with account_tab(self._bench, self._state) as tab:
            page = AppealDetailsPage(tab.page, tab.site, appeal_number=number)

            def look() -> AppealStatusReading:
                with tab.turn(tab.site.url("appeals")):
                    page.open()
                require_signed_in(tab, self._identity, self._expected)
                return page.read(seen_at=tab.bench.now())

            return read_with_retries(look, tab.bench.retries)

    def _read_page(self, tab: Tab, number: int) -> tuple[AppealListReading, bool]:
        page = AppealsPage(tab.page, tab.site, page_name=self._list_page)

        def look() -> tuple[AppealListReading, bool]:
            with tab.turn(tab.site.url(self._list_page)):
                page.open_page(number)
            require_signed_in(tab, self._identity, self._expected)
            return page.read(seen_at=tab.bench.now()), page.has_next()

        try:
            return read_with_retries(look, tab.bench.retries)
        except (SelectorBroken, PageNotReady) as error:
            return _unread(PageHealth.BROKEN, error), False
        except SiteUnavailable as error:
            return _unread(PageHealth.OFFLINE, error), False


def _unread(health: PageHealth, error: FlowError) -> AppealListReading:
    return AppealListReading(health=health, problems=(str(error),))

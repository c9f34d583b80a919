"""«Мои обращения» and the page of one appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.errors import SelectorBroken
from flows.pages.base import SitePage
from flows.readings.appeals import read_appeal_details, read_appeal_list

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from flows.readings.models import AppealListReading, AppealStatusReading


class AppealsPage(SitePage):
    """One page of a list of what an account filed; which list, its ``page_name`` says."""

    page_name = "appeals"

    def open_page(self, number: int) -> Self:
        """Opens one page of the list."""
        return self.go(self.site.url(f"{self.page_name}_page", page=number))

    def read(self, *, seen_at: datetime) -> AppealListReading:
        """Reads this page of the list, its dates by the site's own clock, and how far that is off ours."""
        read = read_appeal_list(
            self.html(),
            self.site,
            list_page=self.page_name,
            url=self.page.url,
            seen_at=self.site_time or seen_at,
        )
        if self.site_time is None:
            return read
        return read.model_copy(update={"clock_offset": self.site_time - seen_at})

    def has_next(self) -> bool:
        """Whether the site offers a further page."""
        return "next_page" in self.catalog.entries and self.entry("next_page").count() > 0


class AppealDetailsPage(SitePage):
    """One appeal (value: ``appeal_number``)."""

    page_name = "appeal_details"
    url_name = "appeal_details"

    def read(self, *, seen_at: datetime) -> AppealStatusReading:
        """Reads status, dates and answer.

        Raises:
            flows.errors.SelectorBroken: the page carries no number.
        """
        found = read_appeal_details(self.html(), self.site, seen_at=seen_at)
        if found is None:
            raise SelectorBroken("the appeal's page carries no number", where="appeal_details.number")
        return found

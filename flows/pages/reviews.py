"""The reviews page of a product: cards, their menus, the way into the report dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from flows.errors import AlreadyReported, FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.pressing import is_seen, press_until
from flows.pages.report_dialog import ReportDialog
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Locator

    from flows.readings.models import ListingPage


class ReviewsPage(SitePage):
    """The reviews of one product (values: ``sku``, ``slug``)."""

    page_name = "reviews"
    url_name = "reviews"

    def open_review(self, review_id: str) -> Self:
        """Opens the review's own link, which shows it whatever page of the listing it is on."""
        return self.go(self.site.url("review", review_id=review_id, **self.values))

    def read(self, *, seen_at: datetime) -> ListingPage:
        """Reads the page as it is now."""
        return read_listing_html(
            self.html(), self.site, seen_at=seen_at, url=self.page.url, expected=Expected(sku=self.values["sku"])
        )

    def card(self, review_id: str) -> Locator:
        """Builds the locator of one review's card, without looking."""
        return self.entry("card", review_id=review_id)

    def has_review(self, review_id: str) -> bool:
        """Tells whether the review's card is on the page now."""
        return self.card(review_id).count() == 1

    def is_reported(self, review_id: str) -> bool:
        """Tells whether the site shows that this account reported the review before."""
        return self.shows("reported_mark", review_id=review_id)

    def show_full_text(self, review_id: str) -> bool:
        """Opens a shortened text and tells whether there was one."""
        with named_faults(self.page_name):
            opener = self.entry("show_full_text", review_id=review_id)
            if not opener.first.is_visible():
                return False
            self.finder.one("show_full_text", review_id=review_id).click()
            return True

    def open_report_dialog(self, review_id: str) -> ReportDialog:
        """Opens the report form: through the card's menu, or by the card's own button where the site has no menu.

        Raises:
            flows.errors.AlreadyReported: the site shows that this account reported it before.
            flows.errors.FormMismatch: the review is not here, or its menu offers no report.
        """
        if not self.has_review(review_id):
            raise FormMismatch("the review is not on the page", where=self.page.url, hint="look at the page by hand")
        if self.is_reported(review_id):
            raise AlreadyReported("this account reported the review before", where=review_id)
        if "card_menu" not in self.catalog.entries:
            return self.press_report_button(review_id)
        with named_faults("reviews.card_menu"):
            limit = self.site.timings.hydration_seconds
            self._open_menu(review_id, limit)
            dialog = ReportDialog(self.page, self.site)
            press_until(
                self.finder.one("menu_report"), dialog.landmark(), limit_seconds=limit, where="reviews.menu_report"
            )
        return dialog.arrive()

    def press_report_button(self, review_id: str) -> ReportDialog:
        """Opens the report form by the button on the card.

        Raises:
            flows.errors.FormMismatch: the card offers none.
        """
        if not is_seen(self.entry("card_report_button", review_id=review_id), 0.5):
            raise FormMismatch("the review offers no report", where="reviews.card_report_button")
        dialog = ReportDialog(self.page, self.site)
        with named_faults("reviews.card_report_button"):
            press_until(
                self.finder.one("card_report_button", review_id=review_id),
                dialog.landmark(),
                limit_seconds=self.site.timings.hydration_seconds,
                where="reviews.card_report_button",
            )
        return dialog.arrive()

    def _open_menu(self, review_id: str, limit: float) -> None:
        self._press_menu(review_id, limit)
        if not self.entry("menu_report").count():
            if is_seen(self.entry("reported_mark", review_id=review_id), 0.5):
                raise AlreadyReported("this account reported the review before", where=review_id)
            raise FormMismatch(
                "the review's menu offers no report",
                where="reviews.menu_report",
                hint="the site may not take reports from this account; look at the menu by hand",
            )

    def _press_menu(self, review_id: str, limit: float) -> None:
        # Pressing again may close a menu that opened late; the next round opens it.
        press_until(
            self.finder.one("card_menu", review_id=review_id),
            self.entry("menu_copy_link"),
            limit_seconds=limit,
            where="reviews.card_menu",
        )

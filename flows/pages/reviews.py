"""The reviews page of a product: cards, their menus, the way into the report dialog."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

from flows.errors import AlreadyReported, FormMismatch, PageNotReady
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.pressing import PATIENCE_SECONDS, is_hidden, is_seen, press_until
from flows.pages.report_dialog import ReportDialog
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html
from flows.readings.opened_texts import put_opened_texts

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
        """Whether the review's card is on the page now."""
        return self.card(review_id).count() == 1

    def is_reported(self, review_id: str) -> bool:
        """Whether the site shows that this account reported the review before."""
        return self.shows("reported_mark", review_id=review_id)

    def read_whole(self, *, seen_at: datetime) -> ListingPage:
        """Reads the page, and opens the texts of which it shows the beginning only, as a person would.

        A text that does not open stays marked as cut. Where the first does not open, the others are left alone: the
        page's script is not ready, or the control is another one.
        """
        page = self.read(seen_at=seen_at)
        shortened = [review.review_id for review in page.reviews if review.origin("text") == "cut"]
        if not shortened or not self.show_full_text(shortened[0]):
            return page
        for review_id in shortened[1:]:
            self.show_full_text(review_id)
        return put_opened_texts(page, self.read(seen_at=seen_at))

    def show_full_text(self, review_id: str) -> bool:
        """Opens a shortened text and tells whether it did: the control to open it is gone then.

        That it is a button of the card, and that it goes away, are guesses (no capture shows a shortened card).
        """
        if "show_full_text" not in self.catalog.entries:
            return False
        openers = self.entry("show_full_text", review_id=review_id).filter(visible=True)
        limit = self.site.timings.hydration_seconds
        is_opened = False
        with suppress(PageNotReady), named_faults("reviews.show_full_text"):
            for _ in range(max(1, round(limit / PATIENCE_SECONDS))):  # a page that is not ready swallows clicks
                shown = openers.count()  # a card has up to three texts
                if not shown:
                    return is_opened
                openers.first.click(timeout=limit * 1000)
                is_opened = is_hidden(openers.nth(shown - 1), PATIENCE_SECONDS) or is_opened
        return False

    def open_report_dialog(self, review_id: str, dialog_page: str = "report_dialog") -> ReportDialog:
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
            return self.press_report_button(review_id, dialog_page)
        with named_faults("reviews.card_menu"):
            limit = self.site.timings.hydration_seconds
            self._open_menu(review_id, limit)
            dialog = ReportDialog(self.page, self.site, page_name=dialog_page)
            press_until(
                self.finder.one("menu_report"), dialog.landmark(), limit_seconds=limit, where="reviews.menu_report"
            )
        return dialog.arrive()

    def press_report_button(self, review_id: str, dialog_page: str = "report_dialog") -> ReportDialog:
        """Opens the report form by the button on the card.

        Raises:
            flows.errors.FormMismatch: the card offers none.
        """
        if not is_seen(self.entry("card_report_button", review_id=review_id), 0.5):
            raise FormMismatch("the review offers no report", where="reviews.card_report_button")
        dialog = ReportDialog(self.page, self.site, page_name=dialog_page)
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

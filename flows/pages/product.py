"""The product card, and the shelf of its first reviews that loads when one scrolls to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.errors import AlreadyReported, FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.reviews import ReviewsPage
from flows.readings.product_card import read_product_card

if TYPE_CHECKING:
    from flows.pages.report_dialog import ReportDialog
    from flows.readings.models import ProductCardReading


class ProductPage(SitePage):
    """One product (values: ``sku``, ``slug``)."""

    page_name = "product"
    url_name = "product"

    def read(self) -> ProductCardReading:
        """Reads what the seller promises."""
        return read_product_card(self.html(), self.site, url=self.page.url)

    def show_reviews(self) -> ReviewsPage:
        """Scrolls to the shelf of reviews and waits until it has loaded."""
        with named_faults("product.paginator"):
            self.entry("paginator").first.scroll_into_view_if_needed()
            shelf = ReviewsPage(self.page, self.site, **self.values)
            self.entry("reviews_shelf").first.wait_for(timeout=self.site.timings.hydration_seconds * 1000)
        return shelf

    def open_report_dialog(self, review_id: str, dialog_page: str = "report_dialog") -> ReportDialog:
        """Opens the report dialog by «Подать жалобу» on the shelf: the same dialog as through the card's menu.

        Raises:
            flows.errors.AlreadyReported: the site shows that this account reported it before.
            flows.errors.FormMismatch: the review is not on the shelf, or offers no report.
        """
        shelf = self.show_reviews()
        if not shelf.has_review(review_id):
            raise FormMismatch("the review is not on the shelf", where=self.page.url, hint="use the reviews page")
        if shelf.is_reported(review_id):
            raise AlreadyReported("this account reported the review before", where=review_id)
        return shelf.press_report_button(review_id, dialog_page)

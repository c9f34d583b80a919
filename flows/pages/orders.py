"""«Мои заказы» and the details of one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.errors import AlreadyReported, FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.filing_form import FilingFormPage
from flows.pages.pressing import press_until
from flows.readings.orders import read_order, read_order_list

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from flows.readings.models import OrderReading
    from flows.readings.orders import OrderListRead


class OrdersPage(SitePage):
    """One page of the account's orders."""

    page_name = "orders"
    url_name = "orders"

    def open_page(self, number: int) -> Self:
        """Opens one page of the list."""
        return self.go(self.site.url("orders_page", page=number))

    def read(self, *, seen_at: datetime) -> OrderListRead:
        """Reads the orders of this page."""
        return read_order_list(self.html(), self.site, seen_at=seen_at)


class OrderDetailsPage(SitePage):
    """One order (value: ``order_number``)."""

    page_name = "order_details"
    url_name = "order_details"

    def read(self, *, seen_at: datetime) -> OrderReading:
        """Reads status, dates, item and review."""
        return read_order(self.html(), self.site, url=self.page.url, seen_at=seen_at)

    def shows_review(self, review_id: str) -> bool:
        """Whether this order carries the review."""
        return self.entry("review_block", review_id=review_id).count() > 0

    def offers_appeal(self) -> bool:
        """Whether the way into the appeal form is here."""
        return self.entry("appeal").first.is_visible()

    def was_appealed(self) -> bool:
        """Whether the site shows that this review was appealed before."""
        return self.shows("appealed_mark")

    def open_appeal(self, review_id: str, form_page: str, *, is_further: bool = False) -> FilingFormPage:
        """Goes to the appeal form.

        Args:
            review_id: The review that the order must show.
            form_page: The form, by its page in the catalog.
            is_further: A further appeal after a decided one: the mark of the first does not stop it.

        Raises:
            flows.errors.AlreadyReported: the site shows that it was appealed before.
            flows.errors.FormMismatch: the order is not that of the review, or offers no appeal.
        """
        where = f"order_details.{self.values['order_number']}"
        if not self.shows_review(review_id):
            raise FormMismatch("the order does not show the review", where=where, hint="look at the order by hand")
        if self.was_appealed() and not (is_further and self.offers_appeal()):
            raise AlreadyReported("the review was appealed before", where=where)
        if not self.offers_appeal():
            raise FormMismatch(
                "the order offers no appeal", where=where, hint="the site may not take appeals of this review"
            )
        number = self.values["order_number"]
        form = FilingFormPage(self.page, self.site, page_name=form_page, order_number=number, review_id=review_id)
        with named_faults("order_details.appeal"):
            press_until(
                self.entry("appeal"),
                form.landmark(),
                limit_seconds=self.site.timings.navigation_seconds,
                where="order_details.appeal",
            )
        return form.arrive()

"""The kind ``order_form``: the account's orders, the order of the review, the form with reason and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.errors import FormMismatch
from flows.library.answers import require_signed_in
from flows.library.form_channel import FormChannel
from flows.pages.orders import OrderDetailsPage

if TYPE_CHECKING:
    from flows.library.form_channel import Target
    from flows.pages.filing_form import FilingFormPage


class OrderForm(FormChannel):
    """Appeals one review from the order it belongs to."""

    _is_appealed_before = False

    def enter(self, target: Target, *, is_further: bool) -> FilingFormPage:
        """Opens the order and, from there, the form."""
        if target.order_number is None:
            raise FormMismatch("the order's number is not known", where=self.name, hint="find the order of the review")
        details = OrderDetailsPage(self._tab.page, self._tab.site, order_number=target.order_number)
        with self._tab.turn(self._tab.site.url("orders")):
            details.open()
        require_signed_in(self._tab, self.spec.identity, self._expected)
        self._is_appealed_before = details.was_appealed()
        return details.open_appeal(target.review_id, self.spec.page, is_further=is_further)

    def _was_appealed(self) -> bool:
        return self._is_appealed_before

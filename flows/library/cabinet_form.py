"""The kind ``cabinet_form``: the cabinet's list of reviews, the drawer of one, the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.errors import FormMismatch
from flows.library.answers import require_signed_in
from flows.library.form_channel import FormChannel
from flows.pages.cabinet import CabinetReviewsPage

if TYPE_CHECKING:
    from flows.library.form_channel import Target
    from flows.pages.cabinet import ReviewDrawer
    from flows.pages.filing_form import FilingFormPage

PAGE_LIMIT = 100
"""Pages of ten that are looked through for a review: older ones are past any window that is told of."""


class CabinetForm(FormChannel):
    """Complains of one review from the cabinet."""

    _is_appealed_before = False

    def enter(self, target: Target, *, is_further: bool) -> FilingFormPage:
        """Looks the review up in the list, opens its drawer and, from there, the form."""
        drawer = self._find(target.review_id)
        self._is_appealed_before = drawer.was_complained_of()
        return drawer.open_complaint(target.review_id, self.spec.page, is_further=is_further)

    def _find(self, review_id: str) -> ReviewDrawer:
        page = CabinetReviewsPage(self._tab.page, self._tab.site)
        url: str | None = self._tab.site.url("cabinet_reviews")
        seen: set[str] = set()
        while url is not None and url not in seen and len(seen) < PAGE_LIMIT:
            seen.add(url)
            with self._tab.turn(url):
                page.go(url)
            if len(seen) == 1:
                require_signed_in(self._tab, self.spec.identity, self._expected)
            if page.row(review_id).count():
                return page.open_review(review_id)
            url = page.next_url()
        raise FormMismatch(
            f"the review is not on the {len(seen)} pages of the cabinet's list that were read",
            where="cabinet_reviews",
            hint="it may be too old, or of another company; use another channel",
        )

    def _was_appealed(self) -> bool:
        return self._is_appealed_before

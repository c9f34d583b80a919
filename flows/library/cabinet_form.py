"""The kind ``cabinet_form``: the cabinet's list of reviews, the drawer of one where the site has it, the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_store.sentences import sentence
from flows.errors import FormMismatch
from flows.library.answers import require_signed_in
from flows.library.form_channel import FormChannel
from flows.pages.cabinet import CabinetReviewsPage, ReviewDrawer

if TYPE_CHECKING:
    from flows.catalog import Site
    from flows.library.form_channel import Target
    from flows.pages.filing_form import FilingFormPage
    from flows.session import AccountWitness
    from flows.workbench import Tab

PAGE_LIMIT = 100
"""Pages of ten that are looked through for a review: older ones are past any window that is told of."""


def open_drawer(tab: Tab, review_id: str, *, identity: str, expected: AccountWitness) -> ReviewDrawer:
    """Looks a review up in the cabinet's list and opens its drawer.

    Raises:
        flows.errors.FormMismatch: it is on none of the pages.
    """
    return find_row(tab, review_id, identity=identity, expected=expected).open_review(review_id)


def find_row(tab: Tab, review_id: str, *, identity: str, expected: AccountWitness) -> CabinetReviewsPage:
    """Looks a review up in the cabinet's list and returns the page of the list that shows it.

    Raises:
        flows.errors.FormMismatch: it is on none of the pages.
    """
    page = CabinetReviewsPage(tab.page, tab.site)
    url: str | None = tab.site.url("cabinet_reviews")
    seen: set[str] = set()
    while url is not None and url not in seen and len(seen) < PAGE_LIMIT:
        seen.add(url)
        with tab.turn(url):
            page.go(url)
        if len(seen) == 1:
            require_signed_in(tab, identity, expected)
        if page.row(review_id).count():
            return page
        url = page.next_url()
    raise FormMismatch(
        sentence("the review is not on the {count} pages of the cabinet's list that were read", count=len(seen)),
        where="cabinet_reviews",
        hint="it may be too old, or of another company; use another channel",
    )


def has_drawer(site: Site) -> bool:
    """Whether the list opens a drawer (or page) of one review, from which the form is opened."""
    return ReviewDrawer.page_name in site.pages


class CabinetForm(FormChannel):
    """Complains of one review from the cabinet."""

    _is_appealed_before = False

    def enter(self, target: Target, *, is_further: bool) -> FilingFormPage:
        """Looks the review up in the list and opens the form from its drawer, or from its row without one."""
        if not has_drawer(self._tab.site):
            found = find_row(self._tab, target.review_id, identity=self.spec.identity, expected=self._expected)
            return found.open_form(target.review_id, self.spec.page)
        drawer = open_drawer(self._tab, target.review_id, identity=self.spec.identity, expected=self._expected)
        self._is_appealed_before = drawer.was_complained_of()
        return drawer.open_complaint(target.review_id, self.spec.page, is_further=is_further)

    def _was_appealed(self) -> bool:
        return self._is_appealed_before

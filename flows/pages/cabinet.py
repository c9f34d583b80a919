"""The seller cabinet's reviews: the list, the drawer of one review, and the way from there to the form."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from flows.errors import AlreadyReported, FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.fields import read_attribute
from flows.pages.filing_form import FilingFormPage
from flows.pages.pressing import press_until
from flows.readings.cabinet_reviews import read_cabinet_reviews

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Locator

    from flows.readings.cabinet_reviews import CabinetPage


class CabinetReviewsPage(SitePage):
    """One page of the cabinet's list of reviews."""

    page_name = "cabinet_reviews"
    url_name = "cabinet_reviews"

    def row(self, review_id: str) -> Locator:
        """Builds the locator of one review's row, without looking."""
        return self.entry("row", review_id=review_id)

    def next_url(self) -> str | None:
        """Returns the address of the next, older page; None on the last one."""
        link = self.entry("next_page")
        target = link.first.get_attribute("href") if link.count() else None
        return urljoin(self.page.url, target) if target else None

    def read(self, *, seen_at: datetime) -> CabinetPage:
        """Reads the rows of this page, their dates by the site's own clock."""
        return read_cabinet_reviews(self.html(), self.site, url=self.page.url, seen_at=self.site_time or seen_at)

    def open_review(self, review_id: str) -> ReviewDrawer:
        """Opens the drawer of a review that is on this page."""
        drawer = ReviewDrawer(self.page, self.site)
        with named_faults("cabinet_reviews.open_review"):
            press_until(
                self.entry("open_review", review_id=review_id),
                drawer.entry("drawer"),
                limit_seconds=self.site.timings.hydration_seconds,
                where="cabinet_reviews.open_review",
            )
        return drawer.arrive()


class ReviewDrawer(SitePage):
    """The open drawer of one review."""

    page_name = "cabinet_review"

    def review_id(self) -> str | None:
        """Says which review is open, by the drawer's own mark."""
        return read_attribute(self.entry("review"), self.catalog.reading.fields["review_id"])

    def was_complained_of(self) -> bool:
        """Whether the site shows that this account complained of the review before."""
        return self.entry("complained_mark").first.is_visible()

    def offers_complaint(self) -> bool:
        """Whether the way into the complaint form is here."""
        return self.entry("complain").first.is_visible()

    def open_complaint(self, review_id: str, form_page: str, *, is_further: bool = False) -> FilingFormPage:
        """Opens the complaint form.

        Args:
            review_id: The review that must be open.
            form_page: The form, by its page in the catalog.
            is_further: A further complaint after a decided one: the mark of the first does not stop it.

        Raises:
            flows.errors.AlreadyReported: the site shows that it was complained of before.
            flows.errors.FormMismatch: another review is open, or the drawer offers no complaint.
        """
        if self.review_id() != review_id:
            raise FormMismatch("another review is open", where=self.page_name, hint="look at the cabinet by hand")
        if self.was_complained_of() and not (is_further and self.offers_complaint()):
            raise AlreadyReported("the review was complained of before", where=review_id)
        if not self.offers_complaint():
            raise FormMismatch(
                "the cabinet offers no complaint of this review",
                where="cabinet_review.complain",
                hint="this account may not have this way; use another channel",
            )
        form = FilingFormPage(self.page, self.site, page_name=form_page)
        with named_faults("cabinet_review.complain"):
            press_until(
                self.entry("complain").first,
                form.landmark(),
                limit_seconds=self.site.timings.hydration_seconds,
                where="cabinet_review.complain",
            )
        return form.arrive()

"""The seller cabinet's reviews: the list, the drawer of one review, and the way from there to the form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from flows.errors import AlreadyReported, FormMismatch, PageNotReady
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.fields import read_attribute
from flows.pages.filing_form import FilingFormPage
from flows.pages.own_answers import OwnAnswers
from flows.pages.pressing import press_until
from flows.readings.cabinet_answers import join_answers, read_cabinet_answer, read_cabinet_detail
from flows.readings.cabinet_reviews import read_cabinet_reviews
from flows.readings.models import PageHealth

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Locator, Page

    from flows.catalog import Site
    from flows.readings.cabinet_reviews import CabinetPage


_GLANCE_MS = 250


class CabinetReviewsPage(SitePage):
    """One page of the cabinet's list of reviews.

    It is read from the JSON that the page loads for itself, where the catalog describes it, else from what it shows.
    """

    page_name = "cabinet_reviews"
    url_name = "cabinet_reviews"

    def __init__(self, page: Page, site: Site) -> None:
        super().__init__(page, site)
        hooks = self.catalog.reading.answers
        self._answers = OwnAnswers(page, site.whole(hooks.url), hooks) if hooks is not None else None

    def go(self, url: str) -> Self:
        """Opens one of its addresses; answers to an earlier one no longer count."""
        if self._answers is not None:
            self._answers.forget()
        return super().go(url)

    def row(self, review_id: str) -> Locator:
        """Builds the locator of one review's row, without looking."""
        return self.entry("row", review_id=review_id)

    def next_url(self) -> str | None:
        """Returns the address of the next, older page; None on the last one."""
        if "next_page" not in self.catalog.entries:
            return None
        link = self.entry("next_page")
        target = link.first.get_attribute("href") if link.count() else None
        return urljoin(self.page.url, target) if target else None

    def offers_more(self) -> bool:
        """Whether the page itself has a button for older reviews, rather than a link."""
        return self._answers is not None and self.shows("next_page")

    def load_more(self) -> None:
        """Presses it and waits for the page's next answer.

        Raises:
            flows.errors.PageNotReady: none came.
        """
        if self._answers is None:
            raise PageNotReady("the catalog describes no answers", where="cabinet_reviews.next_page")
        self._answers.forget()
        with named_faults("cabinet_reviews.next_page"):
            self.entry("next_page").first.click(timeout=self.site.timings.action_seconds * 1000)
            self._await_rows(self._answers, has_rows=False)
        if not self._answers.has_any:
            raise PageNotReady("older reviews were asked for and none came", where="cabinet_reviews.next_page")

    def read(self, *, seen_at: datetime) -> CabinetPage:
        """Reads the rows of this page, their dates by the site's own clock."""
        told = None
        if self._answers is not None:
            self._await_rows(self._answers)
            told = join_answers([read_cabinet_answer(one, self.site) for one in self._answers.bodies()])
        if told is not None and told.health is not PageHealth.BROKEN:
            return told
        shown = read_cabinet_reviews(self.html(), self.site, url=self.page.url, seen_at=self.site_time or seen_at)
        if told is None:
            return shown
        return replace(shown, problem="; ".join(filter(None, (shown.problem, told.problem))), note=told.problem)

    def _await_rows(self, answers: OwnAnswers, *, has_rows: bool = True) -> None:
        """Waits until the page's own answer came or (``has_rows``) it shows rows that the catalog knows."""
        rows = self.page.locator(", ".join(self.catalog.reading.rows)).first
        rounds = round(self.site.timings.hydration_seconds * 1000 / _GLANCE_MS)
        for _ in range(max(1, rounds)):
            if answers.has_any:
                return
            try:
                rows.wait_for(state="attached" if has_rows else "detached", timeout=_GLANCE_MS)
            except PlaywrightTimeout:
                continue
            if has_rows:
                return

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

    def open_form(self, review_id: str, form_page: str) -> FilingFormPage:
        """Opens the complaint form of a review that is on this page, where its row leads straight to it.

        Args:
            review_id: The review.
            form_page: The form, by its page in the catalog.
        """
        form = FilingFormPage(self.page, self.site, page_name=form_page)
        with named_faults("cabinet_reviews.open_review"):
            press_until(
                self.entry("open_review", review_id=review_id),
                form.landmark(),
                limit_seconds=self.site.timings.hydration_seconds,
                where="cabinet_reviews.open_review",
            )
        return form.arrive()


class ReviewDrawer(SitePage):
    """The open drawer of one review."""

    page_name = "cabinet_review"

    def __init__(self, page: Page, site: Site) -> None:
        super().__init__(page, site)
        hooks = self.catalog.reading.detail
        self._told = OwnAnswers(page, site.whole(hooks.url), hooks) if hooks is not None else None

    def detail(self, review_id: str) -> CabinetPage | None:
        """Reads what the page loaded about the review when it was opened; None where nothing came, or is described.

        Listens only: the drawer must be made before it is opened.
        """
        if self._told is None or not self._told.await_any(self.site.timings.hydration_seconds):
            return None
        return read_cabinet_detail(self._told.bodies()[-1], self.site, review_id)

    def chat_link(self) -> str:
        """The address of the review's chat with its buyer as the drawer shows it; "" where it shows none."""
        found = self.entry("chat_link")
        return (found.first.get_attribute("href") or "") if found.count() == 1 else ""

    def review_id(self) -> str | None:
        """Says which review is open, by the drawer's own mark."""
        return read_attribute(self.entry("review"), self.catalog.reading.fields.get("review_id", ()))

    def was_complained_of(self) -> bool:
        """Whether the site shows that this account complained of the review before."""
        return self.shows("complained_mark")

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

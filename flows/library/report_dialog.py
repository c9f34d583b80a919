"""The kind ``report_dialog``: the menu under a review on the product's page. No list, no status afterwards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flows.channels import FilingOrder, FilledForm, Observation, ObservedKind
from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.library.answers import (
    explain_silence,
    heed_refusal,
    is_last_word,
    observation,
    require_armed,
    require_same_review,
    require_signed_in,
    review_problems,
    take_picture,
)
from flows.library.form_channel import FormLook
from flows.pages.product import ProductPage
from flows.pages.reviews import ReviewsPage

if TYPE_CHECKING:
    from flows.gate import SubmitGate
    from flows.library.form_channel import Target
    from flows.pages.report_dialog import ReportDialog
    from flows.session import AccountWitness
    from flows.workbench import Tab


class ReportByDialog:
    """Reports one review through its menu (``flows.channels.Channel``)."""

    def __init__(
        self, tab: Tab, gate: SubmitGate, *, name: str, expected: AccountWitness, answer_window: float
    ) -> None:
        self._tab, self._gate, self._expected, self._window = tab, gate, expected, answer_window
        self.name, self._spec = name, tab.site.channels[name]
        self.has_list = self._spec.has_list
        self._order: FilingOrder | None = None
        self._dialog: ReportDialog | None = None

    def look(self, target: Target) -> FormLook:
        """Opens the dialog and says what it offers; sends nothing."""
        dialog = self._enter(target)
        return FormLook(reasons=dialog.read().reasons, limits=dialog.read_limits())

    def prepare(self, order: FilingOrder) -> None:
        """Opens the review by its own link, its menu, the dialog, and fills it."""
        if order.attachments:
            raise FormMismatch(
                "this channel takes no files", where=self.name, hint="use another channel, or drop the files"
            )
        self._order = order
        dialog = self._enter(order)
        form = dialog.read()
        require_same_review(order, review_id=form.review_id, text=form.review_text, where=self._spec.page)
        if form.unknown_required:
            raise FormMismatch(
                "the form asks for more than we know: " + ", ".join(form.unknown_required),
                where=f"{self._spec.page}.required_fields",
                hint="the site changed its form; nothing was sent",
            )
        dialog.choose_reason(order.reason_label)
        if order.text:
            dialog.write_comment(order.text)
        self._dialog = dialog

    def inspect(self) -> FilledForm:
        """Reads the dialog back and compares every field with the order."""
        order, dialog = self._open()
        form = dialog.read()
        problems = list(review_problems(order, review_id=form.review_id, text=form.review_text))
        if form.chosen_reason != order.reason_label:
            problems.append(f"the reason is «{form.chosen_reason or ''}», not «{order.reason_label}»")
        if form.comment.replace("\r\n", "\n") != order.text.replace("\r\n", "\n"):
            problems.append("the comment differs from the approved one")
        problems.extend(f"a required field is not known: {name}" for name in form.unknown_required)
        return FilledForm(
            url=self._tab.page.url,
            review_id=form.review_id,
            review_text=form.review_text,
            reason_label=form.chosen_reason,
            text=form.comment,
            reasons_offered=form.reasons,
            problems=tuple(problems),
            screenshot=take_picture(self._tab),
        )

    def gesture(self) -> None:
        """Checks the two facts a last time and makes the one click."""
        order, dialog = self._open()
        require_armed(self._gate)
        form = dialog.read()
        require_same_review(order, review_id=form.review_id, text=form.review_text, where=self._spec.page)
        with named_faults(f"{self._spec.page}.send"):
            dialog.send()
        self._gate.raise_refusal()

    def observe(self) -> Observation:
        """Waits for the dialog's own word; without one, says what is there instead."""
        return heed_refusal(self._observe(), self._spec, self._gate)

    def _observe(self) -> Observation:
        _, dialog = self._open()
        word = dialog.await_answer(self._window, partial(is_last_word, self._gate))
        self._gate.raise_refusal()
        if word is None:
            return explain_silence(self._tab, self._gate)
        kind = ObservedKind.SUCCESS_TEXT if word.name == "success" else ObservedKind.FORM_ERROR
        return observation(self._tab, self._gate, kind, raw_text=word.text)

    def _enter(self, target: Target) -> ReportDialog:
        """Opens the dialog by the review's menu; where that has no report, by «Подать жалобу» on the product's page."""
        site = self._tab.site
        product = site.product_from_url(target.product_url)
        page = ReviewsPage(self._tab.page, site, sku=product.sku, slug=product.slug)
        with self._tab.turn(target.product_url):
            page.open_review(target.review_id)
        require_signed_in(self._tab, self._spec.identity, self._expected)
        try:
            return page.open_report_dialog(target.review_id, self._spec.page)
        except FormMismatch as by_menu:
            if "product" not in site.pages:
                raise
            card = ProductPage(self._tab.page, site, sku=product.sku, slug=product.slug)
            with self._tab.turn(target.product_url):
                card.open()
            try:
                return card.open_report_dialog(target.review_id, self._spec.page)
            except FormMismatch:
                raise by_menu from None

    def _open(self) -> tuple[FilingOrder, ReportDialog]:
        if self._order is None or self._dialog is None:
            raise FormMismatch("the form is not open", where=self.name, hint="call prepare first")
        return self._order, self._dialog

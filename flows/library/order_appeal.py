"""The channel ``order_appeal``: «Мои заказы», the order, «Обжаловать отзыв», the form with reason and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.channels import FilingOrder, FilledForm, Observation, ObservedKind
from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.library.answers import (
    explain_silence,
    observation,
    read_attachment,
    require_armed,
    require_same_review,
    require_signed_in,
    review_problems,
    take_picture,
    visible_text,
)
from flows.pages.appeals import AppealDetailsPage
from flows.pages.orders import OrderDetailsPage
from flows.pages.pressing import SentRequests, is_seen

if TYPE_CHECKING:
    from flows.gate import SubmitGate
    from flows.pages.order_appeal import AppealForm, OrderAppealPage
    from flows.session import AccountWitness
    from flows.workbench import Tab


class OrderAppeal:
    """Appeals one review from the order it belongs to (``flows.channels.Channel``)."""

    name = "order_appeal"
    has_list = True

    def __init__(self, tab: Tab, gate: SubmitGate, *, expected: AccountWitness, answer_window: float) -> None:
        self._tab, self._gate, self._expected, self._window = tab, gate, expected, answer_window
        self._order: FilingOrder | None = None
        self._page: OrderAppealPage | None = None

    def prepare(self, order: FilingOrder) -> None:
        """Opens the order, the form from there, fills it, attaches the files and waits for each upload's witness."""
        if order.order_number is None:
            raise FormMismatch("the order's number is not known", where=self.name, hint="find the order of the review")
        files = [read_attachment(attachment) for attachment in order.attachments]
        self._order = order
        details = OrderDetailsPage(self._tab.page, self._tab.site, order_number=order.order_number)
        with self._tab.turn(self._tab.site.url("orders")):
            details.open()
        require_signed_in(self._tab, self._tab.site.channels["order_appeal"].identity, self._expected)
        page = details.open_appeal(order.review_id)
        form = page.read()
        require_same_review(order, review_id=form.review_id, text=form.review_text, where="order_appeal")
        _refuse_unknown_fields(form)
        page.choose_reason(order.reason_label)
        page.write_text(order.text)
        page.attach(order.attachments, files, sent=SentRequests(self._tab.page))
        self._page = page

    def inspect(self) -> FilledForm:
        """Reads the form back and compares every field with the order."""
        order, page = self._open()
        form = page.read()
        return FilledForm(
            url=self._tab.page.url,
            review_id=form.review_id,
            review_text=form.review_text,
            reason_label=form.chosen_reason,
            text=form.text,
            attachment_names=tuple(_name_of(row, order) for row in form.files),
            reasons_offered=form.reasons,
            problems=_problems(order, form),
            screenshot=take_picture(self._tab),
        )

    def gesture(self) -> None:
        """Checks the two facts a last time and makes the one click."""
        order, page = self._open()
        require_armed(self._gate)
        form = page.read()
        require_same_review(order, review_id=form.review_id, text=form.review_text, where="order_appeal")
        with named_faults("order_appeal.send"):
            page.send()
        self._gate.raise_refusal()

    def observe(self) -> Observation:
        """Waits for the appeal's own page with its number, or the form's error; never clicks."""
        _, form = self._open()
        details = AppealDetailsPage(self._tab.page, self._tab.site)
        with named_faults("order_appeal.observe"):
            is_answered = is_seen(details.entry("heading").or_(form.entry("error")), self._window)
            self._gate.raise_refusal()
            if not is_answered:
                return explain_silence(self._tab, self._gate)
            text = visible_text(self._tab)
            if details.entry("heading").count():
                number = details.read(seen_at=self._tab.bench.now()).number
                kind = ObservedKind.NUMBER if number else ObservedKind.UNCLEAR
                return observation(self._tab, self._gate, kind, raw_text=text, number=number or None)
            return observation(self._tab, self._gate, ObservedKind.FORM_ERROR, raw_text=form.error_text())

    def _open(self) -> tuple[FilingOrder, OrderAppealPage]:
        if self._order is None or self._page is None:
            raise FormMismatch("the form is not open", where=self.name, hint="call prepare first")
        return self._order, self._page


def _problems(order: FilingOrder, form: AppealForm) -> tuple[str, ...]:
    problems = list(review_problems(order, review_id=form.review_id, text=form.review_text))
    if form.chosen_reason != order.reason_label:
        problems.append(f"the reason is «{form.chosen_reason or ''}», not «{order.reason_label}»")
    if form.text.replace("\r\n", "\n") != order.text.replace("\r\n", "\n"):
        problems.append("the description differs from the approved one")
    missing = [item.name for item in order.attachments if not any(item.name in shown for shown in form.files)]
    if missing or len(form.files) != len(order.attachments):
        problems.append(f"{len(form.files)} files have arrived instead of {len(order.attachments)}")
    problems.extend(f"a required field is not known: {name}" for name in form.unknown_required)
    return tuple(problems)


def _name_of(row: str, order: FilingOrder) -> str:
    """The file that a row of the form names («снимок.png — загружен»); the row itself where it is none of ours."""
    names = sorted((attachment.name for attachment in order.attachments), key=len, reverse=True)
    return next((name for name in names if row.startswith(name)), row)


def _refuse_unknown_fields(form: AppealForm) -> None:
    if form.unknown_required:
        raise FormMismatch(
            "the form asks for more than we know: " + ", ".join(form.unknown_required),
            where="order_appeal.required_fields",
            hint="the site changed its form; nothing was sent",
        )

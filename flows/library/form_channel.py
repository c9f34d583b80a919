"""A channel whose form has a page of its own: how it is reached differs, filling, sending and reading are the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from flows.channels import FilingOrder, FilledForm, Observation, ObservedKind
from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.library.answers import (
    explain_silence,
    heed_refusal,
    is_last_word,
    observation,
    read_attachment,
    require_armed,
    require_same_review,
    review_problems,
    take_picture,
    visible_text,
)
from flows.pages.fields import Limits
from flows.pages.pressing import SentRequests

if TYPE_CHECKING:
    from flows.catalog.channel_spec import ChannelSpec
    from flows.gate import SubmitGate
    from flows.pages.filing_form import FilingForm, FilingFormPage
    from flows.session import AccountWitness
    from flows.workbench import Tab


class Target(Protocol):
    """What a channel must know to find the form of one review; a filing order knows it."""

    @property
    def review_id(self) -> str:
        """The review."""

    @property
    def product_url(self) -> str:
        """Any address of its product."""

    @property
    def order_number(self) -> str | None:
        """Its order, when known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLook:
    """What an open form offers, without anything filled in."""

    reasons: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    was_appealed: bool = False


class FormChannel(ABC):
    """Files through a form with a page of its own (``flows.channels.Channel``)."""

    def __init__(
        self, tab: Tab, gate: SubmitGate, *, name: str, expected: AccountWitness, answer_window: float
    ) -> None:
        self.name = name
        self._tab, self._gate, self._expected, self._window = tab, gate, expected, answer_window
        self._order: FilingOrder | None = None
        self._page: FilingFormPage | None = None
        self.has_list = self.spec.has_list

    @property
    def spec(self) -> ChannelSpec:
        """What the catalog says of this channel."""
        return self._tab.site.channels[self.name]

    @abstractmethod
    def enter(self, target: Target, *, is_further: bool) -> FilingFormPage:
        """Opens the form, the right account proven on the way.

        Raises:
            flows.errors.FormMismatch: the site offers no such way for this review.
            flows.errors.AlreadyReported: the site shows that this review was appealed before.
            flows.errors.SignInRequired, flows.errors.WrongAccount, flows.errors.WallMet: as their names say.
        """

    def look(self, target: Target) -> FormLook:
        """Opens the form and says what it offers; sends and uploads nothing."""
        page = self.enter(target, is_further=True)
        return FormLook(reasons=page.read().reasons, limits=page.read_limits(), was_appealed=self._was_appealed())

    def prepare(self, order: FilingOrder) -> None:
        """Opens the form, fills it, attaches the files and waits for each upload's witness."""
        files = [read_attachment(attachment) for attachment in order.attachments]
        self._order = order
        page = self.enter(order, is_further=order.generation > 1)
        form = page.read()
        self._require_review(form)
        _refuse_unknown_fields(form, page)
        if order.attachments and not page.has("files"):
            raise FormMismatch("this channel takes no files", where=self.name, hint="drop the files")
        if page.has("reason"):
            page.choose_reason(order.reason_label)
        if self.spec.asks_sender:
            page.write_sender(order.sender_name, order.sender_email)
        page.write_text(order.text)
        page.attach(order.attachments, files, sent=SentRequests(self._tab.page))
        self._page = page

    def inspect(self) -> FilledForm:
        """Reads the form back and compares every field with the order."""
        order, page = self._open()
        form = page.read()
        return FilledForm(
            url=self._tab.page.url,
            review_id=self._review_id(form),
            review_text=form.review_text,
            reason_label=form.chosen_reason,
            text=form.text,
            attachment_names=tuple(_name_of(row, order) for row in form.files),
            reasons_offered=form.reasons,
            fields=(("sender_name", form.sender[0]), ("sender_email", form.sender[1])) if any(form.sender) else (),
            problems=self._problems(order, form),
            screenshot=take_picture(self._tab),
        )

    def gesture(self) -> None:
        """Checks a last time what the form is about and makes the one click."""
        _, page = self._open()
        require_armed(self._gate)
        self._require_review(page.read())
        with named_faults(f"{self.name}.send"):
            page.send()
        self._gate.raise_refusal()

    def observe(self) -> Observation:
        """Waits for the number, or the form's error; never clicks."""
        return heed_refusal(self._observe(), self.spec, self._gate)

    def _observe(self) -> Observation:
        _, page = self._open()
        with named_faults(f"{self.name}.observe"):
            word = page.await_answer(self._window, partial(is_last_word, self._gate))
            self._gate.raise_refusal()
            if word is None:
                return explain_silence(self._tab, self._gate)
            if word.name == "error":
                return observation(self._tab, self._gate, ObservedKind.FORM_ERROR, raw_text=word.text)
            if word.name == "success":
                return observation(self._tab, self._gate, ObservedKind.SUCCESS_TEXT, raw_text=visible_text(self._tab))
            number = page.number_in(word.text)
            kind = ObservedKind.NUMBER if number else ObservedKind.UNCLEAR
            text = visible_text(self._tab)
            return observation(self._tab, self._gate, kind, raw_text=text, number=number or None)

    def _was_appealed(self) -> bool:
        return False

    def _review_id(self, form: FilingForm) -> str | None:
        """The review the form is about, from the page: its own mark, or the name in the letter."""
        if self.spec.facts.names_review_in == "form":
            return form.review_id
        order, _ = self._open()
        return order.review_id if order.review_id in form.text else None

    def _require_review(self, form: FilingForm) -> None:
        if self._order is not None and self.spec.facts.names_review_in == "form":
            require_same_review(self._order, review_id=form.review_id, text=form.review_text, where=self.name)

    def _problems(self, order: FilingOrder, form: FilingForm) -> tuple[str, ...]:
        problems: list[str] = []
        if self.spec.facts.names_review_in == "form":
            problems += review_problems(order, review_id=form.review_id, text=form.review_text)
        elif order.review_id not in form.text:
            problems.append("the letter does not name the review")
        if (form.chosen_reason or "") != order.reason_label:
            problems.append(f"the reason is «{form.chosen_reason or ''}», not «{order.reason_label}»")
        if form.text.replace("\r\n", "\n") != order.text.replace("\r\n", "\n"):
            problems.append("the text differs from the approved one")
        if form.sender != (order.sender_name, order.sender_email):
            problems.append("the sender is not the approved one")
        missing = [item.name for item in order.attachments if not any(item.name in shown for shown in form.files)]
        if missing or len(form.files) != len(order.attachments):
            problems.append(f"{len(form.files)} files have arrived instead of {len(order.attachments)}")
        problems.extend(f"a required field is not known: {name}" for name in form.unknown_required)
        return tuple(problems)

    def _open(self) -> tuple[FilingOrder, FilingFormPage]:
        if self._order is None or self._page is None:
            raise FormMismatch("the form is not open", where=self.name, hint="call prepare first")
        return self._order, self._page


def _name_of(row: str, order: FilingOrder) -> str:
    """The file's own name of a row such as "name — uploaded"; a row of no file of ours stays as it is."""
    names = [item.name for item in order.attachments if row.startswith(item.name)]
    return max(names, key=len) if names else row


def _refuse_unknown_fields(form: FilingForm, page: FilingFormPage) -> None:
    if form.unknown_required:
        raise FormMismatch(
            "the form asks for more than we know: " + ", ".join(form.unknown_required),
            where=f"{page.page_name}.required_fields",
            hint="the site changed its form; nothing was sent",
        )

"""Files one approved appeal: drives a channel through its four methods and commits between them.

No transaction is open across a browser call. The context of the form is closed before an unclear outcome is settled: a
page that stays open can still send (measured), and a reconciliation beside it would be worthless.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Literal, Protocol

from flows.channels import Attachment, Channel, FilingOrder, FilledForm, Observation
from flows.errors import AlreadyReported, FlowError, FormMismatch
from monitor.appeals.crash import CrashHook, no_crash
from monitor.appeals.ledger import Intent, Ledger, WaitingRequest
from monitor.appeals.machine import AppealState
from monitor.appeals.terms import ChannelTerms
from monitor.state import Lease
from monitor.state.appeals import AppealRecord


class Gate(Protocol):
    """The allow-once gate of the form's context (``flows.gate.SubmitGate`` is one)."""

    def arm(self, on_release: Callable[[WaitingRequest], None], /) -> None:
        """Lets exactly one submit request pass, after ``on_release`` has returned; aborts it when that raises."""


class OpenForm(Protocol):
    """A channel in a context of its own, gate closed (``flows.library.filing.OpenChannel`` is one)."""

    @property
    def channel(self) -> Channel:
        """The channel's four methods."""

    @property
    def gate(self) -> Gate:
        """The gate in front of its submit request."""


OpenChannel = Callable[[FilingOrder], AbstractContextManager[OpenForm]]
"""Opens the form's context; leaving the block closes it."""

SealPicture = Callable[[FilingOrder, Literal["filled_form", "confirmation"], bytes], str | None]
"""Puts a picture into the evidence store, durably, and returns its digest; None when there was no picture."""


class Filing:
    """Runs filings.

    Args:
        ledger: Where every step is committed.
        seal: Puts pictures into the evidence store.
        announce: Told the appeal's id right before its gesture, for whoever must answer when no store does.
        locate: Says where a file lies now; a moved home's rows name the old place.
        crash_hook: Called at the named crash points; does nothing in the product.
    """

    def __init__(
        self,
        ledger: Ledger,
        seal: SealPicture,
        *,
        announce: Callable[[str], None] = lambda _: None,
        locate: Callable[[Attachment], Attachment] = lambda file: file,
        crash_hook: CrashHook = no_crash,
    ) -> None:
        self._ledger = ledger
        self._seal = seal
        self._announce = announce
        self._locate = locate
        self._reach = crash_hook

    def file(self, appeal_id: str, lease: Lease, terms: ChannelTerms, open_channel: OpenChannel) -> AppealRecord:
        """Files one approved appeal: at most one gesture, whatever happens.

        Args:
            appeal_id: An approved appeal.
            lease: The right to its account.
            terms: The channel's terms.
            open_channel: Opens the form in a context of its own.

        Returns:
            The appeal as it stands afterwards; UNKNOWN means that the site has to be asked.

        Raises:
            AppealError: nothing was sent; the type says why.
            flows.errors.FlowError: the form could not be opened or filled; the appeal is approved again as before (or
                waits for a person) and nothing was sent. What may have been sent is returned as UNKNOWN instead.
            LeaseLost, StorageError: stop; the next visit finds the truth.
        """
        intent = self._located(self._ledger.take_intent(appeal_id, lease, terms))
        self._reach("C3")
        settled: AppealRecord | None = None
        seen: Observation | None = None
        try:
            with open_channel(intent.order) as form:
                self._fill(intent, form.channel)
                seen = self._send(intent, form)
                if seen is not None and not seen.is_waiting:
                    settled = self._settle(intent, seen)
        except FlowError as error:
            # Once settled, a context that will not close changes nothing any more.
            return settled or self._end_without_gesture(intent, error)
        return settled or self._ledger.settle(intent, seen)

    def _located(self, intent: Intent) -> Intent:
        files = tuple(map(self._locate, intent.order.attachments))
        return replace(intent, order=intent.order.model_copy(update={"attachments": files}))

    def _end_without_gesture(self, intent: Intent, error: FlowError) -> AppealRecord:
        if isinstance(error, AlreadyReported):
            return self._ledger.stop_before(intent, AppealState.ALREADY_REPORTED, str(error))
        if isinstance(error, FormMismatch):
            return self._ledger.stop_before(intent, AppealState.NEEDS_HUMAN, str(error))
        left = self._ledger.give_back(intent, f"{type(error).__name__}: {error}")
        if left.state == AppealState.UNKNOWN:
            return left
        raise error

    def _fill(self, intent: Intent, channel: Channel) -> None:
        channel.prepare(intent.order)
        form = channel.inspect()
        problems = [*form.problems, *find_differences(form, intent.order)]
        if problems:
            raise FormMismatch("; ".join(problems), where=form.url, hint="Look at the form; nothing was sent.")
        picture = self._seal(intent.order, "filled_form", form.screenshot)
        self._ledger.arm(intent, form, picture=picture)
        self._reach("C4")

    def _send(self, intent: Intent, form: OpenForm) -> Observation | None:
        """Makes the one gesture and reads the answer; None when no answer could be read."""
        self._ledger.stamp_gesture(intent)
        self._announce(intent.appeal_id)
        form.gate.arm(lambda request: self._ledger.record_release(intent, request))
        try:
            form.channel.gesture()
            seen = form.channel.observe()
        except FlowError:
            # Neither success nor failure of the click is a verdict: the site is asked later.
            return None
        self._reach("C8")
        return seen

    def _settle(self, intent: Intent, seen: Observation) -> AppealRecord:
        picture = self._seal(intent.order, "confirmation", seen.screenshot)
        self._reach("C9")
        return self._ledger.settle(intent, seen, picture=picture)


def find_differences(form: FilledForm, order: FilingOrder) -> list[str]:
    """Compares what the form shows with what was approved, once more and without trusting the channel. Pure."""
    found: list[str] = []
    if form.review_id != order.review_id:
        found.append(f"the form is about review {form.review_id}, not {order.review_id}")
    if form.reason_label is not None and _squeeze(form.reason_label) != _squeeze(order.reason_label):
        found.append(f"the form's reason is «{form.reason_label}», not «{order.reason_label}»")
    if form.text is not None and _squeeze(form.text) != _squeeze(order.text):
        found.append("the form's text is not the approved one")
    wanted = tuple(file.name for file in order.attachments)
    if form.attachment_names != wanted and not form.is_opening:
        found.append(f"the form has the files {list(form.attachment_names)}, not {list(wanted)}")
    return found


def _squeeze(text: str) -> str:
    return " ".join(text.split())

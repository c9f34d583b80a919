"""The kind ``support_chat``: the press in the help popup that opens a ticket. It says nothing; the messages follow."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from flows.channels import FilingOrder, FilledForm, Observation, ObservedKind
from flows.errors import FlowError, FormMismatch
from flows.faults import named_faults
from flows.library.answers import (
    explain_silence,
    observation,
    read_attachment,
    require_armed,
    require_signed_in,
    take_picture,
    visible_text,
)
from flows.library.form_channel import FormLook
from flows.pages.chat import ChatEntryPage, ChatPage
from flows.pages.pressing import is_seen
from flows.retrying import read_with_retries

if TYPE_CHECKING:
    from flows.gate import SubmitGate
    from flows.library.form_channel import Target
    from flows.readings.chat import ChatReading
    from flows.session import AccountWitness
    from flows.workbench import Tab

_LOOK_SECONDS, _TICK_SECONDS = 0.5, 0.25


class SupportChat:
    """Opens a ticket in the support's chat (``flows.channels.Channel``)."""

    def __init__(
        self, tab: Tab, gate: SubmitGate, *, name: str, expected: AccountWitness, answer_window: float
    ) -> None:
        self._tab, self._gate, self._expected, self._window = tab, gate, expected, answer_window
        self.name, self._spec = name, tab.site.channels[name]
        self.has_list = self._spec.has_list
        self._order: FilingOrder | None = None
        self._page: ChatEntryPage | None = None
        self._known: frozenset[str] = frozenset()

    def look(self, target: Target) -> FormLook:
        """Opens the popup and stops before the press that opens a ticket; the popup says nothing of reviews."""
        del target
        self._enter()
        return FormLook()

    def prepare(self, order: FilingOrder) -> None:
        """Notes which tickets there are, and opens the popup. The files must be there, for they follow at once."""
        for attachment in order.attachments:
            read_attachment(attachment)
        self._order, self._page = order, self._enter()

    def inspect(self) -> FilledForm:
        """Says what will be opened: the popup holds nothing of ours, the approved text names the review."""
        order, page = self._open()
        is_named = order.review_id in order.text
        problems = [] if is_named else ["the message does not name the review"]
        if not page.shows("send"):
            problems.append("the popup is closed")
        return FilledForm(
            url=self._tab.page.url,
            review_id=order.review_id if is_named else None,
            review_text=None,
            reason_label=None,
            text=None,
            problems=tuple(problems),
            is_opening=True,
            screenshot=take_picture(self._tab),
        )

    def gesture(self) -> None:
        """Makes the one press."""
        _, page = self._open()
        require_armed(self._gate)
        with named_faults(f"{self.name}.send"):
            page.send()
        self._gate.raise_refusal()

    def observe(self) -> Observation:
        """Waits for a chat with a number that was not there before, the only new one of the list; never presses."""
        _, page = self._open()
        end, number = time.monotonic() + self._window, ""
        while not number and not self._gate.failure and (left := end - time.monotonic()) > 0:
            self._gate.raise_refusal()
            if is_seen(page.entry("head"), min(left, _LOOK_SECONDS)):
                number = self._fresh_number()
            if not number and is_seen(page.entry("error").filter(visible=True), _TICK_SECONDS):
                break
        if not number:
            return explain_silence(self._tab, self._gate)
        said = visible_text(self._tab)
        if len(fresh := {number, *self._fresh_in_list()}) > 1:
            # Below the browser one press can become two requests: whoever sees the list knows, and a person decides.
            told = f"several tickets are new: {', '.join(f'№{one}' for one in sorted(fresh))}\n{said}"
            return observation(self._tab, self._gate, ObservedKind.UNCLEAR, raw_text=told)
        return observation(self._tab, self._gate, ObservedKind.NUMBER, raw_text=said, number=number)

    def _fresh_number(self) -> str:
        """The number of the open chat, when it is a new one: a page that shows an older ticket has said nothing."""
        try:
            shown = ChatPage(self._tab.page, self._tab.site).read()
        except FlowError:  # it goes elsewhere at this moment
            return ""
        return "" if shown.number in self._known else shown.number

    def _fresh_in_list(self) -> set[str]:
        """The tickets that the list, opened anew, shows and did not show before; none where it cannot be read.

        The chat is opened again afterwards, for the picture that is kept.
        """
        chats, chat_url = ChatPage(self._tab.page, self._tab.site), self._tab.page.url

        def read(url: str) -> ChatReading:
            with self._tab.turn(url):
                return chats.go(url).read()

        try:
            rows = read_with_retries(partial(read, self._tab.site.url("chats")), self._tab.bench.retries).rows
        except FlowError:
            return set()
        with suppress(FlowError):
            read(chat_url)
        return {row.number for row in rows if row.number} - self._known

    def _enter(self) -> ChatEntryPage:
        """Reads the list of tickets, then comes to the popup.

        Raises:
            flows.errors.FormMismatch: the popup offers no way into the chat.
        """
        url = self._tab.site.url("chats")
        chats = ChatPage(self._tab.page, self._tab.site)
        with self._tab.turn(url):
            chats.go(url)
        require_signed_in(self._tab, self._spec.identity, self._expected)
        self._known = frozenset(row.number for row in chats.read().rows if row.number)
        url = self._tab.site.url(self._spec.page)
        page = ChatEntryPage(self._tab.page, self._tab.site, page_name=self._spec.page)
        with self._tab.turn(url):
            page.go(url)
        page.open_popup()
        return page

    def _open(self) -> tuple[FilingOrder, ChatEntryPage]:
        if self._order is None or self._page is None:
            raise FormMismatch("the popup is not open", where=self.name, hint="call prepare first")
        return self._order, self._page

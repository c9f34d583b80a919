"""One message in a chat with support: written, read back and sent by one gesture, into the chat whose number was read.

The chat that a page shows can change under one's hands. So its number and id are read before the message is written and
again right before the gesture, and the gate lets go only a request that names this id. That requests name it is known
of the mock alone; where they do not, nothing is sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_store.sentences import sentence
from flows.channels import Attachment, Observation, ObservedKind
from flows.contexts import submit_context
from flows.errors import CatalogError, FlowError, FormMismatch, SelectorBroken
from flows.faults import named_faults
from flows.gate import NeededRequest, SubmitGate
from flows.library.answers import (
    explain_silence,
    observation,
    read_attachment,
    require_armed,
    require_signed_in,
    rules_of,
    take_picture,
    telling_limits,
    visible_text,
)
from flows.pages.banner import close_banners
from flows.pages.chat import ChatPage
from flows.pages.pressing import SentRequests, is_seen
from flows.pinned import pinned_transport
from flows.readings.chat import ChatReading
from flows.retrying import read_with_retries
from flows.workbench import Tab, account_tab

if TYPE_CHECKING:
    from flows.catalog.channel_spec import ChannelSpec
    from flows.session import AccountWitness
    from flows.workbench import Workbench

_TICK_SECONDS = 0.25
_FIRST_REFUSAL, _FIRST_FAILURE = 400, 500
"""Statuses between them say that a request was not done (RFC 9110, 15.5); here only beside a chat that lacks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """What goes into which chat; ``is_choice``: the text is the label of one of the bot's quick replies."""

    number: str
    text: str
    files: tuple[Attachment, ...] = ()
    is_choice: bool = False


class OpenChat:
    """One chat in a browser of its own, gate closed."""

    def __init__(
        self, tab: Tab, gate: SubmitGate, *, identity: str, expected: AccountWitness, answer_window: float
    ) -> None:
        self.tab, self.gate, self._window = tab, gate, answer_window
        self._identity, self._expected = identity, expected
        self._page: ChatPage | None = None
        self._message: ChatMessage | None = None
        self._chat_id, self._before = "", 0

    def prepare(self, message: ChatMessage) -> bytes:
        """Opens the chat of the number, writes text and files, reads all back; returns the picture.

        Raises:
            flows.errors.FormMismatch: no such chat, another one is open, it is closed, the bot offers no such choice, a
                file was not taken, or the page does not hold what was approved. Nothing was sent.
            flows.errors.WallMet, flows.errors.SignInRequired, flows.errors.WrongAccount: as their names say.
        """
        contents = [read_attachment(attachment) for attachment in message.files]
        page = open_chat_page(self.tab, message.number, self._identity, self._expected)
        shown = page.read()
        self._page, self._message, self._chat_id = page, message, page.values["chat_id"]
        self._require_this_chat(shown)
        if page.is_closed():
            raise FormMismatch(
                sentence("ticket {number} is closed: it takes no messages", number=message.number),
                where="chat.text",
                hint="open a new one that names it; nothing was sent",
            )
        self._before = len(shown.mine(message.text))
        if not message.is_choice:
            if offered := page.quick_replies():
                raise FormMismatch(
                    sentence("the bot wants a choice first: {offered}", offered="; ".join(offered)),
                    where="chat.quick_replies",
                    hint=sentence(
                        "record the way once: `fairreview support chat learn --number {number}`; nothing was sent",
                        number=message.number,
                    ),
                )
            page.attach(message.files, contents, sent=SentRequests(self.tab.page))
            page.write_text(message.text)
        elif page.quick_replies().count(message.text) != 1:
            page.press_quick(message.text)  # says what is offered instead; it presses nothing then
        self._require_as_approved()
        return take_picture(self.tab)

    def gesture(self) -> None:
        """Reads the number and the message a last time and makes the one gesture."""
        require_armed(self.gate)
        page, message = self._open()
        self._require_as_approved()
        self.gate.must_name = self._chat_id
        with named_faults("chat.send"):
            if message.is_choice:
                page.press_quick(message.text)
            else:
                page.send()
        self.gate.raise_refusal()

    def observe(self) -> Observation:
        """Waits for the answer, then opens the chat anew and looks for the message; never presses.

        What the page shows by itself after the gesture proves nothing: only a chat that was read again does.
        """
        page, message = self._open()
        end = time.monotonic() + self._window
        while self.gate.status_code is None and not self.gate.failure and time.monotonic() < end:
            self.gate.raise_refusal()
            if is_seen(page.entry("error").filter(visible=True), _TICK_SECONDS) and not self.gate.released:
                break
        self.gate.raise_refusal()
        status = self.gate.status_code
        if status is None:
            return explain_silence(self.tab, self.gate)
        try:
            shown = read_with_retries(self._read_anew, self.tab.bench.retries)
            is_there = is_message_there(shown, message, self._before)
        except FlowError:
            return explain_silence(self.tab, self.gate)
        kind = ObservedKind.SUCCESS_TEXT if is_there else ObservedKind.UNCLEAR
        if not is_there and _FIRST_REFUSAL <= status < _FIRST_FAILURE:
            kind = ObservedKind.FORM_ERROR
        return observation(self.tab, self.gate, kind, raw_text=visible_text(self.tab))

    def _read_anew(self) -> ChatReading:
        page, _ = self._open()
        with self.tab.turn(page.page.url):
            page.open()
        return page.read()

    def _require_as_approved(self) -> None:
        page, message = self._open()
        self._require_this_chat(page.read())
        problems = []
        if not message.is_choice:
            if page.text().replace("\r\n", "\n") != message.text.replace("\r\n", "\n"):
                problems.append("the text differs from the approved one")
            if page.file_count() != len(message.files):
                problems.append(f"{page.file_count()} files have arrived instead of {len(message.files)}")
        if problems:
            raise FormMismatch("; ".join(problems), where="chat", hint="look at the chat; nothing was sent")

    def _require_this_chat(self, shown: ChatReading) -> None:
        _, message = self._open()
        if shown.numbers != (message.number,) or shown.chat_id != self._chat_id:
            told = ", ".join(f"№{one}" for one in shown.numbers) or "no number"
            raise FormMismatch(
                sentence("the open chat shows {told}, not №{number}", told=told, number=message.number),
                where="chat.head",
                hint="nothing was sent",
            )

    def _open(self) -> tuple[ChatPage, ChatMessage]:
        if self._page is None or self._message is None:
            raise FormMismatch("the chat is not open", where="chat", hint="call prepare first")
        return self._page, self._message


def is_message_there(shown: ChatReading, message: ChatMessage, before: int) -> bool:
    """Whether a chat shows a message of ours once more than before, with its files. Pure."""
    mine = shown.mine(message.text)
    return shown.numbers == (message.number,) and len(mine) == before + 1 and mine[-1].files >= len(message.files)


def open_chat_page(tab: Tab, number: str, identity: str, expected: AccountWitness) -> ChatPage:
    """Opens the chat of a ticket's number, found in the list.

    Raises:
        flows.errors.FormMismatch: the list shows no such number, or several.
        flows.errors.SelectorBroken: the list could not be read.
    """
    site = tab.site
    chats = ChatPage(tab.page, site)
    url = site.url("chats")
    with tab.turn(url):
        chats.go(url)
    require_signed_in(tab, identity, expected)
    rows = chats.read().rows
    if not rows:
        raise SelectorBroken(
            "the list of chats could not be read, or is empty", where="chat.rows", hint="look at the page by hand"
        )
    found = [row for row in rows if row.number == number]
    if len(found) != 1:
        raise FormMismatch(
            sentence(
                "{count} of the {count_2} chats shows №{number}",
                count=len(found) or "none",
                count_2=len(rows),
                number=number,
            ),
            where="chat.rows",
            hint="look at the list by hand; nothing was sent",
        )
    page = ChatPage(tab.page, site, chat_id=found[0].chat_id)
    with tab.turn(site.url("chat", chat_id=found[0].chat_id)):
        page.open()
    return page


def read_chat(bench: Workbench, number: str, *, identity: str, state: bytes, expected: AccountWitness) -> ChatReading:
    """Reads one chat as it stands, in a fresh context: sends nothing.

    Raises:
        flows.errors.FormMismatch: there is no such chat, or another one is open.
        flows.errors.SelectorBroken, flows.errors.WallMet, flows.errors.SignInRequired: as their names say.
    """
    with account_tab(bench, state) as tab:
        close_banners(tab.page, bench.site)
        shown = open_chat_page(tab, number, identity, expected).read()
    if shown.numbers != (number,):
        raise FormMismatch("another chat is open than the one asked for", where="chat.head", hint="look again later")
    return shown


@contextmanager
def open_chat(
    bench: Workbench,
    spec: ChannelSpec,
    *,
    state: bytes,
    expected: AccountWitness,
    needed: Sequence[NeededRequest] = (),
) -> Iterator[OpenChat]:
    """Opens the way to write one message. Leaving the block kills the browser: no late request leaves after that.

    Args:
        bench: Browser, site and budget.
        spec: The chat's channel; its ``reply_url`` is what the gate guards.
        state: The session of the channel's identity.
        expected: The account that must be signed in.
        needed: What the page needs to work besides what the catalog names.

    Raises:
        flows.errors.CatalogError: the catalog does not know how a message is sent.
    """
    if spec.reply_url is None:
        raise CatalogError("nobody knows how a message of this channel is sent", where=f"channels.{spec.title}")
    rules = rules_of(bench.site, spec, spec.reply_url, needed=needed)
    window = spec.answer_window_seconds
    gate = SubmitGate(rules, pinned=pinned_transport(bench.site, window))
    with submit_context(bench.browser, bench.terms, state=state, gate=gate) as guarded:
        tab = Tab(page=guarded.open_page(), guarded=guarded, bench=bench)
        close_banners(tab.page, bench.site)
        try:
            with telling_limits(gate):
                yield OpenChat(tab, gate, identity=spec.identity, expected=expected, answer_window=window)
        finally:
            gate.disarm()

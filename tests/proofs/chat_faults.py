"""What can go wrong when a ticket is opened in the support's chat and messages go into it.

One run of a kind opens two older tickets, opens one more through the flow, follows the bot's menu and sends a text with
a file. Counted at the mock: tickets opened by the flow, messages stored in the right chat and in others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from flows.channels import Attachment, Observation, ObservedKind
from flows.errors import FlowError
from flows.library.chat_message import ChatMessage, open_chat
from flows.library.filing import open_channel
from mock_site.world.chat_script import ChatSwitches
from mock_site.world.chats import PATH

if TYPE_CHECKING:
    from flows.channels import FilingOrder
    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite

TEXT = "Отзыв {review} не о нашем товаре: в нём нет ни слова о покупке. Просим проверить его по правилам публикации."
LAYOUTS = ("A", "B", "C")


@dataclass(frozen=True)
class Kind:
    """One kind of fault.

    Attributes:
        chat: Switches of the chat, from the first press on.
        later: Those that come when the ticket is open.
        submit: The switch ``submit`` for the opening; ``submit_message`` for the last message.
        is_cut: The answer is lost on the wire: below the browser its network stack may send again (measured). Then the
            outcome must be told as unknown; with the pinned transport nothing is sent twice.
        is_pinned: The driver's client sends the released request.
    """

    name: str
    chat: Mapping[str, object] = field(default_factory=dict)
    later: Mapping[str, object] = field(default_factory=dict)
    submit: str = "ok"
    submit_message: str = "ok"
    is_cut: bool = False
    is_pinned: bool = False


KINDS = (
    Kind("none"),
    Kind("no popup", chat={"has_popup": False}),
    Kind("no number", chat={"opens": "no_number"}),
    Kind("late number", chat={"opens": "late_number"}),
    Kind("opening lost before", submit="500_before"),
    Kind("opening lost after", submit="500_after_store"),
    Kind("opening cut", submit="fin", is_cut=True),
    Kind("opening cut, pinned", submit="fin", is_pinned=True),
    Kind("opening refused", submit="inline_error"),
    Kind("opening to a captcha", submit="captcha"),
    Kind("an older ticket is shown", chat={"drift": "on_load"}),
    Kind("another chat on load", later={"drift": "on_load"}),
    Kind("another chat after reading", later={"drift": "after_read"}),
    Kind("another chat at the press", later={"drift": "on_send"}),
    Kind("no number in the head", later={"number": "missing"}),
    Kind("another number in the head", later={"number": "foreign"}),
    Kind("two numbers in the head", later={"number": "twice"}),
    Kind("the list fails", later={"list": "fails"}),
    Kind("the list is empty", later={"list": "empty"}),
    Kind("the list shows each twice", later={"list": "doubled"}),
    Kind("closed meanwhile", later={"is_closed": True}),
    Kind("late upload", later={"upload": "late"}),
    Kind("failed upload", later={"upload": "fail"}),
    Kind("upload lost after its word", later={"upload": "early"}),
    Kind("upload without a word", later={"upload": "silent"}),
    Kind("shown and not stored", later={"sends": "shown_not_stored"}),
    Kind("stored and not shown", later={"sends": "stored_not_shown"}),
    Kind("the page sends twice", later={"sends": "twice"}),
    Kind("refused", later={"sends": "refused"}),
    Kind("error after storing", later={"sends": "error_500"}),
    Kind("message cut", submit_message="fin", is_cut=True),
    Kind("message cut, pinned", submit_message="fin", is_pinned=True),
    Kind("message reset", submit_message="rst", is_cut=True),
    Kind("message to a captcha", submit_message="captcha"),
    Kind("the menu has other words", chat={"bot": "english"}),
    Kind("the menu changed its last label", chat={"bot": "renamed"}),
    Kind("the menu shows each label twice", chat={"bot": "ambiguous"}),
    Kind("the menu is one deeper", chat={"bot": "deep"}),
    Kind("no menu", chat={"bot": "none"}),
)


@dataclass(frozen=True)
class Told:
    """What one run said and what the site has.

    Attributes:
        opened: What the flow says of the opening: the number, "unknown", or "not sent: why".
        said: For each message "sent", "unknown", or "not sent: why".
        tickets: Tickets that came by the flow.
        right, wrong: Messages of the seller in the ticket that was opened, and in others.
        texts, whole: How often the last text is in the right chat, and how often with its file.
    """

    opened: str
    said: tuple[str, ...]
    tickets: int
    right: int
    wrong: int
    texts: int
    whole: int
    is_number_true: bool
    is_cut: bool = False

    def violations(self) -> list[str]:
        """What must never be."""
        found = []
        is_told = self.is_cut and "unknown" in {self.opened, *self.said[-1:]}
        if self.tickets > 1 and not is_told:
            found.append(f"{self.tickets} tickets from one gesture")
        if self.wrong:
            found.append(f"{self.wrong} messages in another chat")
        if not self.is_number_true:
            found.append(f"the number {self.opened} is not that of the new ticket")
        if self.opened.startswith("not sent") and self.tickets:
            found.append("a ticket that was not sent is there")
        if self.texts > 1 and not is_told:
            found.append(f"the text is there {self.texts} times")
        if self.said and self.said[-1] == "sent" and len(self.said) > 1 and not self.whole:
            found.append("the text is said to be sent, and is not there with its file")
        if self.right > len(self.said) and not is_told:
            found.append(f"{self.right} messages from {len(self.said)} gestures")
        if any(one.startswith("not sent") for one in self.said) and self.right >= len(self.said):
            found.append("a message that was not sent is there")
        return found


@dataclass
class ChatRun:
    """One run of one kind."""

    mock: MockSite
    bench: Workbench
    state: bytes
    company: AccountWitness
    order: FilingOrder
    file: Path

    def run(self, kind: Kind, layout: str) -> Told:
        """Opens a ticket, chooses in the menu, sends the text; goes on only after what is said to be sent."""
        site = self.bench.site.model_copy(update={"submit_transport": "pinned" if kind.is_pinned else "browser"})
        self.bench = replace(self.bench, site=site)
        mock, account = self.mock, self.mock.world.accounts[0].guid
        for _ in range(2):
            mock.world.chats.open(account, mock.world.clock.now())
        older = {chat.chat_id for chat in mock.world.chats.opened}
        mock.switches.chat = ChatSwitches.model_validate(kind.chat)
        mock.switches.layout = layout  # type: ignore[assignment]
        mock.switches.submit = kind.submit
        number = self._open()
        mock.switches.submit = "ok"
        said: list[str] = []
        if number.isdecimal():
            mock.switches.chat = ChatSwitches.model_validate({**kind.chat, **kind.later})
            labels = () if kind.chat.get("bot") == "none" else PATH
            for label in labels:
                said.append(self._send(ChatMessage(number=number, text=label, is_choice=True)))
                if said[-1] != "sent":
                    break
            else:
                mock.switches.submit = kind.submit_message
                said.append(self._send(ChatMessage(number=number, text=self.order.text, files=(self._attachment(),))))
        return self._told(kind, number, said, older)

    def _open(self) -> str:
        seen: Observation | None = None
        try:
            with open_channel(
                self.bench, "support_chat", state=self.state, expected=self.company, answer_window_seconds=4
            ) as form:
                form.channel.prepare(self.order)
                if problems := form.channel.inspect().problems:
                    return f"not sent: {problems}"
                form.gate.arm(lambda _: None)
                try:
                    form.channel.gesture()
                    seen = form.channel.observe()
                except FlowError as error:
                    return f"unknown: {error}" if form.gate.released else f"not sent: {error}"
                released = form.gate.released
        except FlowError as error:
            return f"not sent: {error}"
        if seen.kind is ObservedKind.NUMBER and seen.number and seen.status_code is not None and seen.status_code < 400:
            return seen.number
        return "unknown" if released else "not sent: nothing left"

    def _send(self, message: ChatMessage) -> str:
        spec = self.bench.site.channels["support_chat"]
        try:
            with open_chat(self.bench, spec, state=self.state, expected=self.company) as chat:
                chat.prepare(message)
                chat.gate.arm(lambda _: None)
                try:
                    chat.gesture()
                    seen = chat.observe()
                except FlowError as error:
                    return f"unknown: {error}" if chat.gate.released else f"not sent: {error}"
                released = chat.gate.released
        except FlowError as error:
            return f"not sent: {error}"
        if seen.kind is ObservedKind.SUCCESS_TEXT:
            return "sent"
        return "unknown" if released else "not sent: nothing left"

    def _attachment(self) -> Attachment:
        digest = hashlib.sha256(self.file.read_bytes()).hexdigest()
        return Attachment(path=self.file, name=self.file.name, sha256=digest, media_type="image/png")

    def _told(self, kind: Kind, number: str, said: list[str], older: set[str]) -> Told:
        chats = self.mock.world.chats.opened
        fresh = [chat for chat in chats if chat.chat_id not in older]
        right = fresh[0].sent if fresh else []
        texts = [one for one in right if one.text == self.order.text]
        return Told(
            opened=number,
            said=tuple(said),
            tickets=len(fresh),
            right=len(right),
            wrong=sum(len(chat.sent) for chat in chats if chat.chat_id in older),
            texts=len(texts),
            whole=sum(len(one.files) == 1 for one in texts),
            is_cut=kind.is_cut,
            is_number_true=not number.isdecimal() or (bool(fresh) and number == fresh[0].number),
        )

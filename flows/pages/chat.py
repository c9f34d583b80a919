"""The cabinet's chats with support: the way in, and one chat with its messages, quick replies, files and text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from playwright.sync_api import FilePayload

from evidence_store.sentences import sentence
from flows.errors import FormMismatch
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.pressing import PATIENCE_SECONDS, SentRequests, is_seen, press_until
from flows.readings.chat import ChatReading, read_chats

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from flows.channels import Attachment

# Quick replies are elements with a hand for a cursor, and no buttons (public programs of 2025-2026). The cursor is
# inherited: the outermost element is the one to press. A message is none, whatever it looks like.
QUICK_REPLIES = """
(chat) => [...chat.querySelectorAll("div, span")].filter((one) => {
  const isHand = (node) => getComputedStyle(node).cursor === "pointer";
  return isHand(one) && !isHand(one.parentElement) && !one.closest("[is-mine], a, button, label")
    && one.getClientRects().length && one.innerText.trim();
})
"""
"""JavaScript: takes the open chat's element, returns its quick replies."""
_LABELS = f"(chat) => JSON.stringify(({QUICK_REPLIES.strip()})(chat).map((one) => one.innerText.trim()))"
_MARK = "data-quick-reply"
_MARK_ONE = f"""
(chat, label) => ({QUICK_REPLIES.strip()})(chat).filter((one) => one.innerText.trim() === label)
  .forEach((one) => one.setAttribute("{_MARK}", "1"))
"""


class ChatEntryPage(SitePage):
    """The page of messages as one comes to it, and the popup whose press opens a ticket."""

    page_name = "support_chat"
    url_name = "support_chat"

    def open_popup(self) -> None:
        """Opens the help popup; nothing is opened at support by that.

        Raises:
            flows.errors.FormMismatch: the popup, or the press in it, is not there.
        """
        with named_faults("support_chat.help"):
            press_until(
                self.entry("help").first,
                self.entry("popup"),
                limit_seconds=self.site.timings.hydration_seconds,
                where="support_chat.help",
            )
        if not is_seen(self.entry("send"), PATIENCE_SECONDS):
            raise FormMismatch(
                "the help popup offers no way to write to support",
                where="support_chat.send",
                hint="this account may have another menu; look at the page by hand. Nothing was opened",
            )

    def send(self) -> None:
        """Makes the one press that opens a ticket."""
        self.finder.one("send").click(no_wait_after=True)


class ChatPage(SitePage):
    """The list of chats, and one chat (value: ``chat_id``)."""

    page_name = "chat"
    url_name = "chat"

    def read(self) -> ChatReading:
        """Reads the page as it stands now."""
        return read_chats(self.html(), self.site)

    def quick_replies(self) -> tuple[str, ...]:
        """Labels that the bot offers now, in order."""
        with named_faults("chat.quick_replies"):
            chat = self.entry("open_chat")
            return tuple(json.loads(chat.first.evaluate(_LABELS))) if chat.count() == 1 else ()

    def is_closed(self) -> bool:
        """Whether the ticket takes no messages any more: its field is there and disabled, or not there."""
        field = self.entry("text")
        return field.count() != 1 or not field.is_enabled()

    def head_text(self) -> str:
        """What its head says: with whom it is; "" where there is none, or several."""
        head = self.entry("head")
        return head.inner_text() if head.count() == 1 else ""

    def text(self) -> str:
        """What stands in the field."""
        field = self.entry("text")
        return field.input_value() if field.count() == 1 else ""

    def file_count(self) -> int:
        """How many files have arrived, by their previews."""
        return self.entry("previews").count()

    def write_text(self, text: str) -> None:
        """Writes the message."""
        with named_faults("chat.text"):
            self.finder.one("text").fill(text)

    def attach(self, files: Sequence[Attachment], contents: Sequence[bytes], *, sent: SentRequests) -> None:
        """Attaches files one by one and waits until as many previews are there.

        A file is handed over a second time only when the page sent nothing for it.

        Raises:
            flows.errors.FormMismatch: a file was refused, or its preview never came.
        """
        for place, (attachment, data) in enumerate(zip(files, contents, strict=True), 1):
            payload = FilePayload(name=attachment.name, mimeType=attachment.media_type, buffer=data)
            with named_faults("chat.files"):
                self._upload(payload, place, sent)
            if self.file_count() != place:
                raise FormMismatch(
                    sentence(
                        "the file {attachment} was not taken: {error_text}",
                        attachment=attachment.name,
                        error_text=self.error_text() or "no word of its arrival",
                    ),
                    where="chat.files",
                    hint="check type and size of the file, then approve again; nothing was sent",
                )

    def press_quick(self, label: str) -> None:
        """Presses the one quick reply of this label: the one gesture.

        Raises:
            flows.errors.FormMismatch: it is not there, or several are.
        """
        found = self._quick(label)
        if found.count() != 1:
            raise FormMismatch(
                sentence(
                    "the bot offers «{label}» {count} times; it offers: {quick_replies}",
                    label=label,
                    count=found.count(),
                    quick_replies="; ".join(self.quick_replies()) or "–",
                ),
                where="chat.quick_replies",
                hint="record the way anew: `fairreview support chat learn`; nothing was pressed",
            )
        found.click(no_wait_after=True)

    def send(self) -> None:
        """Makes the one click that sends."""
        self.finder.one("send").click(no_wait_after=True)

    def error_text(self) -> str:
        """Returns the words of the error that the page shows, "" when it shows none."""
        error = self.entry("error")
        return error.first.inner_text() if error.count() and error.first.is_visible() else ""

    def _upload(self, payload: FilePayload, place: int, sent: SentRequests) -> None:
        arrived = self.entry("previews").nth(place - 1)
        answer = arrived.or_(self.entry("error").filter(visible=True))
        for _ in range(max(1, round(self.site.timings.hydration_seconds / PATIENCE_SECONDS))):
            before = sent.count
            self.finder.one("files").set_input_files(payload)
            if is_seen(answer, PATIENCE_SECONDS) or sent.count > before:
                break
        is_seen(answer, self.site.timings.upload_seconds)

    def _quick(self, label: str) -> Locator:
        chat = self.entry("open_chat")
        if chat.count() == 1:
            chat.first.evaluate(_MARK_ONE, label)
        return chat.locator(f"[{_MARK}]")

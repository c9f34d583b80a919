"""The support's chats as the cabinet shows them, read from a stored page: the list, and the chat that is open.

Ids, ``is-mine`` and the shape of a ticket's number («№73712587») are from public programs of 2025 and 2026; that the
list's rows and the chat's head show the number is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from flows.catalog.entries import FieldHook
from flows.catalog.models import Site
from flows.readings.document import Document, read_field, visible_texts
from flows.readings.text import one_line

PAGE = "chat"
MINE = "mine"
_LONG = 40
"""From so many characters on a text is not met by chance inside another one."""
_TIME = re.compile(r"\d{1,2}:\d{2}")
_NUMBER = re.compile(r"№\s?(\d{5,15})(?!\d)")


@dataclass(frozen=True)
class ShownMessage:
    """One message.

    Attributes:
        is_mine: The seller wrote it.
        parts: Its texts, piece by piece; a time and names of files stand among them.
        files: How many files it shows.
    """

    is_mine: bool
    parts: tuple[str, ...]
    files: int

    @property
    def text(self) -> str:
        """Its words without times of day."""
        return " ".join(part for part in self.parts if not _TIME.fullmatch(part))

    def says(self, text: str) -> bool:
        """Whether it is exactly this text: one piece of it, or, where the page breaks lines, all pieces together."""
        wanted = one_line(text)
        return wanted in self.parts or (len(wanted) >= _LONG and wanted in " ".join(self.parts))


@dataclass(frozen=True)
class ChatRow:
    """One chat of the list: its id and the number of its ticket; "" where it shows none, or several."""

    chat_id: str
    number: str


@dataclass(frozen=True)
class ChatReading:
    """What the page shows.

    Attributes:
        rows: The chats of the list.
        chat_id: The chat that is open; "" where none is, or where head and messages say different ones.
        numbers: Every number in its head; without a head's number, those that the platform's first message names.
        messages: Its messages, the oldest first.
    """

    rows: tuple[ChatRow, ...] = ()
    chat_id: str = ""
    numbers: tuple[str, ...] = ()
    messages: tuple[ShownMessage, ...] = ()

    @property
    def number(self) -> str:
        """The one number of the open chat; "" where there is none, or more than one."""
        return self.numbers[0] if len(self.numbers) == 1 else ""

    def rows_of(self, number: str) -> tuple[ChatRow, ...]:
        """The rows that show a ticket's number."""
        return tuple(row for row in self.rows if row.number == number)

    def mine(self, text: str) -> tuple[ShownMessage, ...]:
        """My messages with exactly this text."""
        return tuple(one for one in self.messages if one.is_mine and one.says(text))


def read_chats(html: str, site: Site) -> ChatReading:
    """Reads the page of chats. Nothing of it says what became of a review."""
    document = Document(html)
    hooks = site.page(PAGE).reading
    head_id, open_id = (document.field(hooks.page_fields.get(name, ())) for name in ("head_id", "open_id"))
    messages = tuple(
        ShownMessage(
            is_mine=read_field(node, hooks.fields.get("mine", ())) == MINE,
            parts=tuple(part for text in visible_texts(node) if (part := one_line(text))),
            files=len(_find_files(node, hooks.fields.get("file", ()))),
        )
        for node in document.rows(hooks.rows)
    )
    texts, ids = (document.fields(hooks.page_fields.get(name, ())) for name in ("row", "row_id"))
    rows = (
        tuple(ChatRow(chat_id, find_number(text)) for chat_id, text in zip(ids, texts, strict=True))
        if len(ids) == len(texts)
        else ()
    )
    numbers = numbers_in(document.field(hooks.page_fields.get("head", ())))
    first = next((one.text for one in messages if not one.is_mine), "")
    return ChatReading(
        rows=rows,
        chat_id=open_id if open_id == head_id else "",
        numbers=numbers or numbers_in(first),
        messages=messages,
    )


def numbers_in(text: str) -> tuple[str, ...]:
    """Every different ticket's number in a text."""
    return tuple(dict.fromkeys(_NUMBER.findall(text)))


def find_number(text: str) -> str:
    """The one number in a text; "" where there is none, or more than one."""
    found = numbers_in(text)
    return found[0] if len(found) == 1 else ""


def _find_files(node: LexborNode, hooks: Sequence[FieldHook]) -> list[LexborNode]:
    """What a message shows of files, by the first hook that finds any."""
    return next((found for hook in hooks if hook.css and (found := node.css(hook.css))), [])

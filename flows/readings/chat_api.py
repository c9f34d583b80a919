"""Reads the answers of the API's chats: the list (v3) and one chat's history (v3).

The shapes are those of live tests that a public program of February 2026 wrote down: types in capitals in the list
(``SELLER_SUPPORT``), in mixed case in the history (``Support``), once with a Cyrillic first letter; message ids are
numbers. Not called by us on the live site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flows.readings.document import as_table, parse_json
from flows.readings.seller_api import read_iso_time
from flows.readings.text import normalise

_MAX_ROWS = 1000
_MAX_TEXT = 20_000
_LATIN = str.maketrans("АВЕКМНОРСТУХасеорхуСс", "ABEKMHOPCTYXaceopxyCc")
"""Cyrillic letters that look like Latin ones."""
_FILE = re.compile(r"!\[[^\]]*\]\(([^)\s]{1,500})\)")


@dataclass(frozen=True)
class ApiChat:
    """One chat of the list; ``kind`` in plain capitals."""

    chat_id: str
    kind: str
    is_closed: bool
    last_message_id: int

    @property
    def is_support(self) -> bool:
        """Whether it is one with support: the plan that reads it is the smaller one."""
        return "SUPPORT" in self.kind


@dataclass(frozen=True)
class ApiChatPage:
    """One page of the list."""

    chats: tuple[ApiChat, ...]
    bad_rows: int
    has_next: bool
    cursor: str


@dataclass(frozen=True)
class ApiMessage:
    """One message; ``who`` in plain small letters (``seller``, ``support``, ``chatbot``, ``customer`` …)."""

    message_id: int
    who: str
    at: datetime
    text: str
    files: int

    @property
    def is_mine(self) -> bool:
        """Whether the seller wrote it."""
        return self.who == "seller"

    @property
    def is_bot(self) -> bool:
        """Whether a program speaks for the platform."""
        return self.who in {"chatbot", "notificationuser"}


def read_chat_list(body: str) -> ApiChatPage | None:
    """Reads one page of the list; None where the answer has not the shape of one."""
    table = as_table(parse_json(body))
    listed, has_next, cursor = table.get("chats"), table.get("has_next"), table.get("cursor")
    if not isinstance(listed, list) or not isinstance(has_next, bool):
        return None
    read = [_chat(item) for item in listed[:_MAX_ROWS]]
    chats = tuple(one for one in read if one is not None)
    return ApiChatPage(chats, len(listed) - len(chats), has_next, str(cursor) if isinstance(cursor, str | int) else "")


def read_history(body: str) -> tuple[tuple[ApiMessage, ...], int] | None:
    """Reads one page of a chat, the oldest first, and how many rows were not understood; None for another shape."""
    listed = as_table(parse_json(body)).get("messages")
    if not isinstance(listed, list):
        return None
    read = [_message(item) for item in listed[:_MAX_ROWS]]
    messages = sorted((one for one in read if one is not None), key=lambda one: one.message_id)
    return tuple(messages), len(listed) - len(messages)


def plain_type(value: object) -> str:
    """Returns a type's name in Latin letters, whatever alphabet its look-alikes are of."""
    return str(value).translate(_LATIN) if isinstance(value, str) else ""


def _chat(item: object) -> ApiChat | None:
    row = as_table(item)
    inner = as_table(row.get("chat")) or row
    chat_id, last = inner.get("chat_id"), row.get("last_message_id")
    if not isinstance(chat_id, str) or not chat_id:
        return None
    return ApiChat(
        chat_id=chat_id[:100],
        kind=plain_type(inner.get("chat_type")).upper(),
        is_closed=plain_type(inner.get("chat_status")).upper() == "CLOSED",
        last_message_id=_number(last),
    )


def _message(item: object) -> ApiMessage | None:
    row = as_table(item)
    at = read_iso_time(str(row.get("created_at", ""))).earliest
    message_id, data = _number(row.get("message_id")), row.get("data")
    if at is None or not message_id or not isinstance(data, list):
        return None
    parts = [normalise(part).text for part in data if isinstance(part, str)]
    files = sum(len(_FILE.findall(part)) for part in parts)
    text = "\n".join(words for part in parts if (words := _FILE.sub("", part).strip()))
    who = plain_type(as_table(row.get("user")).get("type")).lower().replace("_", "").replace("-", "")
    return ApiMessage(message_id, who, at, text[:_MAX_TEXT], files)


def _number(value: object) -> int:
    """The API's ids are numbers; a text of digits is taken too."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() and len(text) < 20 else 0

"""Reads the chats with support through the site's API for sellers. Read only: nothing sent, nothing marked as read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.errors import CatalogError, SelectorBroken
from flows.library.seller_api_line import ApiLine, raise_for_wall
from flows.readings.chat_api import ApiChat, ApiMessage, read_chat_list, read_history

PAGE_LIMIT = 20
_ROWS = 100


@dataclass(frozen=True)
class ApiTicket:
    """A support chat with its messages, the oldest first; ``bad_rows`` were not understood."""

    chat: ApiChat
    messages: tuple[ApiMessage, ...]
    bad_rows: int = 0


def read_support_chats(line: ApiLine, *, most: int = 200) -> Iterator[ApiTicket]:
    """Reads every chat with support, the one heard of last first.

    Args:
        line: Site, budget and key.
        most: Chats at most.

    Raises:
        flows.errors.AccessRefused: the API refuses the key or the plan; message and hint say what to do.
        flows.errors.SiteUnavailable: no answer, or it was asked too often.
        flows.errors.SelectorBroken: an answer has another shape than was seen.
        flows.errors.WallMet: a page that asks for a person stands in front of the API.
    """
    for chat in _support_chats(line)[:most]:
        yield _read_ticket(line, chat)


def _support_chats(line: ApiLine) -> list[ApiChat]:
    # The list's filter by type is ignored (seen live by others in February 2026): all pages are read.
    if line.spec.chats is None:
        raise CatalogError("the site's catalog does not know the API's chats", where="seller_api.chats")
    found: dict[str, ApiChat] = {}
    cursor = ""
    for _ in range(PAGE_LIMIT):
        body = {"filter": {"chat_status": "All"}, "limit": _ROWS, "cursor": cursor}
        answer = line.ask(line.spec.chats, body)
        page = read_chat_list(answer.body)
        if page is None:
            raise_for_wall(answer, line.site)
            raise _broken(line.spec.chats)
        found |= {chat.chat_id: chat for chat in page.chats if chat.is_support}
        if not page.has_next or page.cursor in {"", cursor}:
            break
        cursor = page.cursor
    return list(found.values())


def _read_ticket(line: ApiLine, chat: ApiChat) -> ApiTicket:
    if line.spec.chat_history is None:
        raise CatalogError("the site's catalog does not know the API's chats", where="seller_api.chat_history")
    messages: dict[int, ApiMessage] = {}
    bad, after = 0, 0
    for _ in range(PAGE_LIMIT):
        body: dict[str, object] = {"chat_id": chat.chat_id, "limit": _ROWS, "direction": "Forward"}
        if after:
            body["from_message_id"] = after
        answer = line.ask(line.spec.chat_history, body)
        read = read_history(answer.body)
        if read is None:
            raise_for_wall(answer, line.site)
            raise _broken(line.spec.chat_history)
        fresh = {one.message_id: one for one in read[0] if one.message_id not in messages}
        bad += read[1]
        messages |= fresh
        if len(read[0]) < _ROWS or not fresh:
            break
        after = max(messages)
    return ApiTicket(chat, tuple(messages[key] for key in sorted(messages)), bad)


def _broken(where: str) -> SelectorBroken:
    return SelectorBroken(
        "the API's answer has another shape than was seen",
        where=where,
        hint="the API has changed: look for a newer version of this program",
    )

"""The Seller API's chats: ``POST /v3/chat/list`` and ``POST /v3/chat/history``, read only.

Fields, the order, the ignored filter, UPPERCASE types in the list and mixed-case ones in the history, the Cyrillic «С»
of one of them, the case-sensitive direction and the plan's message are from live tests that a public program of
February 2026 wrote down. How a file shows is a guess.
"""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_site.pages.seller_api import ApiGate, Fault
from mock_site.pages.stage import Stage
from mock_site.world.chats import Chat, ChatMessage

_TYPES = {"seller": "Seller", "bot": "ChatBot", "operator": "Support"}
_BUYER = "\u0421ustomer"
"""«Customer» with a Cyrillic first letter, as it was seen once."""
_MOST = 100


class ChatApi:
    """The API's host: chats."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._gate = stage, ApiGate(stage)

    def routes(self) -> list[Route]:
        """Routes of the API's host."""
        return [
            Route("/v3/chat/list", self.listed, methods=["POST"]),
            Route("/v3/chat/history", self.history, methods=["POST"]),
        ]

    async def listed(self, request: Request) -> Response:
        """All chats whatever the filter says, the one heard of last first."""
        account, body, refusal = await self._asked(request)
        if refusal is not None:
            return refusal
        chats = self._stage.world.chats.of(account)
        start, limit = int(str(body.get("cursor") or 0)), min(int(str(body.get("limit") or _MOST)), _MOST)
        rows = [_buyer_row(), *map(_row, chats)]
        shown = rows[start : start + limit]
        has_next = start + limit < len(rows)
        answer = {"chats": shown, "cursor": str(start + limit), "has_next": has_next, "total_unread_count": 0}
        return self._json(answer)

    async def history(self, request: Request) -> Response:
        """One chat's messages; ``Forward`` is the oldest first, and nothing but these two words is known."""
        account, body, refusal = await self._asked(request)
        if refusal is not None:
            return refusal
        if body.get("direction") not in {"Forward", "Backward"}:
            return self._gate.refuse(Fault(400, 3, "invalid direction"))
        if body.get("chat_id") == "buyer-1":
            if self._stage.switches.seller_api == "no_premium_plus":
                return self._gate.refuse(
                    Fault(403, 7, "Information is available starting from the premium plus subscription.")
                )
            return self._json({"messages": [_message(1, _BUYER, "Здравствуйте", "2026-01-01T00:00:00Z", ())]})
        chat = self._stage.world.chats.find(str(body.get("chat_id", "")))
        if chat is None or chat.account != account:
            return self._gate.refuse(Fault(404, 5, "chat not found"))
        found = [_told(one) for one in chat.messages]
        if body["direction"] == "Backward":
            found.reverse()
        after = int(str(body.get("from_message_id") or 0))
        if after:
            found = [one for one in found if (int(str(one["message_id"])) > after) == (body["direction"] == "Forward")]
        return self._json({"messages": found[: min(int(str(body.get("limit") or 50)), 1000)], "has_next": False})

    async def _asked(self, request: Request) -> tuple[str, dict[str, object], Response | None]:
        fault = self._gate.refusal(request)
        if fault is not None:
            return "", {}, self._gate.refuse(fault)
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return "", {}, self._gate.refuse(Fault(400, 3, "invalid body"))
        client = request.headers.get("client-id", "")
        return next(one.guid for one in self._stage.world.accounts if one.client_id == client), body, None

    def _json(self, answer: dict[str, object]) -> Response:
        return Response(self._stage.rename(json.dumps(answer, ensure_ascii=False)), media_type="application/json")


def _row(chat: Chat) -> dict[str, object]:
    return {
        "chat": {
            "chat_id": chat.chat_id,
            "chat_status": "CLOSED" if chat.is_closed else "OPENED",
            "chat_type": "SELLER_SUPPORT",
            "created_at": _moment(chat.messages[0]),
        },
        "first_unread_message_id": 0,
        "last_message_id": chat.messages[-1].message_id,
        "unread_count": 0,
    }


def _buyer_row() -> dict[str, object]:
    chat = {
        "chat_id": "buyer-1",
        "chat_status": "OPENED",
        "chat_type": "BUYER_SELLER",
        "created_at": "2026-01-01T00:00:00Z",
    }
    return {"chat": chat, "first_unread_message_id": 0, "last_message_id": 1, "unread_count": 1}


def _told(one: ChatMessage) -> dict[str, object]:
    names = tuple(file.name for file in one.files)
    return _message(one.message_id, _TYPES[one.sender], one.text, _moment(one), names)


def _message(number: int, who: str, text: str, at: str, files: tuple[str, ...]) -> dict[str, object]:
    data = [text, *(f"![](https://api-seller.ozon.ru/v2/chat/file/{name})" for name in files)]
    user = {"id": "1", "type": who}
    return {
        "message_id": number,
        "created_at": at,
        "is_read": True,
        "is_image": False,
        "user": user,
        "data": data,
        "context": {"sku": "", "order_number": ""},
    }


def _moment(one: Chat | ChatMessage) -> str:
    at = one.opened_at if isinstance(one, Chat) else one.at
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""The cabinet's chats with support: the way in, the list, one chat, and the requests that change something.

Addresses of the pages, ``is-mine``, ``active-chat-id``, ``conversationid``, ``current-chat-id``, the help button and
its words are from public programs of 2025 and 2026. The requests and all other markup are guesses.
"""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mock_site import ids
from mock_site.pages.filing import STALE_TEXT, Refusal, answer_in_place, in_place_of_answer, refusal_of, submit
from mock_site.pages.stage import Stage
from mock_site.pages.uploads import take_upload
from mock_site.world.chats import Chat
from mock_site.world.models import Account, Appeal, Review, StoredFile

OPEN, MESSAGE, UPLOAD = "/api/messenger/open", "/api/messenger/message", "/api/messenger/upload"
_SIGN_IN = "/app/registration/signin"
_LATE_UPLOAD_S = 2.0


def sign_of(review: Review) -> str:
    """What the site signs a review's address of its chat with."""
    return ids.guid("chat-url", review.uuid)


def buyer_link(stage: Stage, review: Review) -> str:
    """The address of a review's chat with its buyer, as the site hands it out: signed, and with words to begin with."""
    how = stage.switches.chat.buyer
    if how in {"none", "empty"}:
        return ""
    if how == "foreign":
        review = next(one for one in stage.world.reviews(stage.world.products()[-1]) if one.uuid != review.uuid)
    query = {
        "channel": "CS",
        "context": "reviewChat",
        "prefillMessage": "Здравствуйте! Мы увидели ваш отзыв",
        "review_uuid": review.uuid,
        "sku": review.item_id,
        "url_sign": sign_of(review),
    }
    host = "https://chat.invalid" if how == "away" else stage.origin("seller")
    return f"{host}/app/messenger?{urlencode(query)}"


class MessengerPages:
    """Everything under ``/app/messenger``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of the seller host."""
        return [
            Route("/app/messenger", self.page),
            Route("/app/messenger/", self.page),
            Route(OPEN, self.open, methods=["POST"]),
            Route(MESSAGE, self.message, methods=["POST"]),
            Route(UPLOAD, self.upload, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The list and, by the address, one chat; with ``prefillMessage`` the chat of a review with its buyer."""
        session, account = self._stage.session(request), self._stage.account(request)
        if session is None or account is None or not session.company_chosen:
            return RedirectResponse(_SIGN_IN, 302)
        if request.query_params.get("context") == "reviewChat":
            return self._buyer(request, account)
        world, script = self._stage.world, self._stage.switches.chat
        chats = world.chats.of(account.guid)
        chat = next((one for one in chats if one.chat_id == request.query_params.get("id")), None)
        other = next((one for one in chats if one is not chat), None)
        if chat is not None and script.drift == "on_load" and other is not None:
            chat, other = other, chat
        shown = [] if script.list == "empty" else chats
        rows = [one for one in shown for _ in range(2 if script.list == "doubled" else 1)]
        context: dict[str, object] = {
            "company": account.company,
            "rows": rows,
            "chat": chat,
            "numbers": self._numbers(chat, other),
            "options": world.chats.options(chat) if chat is not None else (),
            "is_closed": chat is not None and (chat.is_closed or script.is_closed),
            "drift": other.chat_id if other is not None and script.drift in {"after_read", "on_send"} else "",
            "script": script,
        }
        return self._stage.page(request, "messenger.html", context)

    async def open(self, request: Request) -> Response:
        """Opens a ticket: the press alone does it."""
        account, refusal, _ = await self._sent(request)
        if account is None:
            return answer_in_place(refusal or Refusal(STALE_TEXT, 403))
        opened: list[Chat] = []

        def store() -> Appeal:
            with self._stage.world.lock:
                opened.append(self._stage.world.chats.open(account.guid, self._stage.world.clock.now()))
            return self._as_appeal(account, opened[-1])

        result = submit(self._stage, store)
        other = in_place_of_answer(self._stage, result, is_api=True)
        if other is not None:
            return other
        if result.outcome != "ok":
            return answer_in_place(refusal_of(result.outcome, result.status))
        number = result.appeal.number if result.appeal else "73000000"
        chat_id = opened[-1].chat_id if opened else ""
        return JSONResponse({"success": True, "number": number, "chat_id": chat_id})

    async def message(self, request: Request) -> Response:
        """Takes one message, or the label of a quick reply, into the chat that the body names."""
        account, refusal, body = await self._sent(request)
        chat = self._stage.world.chats.find(str(body.get("chat_id", "")))
        if account is None or chat is None or chat.account != account.guid:
            return answer_in_place(refusal or Refusal("Чат не найден", 404))
        script = self._stage.switches.chat
        if chat.is_closed or script.is_closed:
            return answer_in_place(Refusal("Вы больше не можете отвечать на это обращение", 409))
        if script.sends == "refused":
            return answer_in_place(Refusal("Сообщение не отправлено", 400))
        if script.sends == "shown_not_stored":
            return JSONResponse({"success": True})
        files = self._files(body.get("file_ids"))

        def store() -> Appeal:
            with self._stage.world.lock:
                self._stage.world.chats.write(chat, str(body.get("text", "")), files, self._stage.world.clock.now())
            return self._as_appeal(account, chat)

        result = submit(self._stage, store)
        other = in_place_of_answer(self._stage, result, is_api=True)
        if other is not None:
            return other
        if result.outcome != "ok":
            return answer_in_place(refusal_of(result.outcome, result.status))
        if script.sends == "error_500":
            return answer_in_place(Refusal("Внутренняя ошибка", 500))
        return JSONResponse({"success": True, "is_free": not self._stage.world.chats.options(chat)})

    async def upload(self, request: Request) -> Response:
        """Takes one file."""
        script = self._stage.switches.chat
        if script.upload == "late":
            await asyncio.sleep(_LATE_UPLOAD_S)
        if script.upload == "fail":
            return JSONResponse({"error": "Не удалось загрузить файл"}, 400)
        if script.upload == "early":
            return JSONResponse({"id": "lost", "name": "lost", "size": 0, "sha256": ""})
        return await take_upload(self._stage, request)

    def _buyer(self, request: Request, account: Account) -> Response:
        """The chat with a review's buyer: the signed address of the review leads here."""
        review = self._stage.world.review(request.query_params.get("review_uuid", ""))
        if review is None or request.query_params.get("url_sign") != sign_of(review):
            return answer_in_place(Refusal("Чат не найден", 404))
        context: dict[str, object] = {"company": account.company, "review": review}
        return self._stage.page(request, "buyer_chat.html", context)

    async def _sent(self, request: Request) -> tuple[Account | None, Refusal | None, dict[str, object]]:
        session, account = self._stage.session(request), self._stage.account(request)
        try:
            body = json.loads(await request.body())
        except ValueError:
            body = {}
        if session is None or account is None:
            return None, Refusal("Войдите, чтобы написать в поддержку", 401), {}
        if not isinstance(body, dict) or body.get("csrf") != session.csrf:
            return None, Refusal(STALE_TEXT, 403), {}
        return account, None, body

    def _files(self, named: object) -> tuple[StoredFile, ...]:
        uploads = self._stage.world.filings.uploads
        return tuple(uploads[str(one)] for one in named if str(one) in uploads) if isinstance(named, list) else ()

    def _numbers(self, chat: Chat | None, other: Chat | None) -> list[str]:
        if chat is None:
            return []
        foreign = other.number if other is not None else "73000000"
        shown = {"shown": [chat.number], "missing": [], "foreign": [foreign], "twice": [chat.number, foreign]}
        return shown[self._stage.switches.chat.number]

    def _as_appeal(self, account: Account, chat: Chat) -> Appeal:
        """What ``submit`` hands back: a ticket as if it were a filing. Nothing of it is stored there."""
        return Appeal(chat.number, "support_chat", "", account.guid, "", "", self._stage.world.clock.now())

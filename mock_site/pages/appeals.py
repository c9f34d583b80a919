"""Appeal form, uploads, the account's own appeals. Described in articles only: markup and texts are guesses."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mock_site.pages.appeal_list import CHANNEL_TEXTS, listed_rows, rows_per_page, visible_appeals
from mock_site.pages.cards import card_view
from mock_site.pages.filing import INLINE_ERROR, STALE_TEXT, Result, as_file, submit
from mock_site.pages.stage import Stage
from mock_site.pages.stops import stop_response
from mock_site.world.filings import Filing
from mock_site.world.models import APPEAL_REASONS, STATUS_TEXTS, Account, Appeal, Order, Review, StoredFile

_MAX_FILES = 5
_SUFFIXES = (".png", ".jpg", ".jpeg", ".pdf")
_MAX_TEXT = 4_000
_MAX_FORM_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Refused:
    """A form sent back: why, and what was in it."""

    error: str
    form: FormData
    status: int = 200


class AppealPages:
    """Everything under ``/my/appeals`` and the form that leads there."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lies: dict[str, Filing] = {}

    def routes(self) -> list[Route]:
        """Routes of www."""
        return [
            Route("/my/orderdetails/appeal", self.form),
            Route("/my/appeals", self.listed),
            Route("/my/appeals/upload", self.upload, methods=["POST"]),
            Route("/my/appeals/create", self.create, methods=["POST"]),
            Route("/my/appeals/{number}", self.details),
            Route("/my/appeals/{number}/reply", self.reply, methods=["POST"]),
        ]

    async def form(self, request: Request) -> Response:
        """The empty form for one review of one order."""
        if self._stage.account(request) is None:
            return self._stage.sign_in_first(request)
        return self._form_page(request, request.query_params.get("order", ""), request.query_params.get("review", ""))

    async def upload(self, request: Request) -> Response:
        """Takes one attachment; the answer is the upload witness."""
        session = self._stage.session(request)
        if session is None:
            return JSONResponse({"error": "Войдите, чтобы загрузить файл"}, 401)
        await asyncio.sleep(self._stage.switches.upload_delay_ms / 1000)
        form = await request.form()
        file = form.get("file")
        if form.get("csrf") != session.csrf or not isinstance(file, UploadFile):
            return JSONResponse({"error": STALE_TEXT}, 403)
        data = await file.read()
        limit = self._stage.switches.max_file_mb
        if len(data) > limit * 1024 * 1024:
            return JSONResponse({"error": f"Файл больше {limit:g} МБ"}, 413)
        name = file.filename or "file"
        if not name.lower().endswith(_SUFFIXES):
            return JSONResponse({"error": "Допустимы только PNG, JPG и PDF"}, 415)
        stored = self._stage.world.filings.upload(name, len(data), hashlib.sha256(data).hexdigest())
        return JSONResponse({"id": stored.file_id, "name": name, "size": stored.size, "sha256": stored.sha256})

    async def create(self, request: Request) -> Response:
        """Takes the filled form."""
        session, account = self._stage.session(request), self._stage.account(request)
        if session is None or account is None:
            return RedirectResponse(self._stage.sign_in_url("www", "/my/orderlist"), 302)
        form = await request.form(max_fields=_MAX_FORM_FIELDS)
        order, review = str(form.get("order", "")), str(form.get("review", ""))
        if form.get("csrf") != session.csrf:
            return self._form_page(request, order, review, Refused(STALE_TEXT, form, 403))
        problem = self._problem(form)
        if problem:
            return self._form_page(request, order, review, Refused(problem, form))
        filing = Filing("order_appeal", review, str(form["reason"]), str(form["text"]), self._files(form))
        result = submit(self._stage, lambda: self._stage.world.file(account, filing))
        return self._answer(request, result, filing, form)

    async def listed(self, request: Request) -> Response:
        """The account's own appeals."""
        account = self._stage.account(request)
        if account is None:
            return self._stage.sign_in_first(request)
        if self._stage.switches.list_mode == "none":
            return self._stage.page(request, "gone.html", {}, 404)
        appeals = visible_appeals(self._stage, account.guid)
        rows, size = listed_rows(self._stage, appeals), rows_per_page(self._stage)
        text = request.query_params.get("page", "1")
        page = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
        context: dict[str, object] = {
            "rows": rows[(page - 1) * size : page * size],
            "total": len(appeals),
            "page": page,
            "pages": max(1, -(-len(appeals) // size)),
            "statuses": STATUS_TEXTS,
            "channels": CHANNEL_TEXTS,
        }
        return self._stage.page(request, "appeals.html", context)

    async def details(self, request: Request) -> Response:
        """One appeal with its history."""
        account = self._stage.account(request)
        if account is None:
            return self._stage.sign_in_first(request)
        number = request.path_params["number"]
        appeal = self._own(account, number) or self._lie(account, number)
        if appeal is None:
            return self._stage.page(request, "gone.html", {}, 404)
        return self._detail_page(request, appeal)

    async def reply(self, request: Request) -> Response:
        """Takes the answer to the moderator's question."""
        session, account = self._stage.session(request), self._stage.account(request)
        if session is None or account is None:
            return RedirectResponse(self._stage.sign_in_url("www", "/my/appeals"), 302)
        appeal = self._own(account, request.path_params["number"])
        if appeal is None:
            return self._stage.page(request, "gone.html", {}, 404)
        form = await request.form(max_fields=_MAX_FORM_FIELDS)
        text = str(form.get("text", "")).strip()
        if form.get("csrf") != session.csrf:
            return self._detail_page(request, appeal, STALE_TEXT, 403)
        if not text:
            return self._detail_page(request, appeal, "Напишите ответ")
        if appeal.status != "needs_information":
            return self._detail_page(request, appeal, "Ответ уже отправлен")
        return self._reply_answer(request, submit(self._stage, lambda: self._keep_reply(appeal, form)), appeal)

    def _keep_reply(self, appeal: Appeal, form: FormData) -> Appeal:
        now = self._stage.world.clock.now()
        self._stage.world.filings.reply(appeal, str(form["text"]).strip(), self._files(form), now)
        return appeal

    def _reply_answer(self, request: Request, result: Result, appeal: Appeal) -> Response:
        if result.outcome == "ok":
            return RedirectResponse(f"/my/appeals/{appeal.number}?replied=1", 303)
        if result.outcome == "captcha":
            return stop_response("captcha")
        if result.outcome == "download":
            return as_file()
        if result.outcome == "stale_csrf":
            return self._detail_page(request, appeal, STALE_TEXT, 403)
        if result.outcome == "inline_error":
            return self._detail_page(request, appeal, INLINE_ERROR)
        return self._stage.page(request, "error.html", {"status": result.status}, result.status)

    def _answer(self, request: Request, result: Result, filing: Filing, form: FormData) -> Response:
        order = str(form.get("order", ""))
        if result.outcome == "ok":
            number = result.appeal.number if result.appeal else f"A-{900 + len(self._lies) + 1:06d}"
            if result.appeal is None:
                self._lies[number] = filing
            return RedirectResponse(f"/my/appeals/{number}?created=1", 303)
        if result.outcome == "captcha":
            return stop_response("captcha")
        if result.outcome == "download":
            return as_file()
        if result.outcome == "stale_csrf":
            return self._form_page(request, order, filing.review_uuid, Refused(STALE_TEXT, form, 403))
        if result.outcome == "inline_error":
            return self._form_page(request, order, filing.review_uuid, Refused(INLINE_ERROR, form))
        return self._stage.page(request, "error.html", {"status": result.status}, result.status)

    def _form_page(
        self, request: Request, order_number: str, review_uuid: str, refused: Refused | None = None
    ) -> Response:
        found = self._review_of_order(order_number, review_uuid)
        if found is None:
            return self._stage.page(request, "gone.html", {}, 404)
        order, review = found
        product = self._stage.world.product(review.sku)
        sent = refused.form if refused else FormData()
        context: dict[str, object] = {
            "order": order,
            "card": card_view(review, product) if product else None,
            "reasons": APPEAL_REASONS,
            "error": refused.error if refused else "",
            "reason": str(sent.get("reason", "")),
            "text": str(sent.get("text", "")),
            "files": self._files(sent),
            "max_files": _MAX_FILES,
            "max_mb": self._stage.switches.max_file_mb,
        }
        return self._stage.page(request, "appeal_form.html", context, refused.status if refused else 200)

    def _detail_page(self, request: Request, appeal: Appeal, error: str = "", status: int = 200) -> Response:
        query = request.query_params
        context: dict[str, object] = {
            "appeal": appeal,
            "statuses": STATUS_TEXTS,
            "channels": CHANNEL_TEXTS,
            "is_new": "created" in query,
            "is_replied": "replied" in query,
            "error": error,
            "max_files": _MAX_FILES,
        }
        return self._stage.page(request, "appeal.html", context, status)

    def _review_of_order(self, order_number: str, review_uuid: str) -> tuple[Order, Review] | None:
        order = self._stage.world.orders.find(order_number)
        review = self._stage.world.review(review_uuid)
        if order is None or review is None or order.review_uuid != review.uuid or review.state != "published":
            return None
        return order, review

    def _problem(self, form: FormData) -> str:
        if self._review_of_order(str(form.get("order", "")), str(form.get("review", ""))) is None:
            return "Отзыв не найден"
        if form.get("reason") not in APPEAL_REASONS:
            return "Выберите причину"
        text = str(form.get("text", "")).strip()
        if not text:
            return "Опишите, что не так с отзывом"
        if len(text) > _MAX_TEXT:
            return f"Описание длиннее {_MAX_TEXT} знаков"
        return f"Не больше {_MAX_FILES} файлов" if len(self._files(form)) > _MAX_FILES else ""

    def _files(self, form: FormData) -> tuple[StoredFile, ...]:
        uploads = self._stage.world.filings.uploads
        return tuple(uploads[str(one)] for one in form.getlist("file_id") if str(one) in uploads)

    def _own(self, account: Account, number: str) -> Appeal | None:
        appeal = self._stage.world.filings.find(number)
        is_own = appeal is not None and appeal.account == account.guid and appeal.channel in CHANNEL_TEXTS
        return appeal if is_own else None

    def _lie(self, account: Account, number: str) -> Appeal | None:
        filing = self._lies.get(number)
        if filing is None:
            return None
        now = self._stage.world.clock.now()
        return Appeal(number, filing.channel, filing.review_uuid, account.guid, filing.reason, filing.text, now)

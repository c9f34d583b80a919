"""Appeal form, uploads, the account's own appeals. Described in articles only: markup and texts are guesses."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mock_site.pages.appeal_list import CHANNEL_TEXTS, listed_rows, page_of, rows_per_page, visible_appeals
from mock_site.pages.cards import card_view
from mock_site.pages.filing import (
    INLINE_ERROR,
    STALE_TEXT,
    Refusal,
    Result,
    answer_in_place,
    in_place_of_answer,
    is_scripted,
    refusal_of,
    submit,
)
from mock_site.pages.stage import Stage
from mock_site.pages.uploads import MAX_FILES, files_of, take_upload
from mock_site.world.filings import Filing
from mock_site.world.models import APPEAL_REASONS, STATUS_TEXTS, Account, Appeal, Order, Review

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
        if self._stage.switches.kinds["order_appeal"] == "iframe" and "frame" not in request.query_params:
            return self._stage.framed(request, "base.html", "Обжалование отзыва", {})
        return self._form_page(request, request.query_params.get("order", ""), request.query_params.get("review", ""))

    async def upload(self, request: Request) -> Response:
        """Takes one attachment."""
        return await take_upload(self._stage, request)

    async def create(self, request: Request) -> Response:
        """Takes the filled form."""
        session, account = self._stage.session(request), self._stage.account(request)
        if session is None or account is None:
            return RedirectResponse(self._stage.sign_in_url("www", "/my/orderlist"), 302)
        form = await request.form(max_fields=_MAX_FORM_FIELDS)
        if form.get("csrf") != session.csrf:
            return self._refuse(request, Refused(STALE_TEXT, form, 403))
        problem = self._problem(form)
        if problem:
            return self._refuse(request, Refused(problem, form))
        filing = Filing(
            "order_appeal", str(form["review"]), str(form["reason"]), str(form["text"]), files_of(self._stage, form)
        )
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
        page = page_of(request)
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
        self._stage.world.filings.reply(appeal, str(form["text"]).strip(), files_of(self._stage, form), now)
        return appeal

    def _reply_answer(self, request: Request, result: Result, appeal: Appeal) -> Response:
        if result.outcome == "ok":
            return RedirectResponse(f"/my/appeals/{appeal.number}?replied=1", 303)
        other = in_place_of_answer(self._stage, result, is_api=False)
        if other is not None:
            return other
        if result.outcome == "stale_csrf":
            return self._detail_page(request, appeal, STALE_TEXT, 403)
        if result.outcome == "inline_error":
            return self._detail_page(request, appeal, INLINE_ERROR)
        return self._stage.page(request, "error.html", {"status": result.status}, result.status)

    def _answer(self, request: Request, result: Result, filing: Filing, form: FormData) -> Response:
        if result.outcome == "ok":
            number = result.appeal.number if result.appeal else f"A-{900 + len(self._lies) + 1:06d}"
            if result.appeal is None:
                self._lies[number] = filing
            if is_scripted(request):
                return answer_in_place(number)
            return RedirectResponse(f"/my/appeals/{number}?created=1", 303)
        other = in_place_of_answer(self._stage, result, is_api=is_scripted(request))
        if other is not None:
            return other
        if result.outcome in {"stale_csrf", "inline_error"} or is_scripted(request):
            refusal = refusal_of(result.outcome, result.status)
            return self._refuse(request, Refused(refusal.error, form, refusal.status))
        return self._stage.page(request, "error.html", {"status": result.status}, result.status)

    def _refuse(self, request: Request, refused: Refused) -> Response:
        if is_scripted(request):
            return answer_in_place(Refusal(refused.error, refused.status))
        return self._form_page(
            request, str(refused.form.get("order", "")), str(refused.form.get("review", "")), refused
        )

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
            "files": files_of(self._stage, sent),
            "max_files": MAX_FILES,
            "max_mb": self._stage.switches.max_file_mb,
            "is_document": "frame" in request.query_params,
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
            "max_files": MAX_FILES,
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
        return f"Не больше {MAX_FILES} файлов" if len(files_of(self._stage, form)) > MAX_FILES else ""

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

"""The public report: menu «Пожаловаться» → dialog → one POST. Texts verified, request and DOM guessed."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mock_site.pages.cards import card_view
from mock_site.pages.filing import Refusal, answer_in_place, form_fields, in_place_of_answer, refusal_of, submit
from mock_site.pages.stage import Stage
from mock_site.pages.stops import stop_response
from mock_site.world.filings import Filing
from mock_site.world.models import REPORT_REASONS, Account

ACTION = "/api/composer-api.bx/_action/v2/rpReportAbuseV2"
REASON_MISSING = "Расскажите, почему этот отзыв должен быть удален"
_DONE = '<!doctype html><html lang="ru"><title>Жалоба</title><p role="status">Жалоба успешно отправлена</p></html>'


class ReportPages:
    """The one action of the report dialog."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """The action's route, the dialog as a frame, and where a challenged script sends the visitor."""
        return [
            Route(ACTION, self.report, methods=["POST"]),
            Route("/report/frame", self.frame),
            Route("/challenge", self.challenge),
        ]

    async def challenge(self, _: Request) -> Response:
        """The stop page behind a challenge that came as JSON."""
        return stop_response("captcha")

    async def frame(self, request: Request) -> Response:
        """The dialog as a document of its own, for a frame over the page."""
        return self._dialog(request, request.query_params.get("review", ""))

    async def report(self, request: Request) -> Response:
        """Takes ``{reviewUuid, reasonId, comment, csrf}``; a form that was sent as a page is answered with one."""
        session, account = self._stage.session(request), self._stage.account(request)
        form = await form_fields(request)
        if session is None or account is None:
            answer: Response | Refusal = Refusal("Войдите, чтобы пожаловаться", 401)
        elif form.get("csrf") != session.csrf:
            answer = refusal_of("stale_csrf")
        else:
            answer = self._store(account, form, is_page="json" not in request.headers.get("content-type", ""))
        if isinstance(answer, Response):
            return answer
        if "json" in request.headers.get("content-type", ""):
            return answer_in_place(answer)
        return self._dialog(request, str(form.get("reviewUuid", "")), answer)

    def _store(self, account: Account, form: FormData, *, is_page: bool) -> Response | Refusal:
        world = self._stage.world
        review = world.review(str(form.get("reviewUuid", "")))
        if review is None or review.state != "published":
            return Refusal("Отзыв не найден", 404)
        reason = REPORT_REASONS.get(str(form.get("reasonId", "")))
        if reason is None:
            return Refusal(REASON_MISSING)
        filing = Filing("public_report", review.uuid, reason, str(form.get("comment", "")))
        result = submit(self._stage, lambda: world.file(account, filing))
        other = in_place_of_answer(self._stage, result, is_api=not is_page)
        if other is not None:
            return other
        if result.outcome != "ok":
            return refusal_of(result.outcome, result.status)
        if is_page:
            return Response(self._stage.rename(_DONE), media_type="text/html")
        return JSONResponse({"success": True, "message": "Жалоба успешно отправлена"})

    def _dialog(self, request: Request, uuid: str, refusal: Refusal | None = None) -> Response:
        world = self._stage.world
        review = world.review(uuid)
        product = world.product(review.sku) if review is not None else None
        if review is None or product is None or self._stage.account(request) is None:
            return self._stage.page(request, "gone.html", {}, 404)
        card = card_view(review, product)
        quote = "\n".join(part for part in (card.positive, card.negative, card.text) if part)
        context: dict[str, object] = {"card": card, "quote": quote, "error": refusal.error if refusal else ""}
        return self._stage.page(request, "report_frame.html", context, refusal.status if refusal else 200)

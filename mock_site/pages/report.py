"""The public report: menu «Пожаловаться» → dialog → one POST. Texts verified, request and DOM guessed."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mock_site.pages.filing import INLINE_ERROR, STALE_TEXT, as_file, submit
from mock_site.pages.stage import Stage
from mock_site.pages.stops import stop_response
from mock_site.world.filings import Filing
from mock_site.world.models import REPORT_REASONS, Account

ACTION = "/api/composer-api.bx/_action/v2/rpReportAbuseV2"
REASON_MISSING = "Расскажите, почему этот отзыв должен быть удален"
_ALREADY = "Вы уже пожаловались на этот отзыв"


class ReportPages:
    """The one action of the report dialog."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """The action's route, and where a challenged script sends the visitor."""
        return [Route(ACTION, self.report, methods=["POST"]), Route("/challenge", self.challenge)]

    async def challenge(self, _: Request) -> Response:
        """The stop page behind a challenge that came as JSON."""
        return stop_response("captcha")

    async def report(self, request: Request) -> Response:
        """Takes ``{reviewUuid, reasonId, comment, csrf}``."""
        session, account = self._stage.session(request), self._stage.account(request)
        if session is None or account is None:
            return _failure("Войдите, чтобы пожаловаться", 401)
        try:
            sent = json.loads(await request.body())
        except ValueError:
            return _failure("Запрос не разобран", 400)
        if not isinstance(sent, dict) or sent.get("csrf") != session.csrf:
            return _failure(STALE_TEXT, 403)
        return self._store(account, {key: str(value) for key, value in sent.items()})

    def _store(self, account: Account, sent: dict[str, str]) -> Response:
        world = self._stage.world
        review = world.review(sent.get("reviewUuid", ""))
        if review is None or review.state != "published":
            return _failure("Отзыв не найден", 404)
        reason = REPORT_REASONS.get(sent.get("reasonId", ""))
        if reason is None:
            return _failure(REASON_MISSING, 200)
        filing = Filing("public_report", review.uuid, reason, sent.get("comment", ""))
        result = submit(self._stage, lambda: world.file(account, filing))
        if result.outcome == "ok":
            return JSONResponse({"success": True, "message": "Жалоба успешно отправлена"})
        if result.outcome == "captcha":
            return stop_response("captcha", is_api=True)
        if result.outcome == "download":
            return as_file()
        if result.outcome == "stale_csrf":
            return _failure(STALE_TEXT, 403)
        if result.outcome == "inline_error":
            return _failure(INLINE_ERROR, 200)
        return _failure("Внутренняя ошибка", result.status)


def _failure(message: str, status: int) -> Response:
    return JSONResponse({"success": False, "error": message}, status)

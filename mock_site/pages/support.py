"""The contact form of support: name, e-mail, text; the answer is a ticket number. General advice names it: all guesses.

The same form is served in the cabinet and on www, for which of them takes it is not known.
"""

from __future__ import annotations

import re

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mock_site.pages.filing import (
    Refusal,
    answer_in_place,
    form_fields,
    in_place_of_answer,
    is_scripted,
    refusal_of,
    submit,
)
from mock_site.pages.stage import Stage
from mock_site.world.filings import Filing
from mock_site.world.models import Account

CREATE = "/api/support/ticket"
_MAX_TEXT = 3_000
_REVIEW_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class SupportPages:
    """The form, its one request, and the page of a ticket."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of www and of the seller host."""
        return [
            Route("/app/support", self.form),
            Route("/app/support/{number}", self.ticket),
            Route(CREATE, self.create, methods=["POST"]),
        ]

    async def form(self, request: Request) -> Response:
        """The empty form."""
        account = self._stage.account(request)
        if account is None:
            return self._stage.sign_in_first(request)
        if self._stage.switches.kinds["support_ticket"] == "iframe" and "frame" not in request.query_params:
            frame = self._frame(request, account)
            return self._stage.framed(request, str(frame.pop("frame_file")), "Обращение в поддержку", frame)
        return self._form_page(request, FormData())

    async def create(self, request: Request) -> Response:
        """Takes the letter."""
        session, account = self._stage.session(request), self._stage.account(request)
        if session is None or account is None:
            return answer_in_place(Refusal("Войдите, чтобы написать в поддержку", 401))
        form = await form_fields(request)
        problem = refusal_of("stale_csrf") if form.get("csrf") != session.csrf else _problem(form)
        if problem is not None:
            return self._refuse(request, form, problem)
        filing = _filing(form)
        result = submit(self._stage, lambda: self._stage.world.file(account, filing))
        other = in_place_of_answer(self._stage, result, is_api=is_scripted(request))
        if other is not None:
            return other
        if result.outcome != "ok":
            return self._refuse(request, form, refusal_of(result.outcome, result.status))
        number = result.appeal.number if result.appeal else "T-000999"
        if is_scripted(request):
            return answer_in_place(number)
        return RedirectResponse(f"/app/support/{number}", 303)

    async def ticket(self, request: Request) -> Response:
        """The word that a letter was taken. No status: none is known of."""
        account = self._stage.account(request)
        if account is None:
            return self._stage.sign_in_first(request)
        return self._stage.page(
            request, "support_ticket.html", {**self._frame(request, account), "number": request.path_params["number"]}
        )

    def _refuse(self, request: Request, form: FormData, refusal: Refusal) -> Response:
        return answer_in_place(refusal) if is_scripted(request) else self._form_page(request, form, refusal)

    def _form_page(self, request: Request, form: FormData, refusal: Refusal | None = None) -> Response:
        account = self._stage.account(request)
        context: dict[str, object] = {
            **(self._frame(request, account) if account else {}),
            "error": refusal.error if refusal else "",
            "sent": {name: str(form.get(name, "")) for name in ("name", "email", "text")},
            "max_text": _MAX_TEXT,
            "is_document": "frame" in request.query_params,
        }
        return self._stage.page(request, "support.html", context, refusal.status if refusal else 200)

    def _frame(self, request: Request, account: Account) -> dict[str, object]:
        is_cabinet = self._stage.site_of(request) == "seller"
        return (
            {"frame_file": "seller_base.html", "company": account.company}
            if is_cabinet
            else {"frame_file": "base.html"}
        )


def _filing(form: FormData) -> Filing:
    text = str(form["text"])
    named = _REVIEW_ID.search(text)
    sender = f"{form['name']} <{form['email']}>"
    return Filing("support_ticket", named.group() if named else "", sender, text)


def _problem(form: FormData) -> Refusal | None:
    if not str(form.get("name", "")).strip():
        return Refusal("Представьтесь, пожалуйста")
    if not _EMAIL.fullmatch(str(form.get("email", "")).strip()):
        return Refusal("Проверьте адрес почты")
    text = str(form.get("text", "")).strip()
    if not text:
        return Refusal("Опишите, что произошло")
    return Refusal(f"Описание длиннее {_MAX_TEXT} знаков") if len(text) > _MAX_TEXT else None

"""sso: phone or e-mail, then a code. Control texts from public automation code; layout and error texts are guesses."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mock_site.pages.stage import COOKIE, Stage
from mock_site.world.sign_ins import SignInAttempt

_RESEND_AFTER = 30  # seconds


class SsoPages:
    """The sign-in pages."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of sso."""
        return [
            Route("/auth/ozonid", self.login, methods=["GET"]),
            Route("/auth/ozonid", self.send_code, methods=["POST"]),
            Route("/auth/otp", self.code, methods=["GET"]),
            Route("/auth/otp", self.check_code, methods=["POST"]),
            Route("/auth/otp/resend", self.resend, methods=["POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """Asks for phone or e-mail."""
        return self._login_page(request, request.query_params.get("redirect", ""))

    async def send_code(self, request: Request) -> Response:
        """Sends the code and goes on to ask for it."""
        form = await request.form()
        redirect, login = str(form.get("redirect", "")), str(form.get("email") or form.get("phone") or "")
        if not self._is_ours(redirect):
            return self._login_page(request, "", "Неизвестный адрес возврата")
        account = self._stage.world.sign_ins.account_of(login)
        if account is None:
            return self._login_page(request, redirect, "Проверьте номер телефона или почту")
        attempt = self._stage.world.sign_ins.begin(account, login, redirect)
        return RedirectResponse(f"/auth/otp?attempt={attempt.attempt_id}", 303)

    async def code(self, request: Request) -> Response:
        """Asks for the code."""
        attempt = self._stage.world.sign_ins.attempt(request.query_params.get("attempt", ""))
        return RedirectResponse("/auth/ozonid", 302) if attempt is None else self._code_page(request, attempt)

    async def check_code(self, request: Request) -> Response:
        """Takes the code; the right one leads back with a ticket."""
        form = await request.form()
        sign_ins = self._stage.world.sign_ins
        attempt = sign_ins.attempt(str(form.get("attempt", "")))
        if attempt is None:
            return RedirectResponse("/auth/ozonid", 302)
        if not sign_ins.check_code(attempt, str(form.get("code", ""))):
            worn_out = sign_ins.is_exhausted(attempt)
            return self._code_page(
                request, attempt, "Слишком много попыток. Попробуйте позже" if worn_out else "Неверный код"
            )
        parts = urlsplit(attempt.redirect)
        back = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        ticket = sign_ins.issue_ticket(attempt)
        return RedirectResponse(
            f"{parts.scheme}://{parts.netloc}/auth/callback?ticket={ticket}&next={quote(back, safe='')}", 303
        )

    async def resend(self, request: Request) -> Response:
        """Sends another code."""
        form = await request.form()
        attempt = self._stage.world.sign_ins.attempt(str(form.get("attempt", "")))
        if attempt is None:
            return RedirectResponse("/auth/ozonid", 302)
        self._stage.world.sign_ins.resend(attempt)
        return RedirectResponse(f"/auth/otp?attempt={attempt.attempt_id}", 303)

    def _login_page(self, request: Request, redirect: str, error: str = "") -> Response:
        target = redirect or self._stage.origin("www") + "/"
        return self._stage.page(request, "sign_in.html", {"redirect": target, "error": error})

    def _code_page(self, request: Request, attempt: SignInAttempt, error: str = "") -> Response:
        waited = self._stage.world.clock.elapsed() - attempt.sent_at
        context = {
            "attempt": attempt,
            "error": error,
            "resend_in": max(0, _RESEND_AFTER - int(waited)),
            "is_totp": attempt.account.totp_secret is not None,
        }
        return self._stage.page(request, "code.html", context)

    def _is_ours(self, redirect: str) -> bool:
        parts = urlsplit(redirect)
        return f"{parts.scheme}://{parts.netloc}" in {self._stage.origin(site) for site in self._stage.skin.hosts}


class CallbackPages:
    """Where sso leads back to: the ticket becomes this host's own cookie."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of www and seller."""
        return [Route("/auth/callback", self.callback), Route("/auth/logout", self.logout)]

    async def callback(self, request: Request) -> Response:
        """Redeems a ticket."""
        session = self._stage.world.sign_ins.redeem(
            request.query_params.get("ticket", ""), self._stage.site_of(request)
        )
        target = request.query_params.get("next", "/")
        is_local = target.startswith("/") and not target.startswith(("//", "/\\"))
        answer = RedirectResponse(target if is_local and session is not None else "/", 303)
        if session is not None:
            answer.set_cookie(COOKIE, session.sid, httponly=True, samesite="lax", path="/")
            self._stage.world.emit("signed_in")
        return answer

    async def logout(self, request: Request) -> Response:
        """Ends the session."""
        self._stage.world.sign_ins.close(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

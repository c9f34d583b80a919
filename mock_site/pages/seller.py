"""The seller cabinet: sign-in, choice of company, dashboard."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mock_site.pages.stage import Stage
from mock_site.world.sign_ins import Session

_SIGN_IN = "/app/registration/signin"
_DASHBOARD = "/app/dashboard/main"


class SellerPages:
    """Pages of the seller host."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of the seller host."""
        return [
            Route("/", self.dashboard),
            Route(_SIGN_IN, self.sign_in, methods=["GET"]),
            Route(_SIGN_IN, self.choose_company, methods=["POST"]),
            Route("/app/dashboard", self.dashboard),
            Route(_DASHBOARD, self.dashboard),
        ]

    async def sign_in(self, request: Request) -> Response:
        """«Войти», or the choice of company for who came in just now."""
        session = self._stage.session(request)
        if session is None:
            link = self._stage.sign_in_url("seller", _SIGN_IN)
            return self._stage.page(request, "seller_sign_in.html", {"link": link})
        return self._stage.page(request, "seller_company.html", {"companies": [session.account.company]})

    async def choose_company(self, request: Request) -> Response:
        """Takes the company."""
        session = self._stage.session(request)
        form = await request.form()
        if session is None or form.get("csrf") != session.csrf:
            return RedirectResponse(_SIGN_IN, 303)
        session.company_chosen = True
        return RedirectResponse(_DASHBOARD, 303)

    async def dashboard(self, request: Request) -> Response:
        """The cabinet's first page: the company's name is the witness."""
        session = self._inside(request)
        if session is None:
            return RedirectResponse(_SIGN_IN, 302)
        return self._stage.page(request, "seller_dashboard.html", {"company": self._company(request)})

    def _inside(self, request: Request) -> Session | None:
        session = self._stage.session(request)
        return session if session is not None and session.company_chosen else None

    def _company(self, request: Request) -> str:
        account = self._stage.account(request)
        return account.company if account else ""

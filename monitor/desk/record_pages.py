"""What is on record: a case as a timeline, the action log, and how everything stands."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.calls import Calls
from monitor.desk.rendering import Pages
from monitor.desk.routing import run, visitor_of


class RecordPages:
    """Pages that only show.

    Args:
        calls: The use cases.
        pages: Renders.
    """

    def __init__(self, calls: Calls, pages: Pages) -> None:
        self._calls, self._pages = calls, pages

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/case/{account}/{review}", self.case),
            Route("/log", self.log),
            Route("/health", self.health),
        ]

    async def case(self, request: Request) -> Response:
        """One case; it prints as a document."""
        return await run(self._case, request)

    async def log(self, request: Request) -> Response:
        """The action log, the newest entry first."""
        return await run(self._log, request)

    async def health(self, request: Request) -> Response:
        """How everything stands."""
        return await run(self._health, request)

    def _case(self, request: Request) -> Response:
        account, review_id = request.path_params["account"], request.path_params["review"]
        pane = self._calls.show(account, review_id)
        steps = self._calls.steps(account, review_id) if pane else ()
        values = {"pane": pane, "steps": steps}
        status = 200 if pane else 404
        return self._pages.render(request, visitor_of(request), "case.html", values, status=status)

    def _log(self, request: Request) -> Response:
        asked = request.query_params
        before, about = asked.get("before", ""), asked.get("about", "").strip()[:120]
        accounts = self._calls.accounts
        account = asked.get("account", accounts[0] if accounts else "")
        page = self._calls.log(account, int(before) if before.isdecimal() and len(before) < 12 else 0, about)
        values = {"page": page, "account": account if account in accounts else "", "accounts": accounts, "about": about}
        return self._pages.render(request, visitor_of(request), "log.html", values)

    def _health(self, request: Request) -> Response:
        return self._pages.render(request, visitor_of(request), "health.html", {"found": self._calls.condition()})

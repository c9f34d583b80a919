"""What is on record: a case as a timeline, the action log, and how everything stands."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.desk.calls import Calls
from monitor.desk.rendering import Pages
from monitor.desk.roster_calls import MAKER
from monitor.desk.routing import run, visitor_of
from monitor.use_cases.colleague import copy_for_colleague
from monitor.use_cases.log_sound import TAIL

LOG_KINDS = {
    "": "всё",
    "decisions": "решения людей",
    "appeals": "обращения и ответы",
    "evidence": "снимки, проверки, копии",
    "readings": "чтение и входы",
    "trouble": "сбои",
    "settings": "настройки",
}


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
            Route("/case/{account}/{review}/colleague", self.colleague),
            Route("/log", self.log),
            Route("/health", self.health),
        ]

    async def case(self, request: Request) -> Response:
        """One case; it prints as a document."""
        return await run(self._case, request)

    async def colleague(self, request: Request) -> Response:
        """The case for a colleague: what tells who people are is hidden, and it prints as a document."""
        return await run(self._colleague, request)

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
        refused, _ = visitor_of(request).take_refusal()
        values = {"pane": pane, "steps": steps, "refused": refused, "maker": self._calls.maker(), "fields": MAKER}
        status = 200 if pane else 404
        return self._pages.render(request, visitor_of(request), "case.html", values, status=status)

    def _colleague(self, request: Request) -> Response:
        account, review_id = request.path_params["account"], request.path_params["review"]
        pane = self._calls.show(account, review_id)
        copy = copy_for_colleague(pane, self._calls.steps(account, review_id)) if pane else None
        status = 200 if copy else 404
        return self._pages.render(request, visitor_of(request), "colleague.html", {"copy": copy}, status=status)

    def _log(self, request: Request) -> Response:
        asked = request.query_params
        before, about = asked.get("before", ""), asked.get("about", "").strip()[:120]
        accounts = self._calls.accounts
        account = asked.get("account", accounts[0] if accounts else "")
        refused, _ = visitor_of(request).take_refusal()
        kind = asked.get("kind", "") if asked.get("kind", "") in LOG_KINDS else ""
        page = self._calls.log(account, int(before) if before.isdecimal() and len(before) < 12 else 0, about, kind)
        values = {
            "page": page,
            "account": account if account in accounts else "",
            "accounts": accounts,
            "about": about,
            "kind": kind,
            "kinds": LOG_KINDS,
            "tail": TAIL,
            "refused": refused,
        }
        return self._pages.render(request, visitor_of(request), "log.html", values)

    def _health(self, request: Request) -> Response:
        refused, _ = visitor_of(request).take_refusal()
        values = {
            "found": self._calls.condition(),
            "keeping": self._calls.keeping(),
            "machine": self._calls.machine(),
            "store": self._calls.store(),
            "refused": refused,
        }
        return self._pages.render(request, visitor_of(request), "health.html", values)

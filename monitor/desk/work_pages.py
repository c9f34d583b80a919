"""Long work on the pages: begin it, see how far it is, stop it, take away what it made; and the stream of news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from monitor.desk.calls import Calls
from monitor.desk.entering import Door, Toast
from monitor.desk.refusals import tell_refusal
from monitor.desk.rendering import Pages
from monitor.desk.roster_calls import MAKER
from monitor.desk.routing import form_of, require_token, run, text_of, visitor_of
from monitor.errors import MonitorError, UsageError
from monitor.language import gettext as _

_EVERY = 0.5  # seconds between two looks of a stream
_LONGEST_STREAM = 1800  # looks: a browser begins a new one by itself
_MOST_STREAMS = 24
_VISITS = {"read", "old", "follow", "session", "code", "window"}
_OF_AN_APPEAL = {"form", "send", "answer", "follow"}
_SURE = {"send", "answer"}
_TAKEN_AWAY = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
}


class WorkPages:
    """Pages of long work.

    Args:
        calls: The use cases, with what is ordered.
        door: Who has entered: a stream ends with its visitor's stay.
        pages: Renders.
    """

    def __init__(self, calls: Calls, door: Door, pages: Pages) -> None:
        self._calls, self._door, self._pages = calls, door, pages
        self._streams = 0

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/work", self.show),
            Route("/work/{job}/stop", self.stop, methods=["POST"]),
            Route("/work/{job}/forget", self.forget, methods=["POST"]),
            Route("/work/{job}/file", self.take_away),
            Route("/verify", self.verify, methods=["POST"]),
            Route("/case/{account}/{review}/verify", self.verify_case, methods=["POST"]),
            Route("/case/{account}/{review}/export", self.export, methods=["POST"]),
            Route("/case/{account}/{review}/maker", self.name_maker, methods=["POST"]),
            Route("/account/{account}/visit", self.visit, methods=["POST"]),
            Route("/appeals/{appeal}/visit", self.visit_appeal, methods=["POST"]),
            Route("/live", self.live),
        ]

    async def show(self, request: Request) -> Response:
        """What runs and what ended, alone: the part of a page that is exchanged while it is shown."""
        values = {"back_to": request.query_params.get("back", "/work")[:500]}
        return await run(self._pages.render, request, visitor_of(request), "work.html", values)

    async def stop(self, request: Request) -> Response:
        """Stops one."""
        form, name = await form_of(request), request.path_params["job"]
        require_token(request, form, "stop", name)
        self._calls.work.stop(name)
        return _back(text_of(form, "back"))

    async def forget(self, request: Request) -> Response:
        """Takes one that is over off the pages."""
        form, name = await form_of(request), request.path_params["job"]
        require_token(request, form, "forget", name)
        self._calls.work.forget(name)
        return _back(text_of(form, "back"))

    async def take_away(self, request: Request) -> Response:
        """Gives a bundle that was made here; a browser keeps it and never shows it."""
        job = self._calls.work.find(request.path_params["job"])
        file: Path | None = job.file if job else None
        if file is None or not file.is_file():
            return PlainTextResponse("Этого файла больше нет.", 404)
        return FileResponse(file, media_type="application/zip", filename=file.name, headers=_TAKEN_AWAY)

    async def verify(self, request: Request) -> Response:
        """Checks all evidence."""
        form = await form_of(request)
        require_token(request, form, "verify")
        return await run(self._begin, request, "/log", lambda: self._calls.orders.verify("/log", case_id=None))

    async def verify_case(self, request: Request) -> Response:
        """Checks one case's evidence."""
        account, review, here = _case(request)
        require_token(request, await form_of(request), "verify", account, review)

        def do() -> bool:
            return self._calls.orders.verify(here, case_id=self._case_id(account, review))

        return await run(self._begin, request, here, do)

    async def export(self, request: Request) -> Response:
        """Writes a case's bundle; said twice, because what was handed on cannot be taken back."""
        account, review, here = _case(request)
        form = await form_of(request)
        require_token(request, form, "export", account, review)

        def do() -> bool:
            _require_sure(text_of(form, "sure"))
            kind = text_of(form, "kind")
            if kind not in {"full", "shareable"}:
                raise UsageError(_("no such bundle"), field="kind")
            return self._calls.orders.export(here, self._case_id(account, review), is_shareable=kind == "shareable")

        return await run(self._begin, request, here, do)

    async def name_maker(self, request: Request) -> Response:
        """Keeps who makes the papers of a bundle: asked for once, where one is made."""
        account, review, here = _case(request)
        form = await form_of(request)
        require_token(request, form, "maker", account, review)
        given = {name: text for name in MAKER if (text := text_of(form, name).strip()[:300])}

        def do() -> bool:
            self._calls.name_maker(given, visitor_of(request).person)
            self._door.know(self._calls.people, idle=self._calls.idle)
            visitor_of(request).toast = Toast("Записано", "Теперь пакет можно собрать.")
            return True

        return await run(self._begin, request, here, do)

    async def visit(self, request: Request) -> Response:
        """Orders a visit of an account."""
        account, form = request.path_params["account"], await form_of(request)
        what, back = text_of(form, "what"), text_of(form, "back")
        require_token(request, form, "visit", account, what)

        def do() -> bool:
            if what not in _VISITS:
                raise UsageError(_("no such visit"), field="what")
            return self._calls.visit(account, what, about=back, visitor=visitor_of(request))

        return await run(self._begin, request, back, do)

    async def visit_appeal(self, request: Request) -> Response:
        """Orders a visit about one appeal; what leaves the machine is said twice."""
        appeal, form = request.path_params["appeal"], await form_of(request)
        what, here = text_of(form, "what"), f"/appeals/{appeal}"
        require_token(request, form, "visit", appeal, what, text_of(form, "word"))

        def do() -> bool:
            if what not in _OF_AN_APPEAL:
                raise UsageError(_("no such visit"), field="what")
            if what in _SURE:
                _require_sure(text_of(form, "sure"))
            word = text_of(form, "word")
            return self._calls.visit_appeal(appeal, what, word=word, about=here, visitor=visitor_of(request))

        return await run(self._begin, request, text_of(form, "back") or here, do)

    async def live(self, request: Request) -> Response:
        """Says as it happens that the log has grown or that work went on; the page then asks for what it shows."""
        if self._streams >= _MOST_STREAMS:
            return PlainTextResponse("Слишком много открытых страниц.", 503, headers={"Retry-After": "15"})
        return StreamingResponse(
            self._tell(request), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _tell(self, request: Request) -> AsyncIterator[str]:
        self._streams += 1
        try:
            told: tuple[str, str] | None = None
            for look in range(_LONGEST_STREAM):
                if self._calls.work.is_closed:
                    return
                if self._door.visitor(request, is_input=False) is None:
                    yield "event: locked\ndata: -\n\n"
                    return
                news = (await run(self._calls.news), str(self._calls.work.stamp))
                if news != told:
                    told = news
                    yield f"event: news\ndata: {news[0]}\n\nevent: work\ndata: {news[1]}\n\n"
                elif look % 30 == 0:
                    yield ": still here\n\n"
                if await request.is_disconnected():
                    return
                await asyncio.sleep(_EVERY)
        finally:
            self._streams -= 1

    def _begin(self, request: Request, back: str, do: Callable[[], bool]) -> Response:
        visitor = visitor_of(request)
        try:
            if not do():
                visitor.toast = Toast("Это уже идёт", "Второй раз не начинаем.")
        except MonitorError as refused:
            visitor.refusal = tell_refusal(refused)
        return _back(back)

    def _case_id(self, account: str, review: str) -> str:
        found = self._calls.show(account, review)
        if found is None:
            raise UsageError(_("there is no such review"), where=review[:80])
        return found.case_id


def _case(request: Request) -> tuple[str, str, str]:
    account, review = request.path_params["account"], request.path_params["review"]
    return account, review, f"/case/{account}/{review}"


def _require_sure(said: str) -> None:
    if said != "yes":
        raise UsageError(_("the tick below the decision is missing"), field="sure")


def _back(address: str) -> Response:
    """A way back within the desk."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return RedirectResponse(address if is_ours else "/inbox", 303)

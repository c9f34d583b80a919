"""The desk as one application: the door, who entered, and the pages."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.desk.appeal_pages import AppealPages
from monitor.desk.calls import Calls
from monitor.desk.entering import Door
from monitor.desk.guard import Guard, Limits
from monitor.desk.inbox_pages import InboxPages
from monitor.desk.picture_pages import PicturePages
from monitor.desk.record_pages import RecordPages
from monitor.desk.rendering import HERE, Pages, render_plain
from monitor.desk.routing import WrongToken, form_of, require_token, run, text_of, visitor_of

_OPEN = ("/enter", "/static/")
_NO_INPUT = ("/news", "/picture/")
"""What a page asks for by itself: it does not keep the desk from being locked."""
_YEAR = 365 * 24 * 3600
_THEMES = {"system", "light", "dark"}


def build_app(calls: Calls, door: Door, *, port: int, limits: Limits | None = None) -> ASGIApp:
    """Returns the whole desk.

    Args:
        calls: The use cases of one installation.
        door: Gives out links and knows who entered.
        port: The one port it listens on.
        limits: How much one who entered may ask; None takes the usual.
    """
    pages = Pages(calls, door)
    own = OwnPages(calls, door, pages)
    app = Starlette(
        routes=[
            *own.routes(),
            *InboxPages(calls, pages).routes(),
            *AppealPages(calls, pages).routes(),
            *RecordPages(calls, pages).routes(),
            *PicturePages(calls).routes(),
            Mount("/static", KeptFiles(directory=HERE / "static", follow_symlink=False)),
        ],
        middleware=[Middleware(Entered, door=door)],
        exception_handlers={WrongToken: _wrong_token, 404: _nothing_here},
    )
    return Guard(app, port=port, known=door, limits=limits or Limits())


class KeptFiles(StaticFiles):
    """Files of the package, which a browser may keep for a while."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Adds how long."""
        answer = super().file_response(*args, **kwargs)
        answer.headers["Cache-Control"] = "private, max-age=600"
        return answer


class Entered:
    """Lets nobody past but those who entered by a link.

    Args:
        app: The pages.
        door: Knows them.
    """

    def __init__(self, app: ASGIApp, *, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Finds out who asks; answers with the locked page where nobody entered."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        visitor = self._door.visitor(request, is_input=not scope["path"].startswith(_NO_INPUT))
        if visitor is None:
            answer: Response = render_plain(request, "locked.html", status=401, why="none")
            await answer(scope, receive, send)
            return
        scope.setdefault("state", {})["visitor"] = visitor
        if visitor.person is None and self._door.people and scope["path"] not in {"/who", "/leave", "/news"}:
            await RedirectResponse("/who", 303)(scope, receive, send)
            return
        await self._app(scope, receive, send)


class OwnPages:
    """Coming in, saying who one is, going out, and how the page looks.

    Args:
        calls: The use cases.
        door: Who has entered.
        pages: Renders.
    """

    def __init__(self, calls: Calls, door: Door, pages: Pages) -> None:
        self._calls, self._door, self._pages = calls, door, pages

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/", self.begin),
            Route("/enter", self.enter),
            Route("/who", self.who),
            Route("/who", self.be, methods=["POST"]),
            Route("/leave", self.leave, methods=["POST"]),
            Route("/look", self.look, methods=["POST"]),
            Route("/news", self.news),
            Route("/help", self.help),
        ]

    async def begin(self, _: Request) -> Response:
        """The page that is opened every morning."""
        return RedirectResponse("/inbox", 303)

    async def enter(self, request: Request) -> Response:
        """Takes a link from the terminal, once; the address is clean afterwards."""
        key = self._door.enter(request.query_params.get("token", "")[:200])
        if key is None:
            return render_plain(request, "locked.html", status=403, why="used")
        answer = RedirectResponse("/inbox", 303)
        answer.set_cookie(self._door.cookie, key, httponly=True, samesite="strict", path="/")
        return answer

    async def who(self, request: Request) -> Response:
        """Asks who decides; several people share this desk."""
        visitor = visitor_of(request)
        return render_plain(request, "who.html", status=200, visitor=visitor, people=self._door.people)

    async def be(self, request: Request) -> Response:
        """Notes who they say they are: their name stands at every decision."""
        form = await form_of(request)
        name = text_of(form, "name")
        require_token(request, form, "who", name)
        visitor_of(request).person = next((one for one in self._door.people if one.name == name), None)
        return RedirectResponse("/inbox", 303)

    async def leave(self, request: Request) -> Response:
        """Locks the desk."""
        require_token(request, await form_of(request), "leave")
        self._door.leave(request)
        answer = render_plain(request, "locked.html", status=200, why="left")
        answer.delete_cookie(self._door.cookie, path="/")
        return answer

    async def look(self, request: Request) -> Response:
        """Keeps how the page looks and whether single keys decide; of this browser, for a year."""
        form = await form_of(request)
        require_token(request, form, "look")
        answer = RedirectResponse(_back(text_of(form, "back")), 303)
        if (theme := text_of(form, "theme")) in _THEMES:
            answer.set_cookie("desk_theme", theme, max_age=_YEAR, httponly=True, samesite="strict")
        if (keys := text_of(form, "keys")) in {"on", "off"}:
            answer.set_cookie("desk_keys", keys, max_age=_YEAR, httponly=True, samesite="strict")
        return answer

    async def news(self, _: Request) -> Response:
        """Says how far the log has grown: a page that knows less offers to show what is new."""
        return PlainTextResponse(await run(self._calls.waiting.as_of))

    async def help(self, request: Request) -> Response:
        """Keys, words and how the desk is kept safe."""
        return await run(self._pages.render, request, visitor_of(request), "help.html", {})


def _back(address: str) -> str:
    """A way back within the desk; anything else leads to its first page."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/inbox"


async def _wrong_token(request: Request, _: Exception) -> Response:
    return render_plain(request, "wrong.html", status=403, what="token")


async def _nothing_here(request: Request, _: Exception) -> Response:
    return render_plain(request, "wrong.html", status=404, what="address")

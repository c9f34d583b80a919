"""The desk as one application: the door, who entered, and the pages."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from monitor.desk.admitting import Entered, KeptFiles, broken, enter, nothing_here, unreadable, wrong_token
from monitor.desk.appeal_pages import AppealPages
from monitor.desk.calls import Calls
from monitor.desk.entering import Door
from monitor.desk.guard import Guard, Limits
from monitor.desk.inbox_pages import InboxPages
from monitor.desk.picture_pages import PicturePages
from monitor.desk.record_pages import RecordPages
from monitor.desk.rendering import HERE, Pages, render_plain
from monitor.desk.roster_pages import RosterPages
from monitor.desk.routing import WrongToken, form_of, require_token, run, text_of, visitor_of
from monitor.desk.work_pages import WorkPages
from monitor.errors import StorageError

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
            *WorkPages(calls, door, pages).routes(),
            *RosterPages(calls, pages).routes(),
            Mount("/static", KeptFiles(directory=HERE / "static", follow_symlink=False)),
        ],
        middleware=[Middleware(Entered, door=door)],
        exception_handlers={WrongToken: wrong_token, 404: nothing_here, StorageError: unreadable, Exception: broken},
    )
    return Guard(app, port=port, known=door, limits=limits or Limits())


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
        return enter(request, self._door)

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
        return PlainTextResponse(await run(self._calls.news))

    async def help(self, request: Request) -> Response:
        """Keys, words and how the desk is kept safe."""
        return await run(self._pages.render, request, visitor_of(request), "help.html", {})


def _back(address: str) -> str:
    """A way back within the desk; anything else leads to its first page."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/inbox"

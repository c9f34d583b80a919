"""What the desk of an installation and that of an empty home share: who entered, kept files, and what is not there."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.desk.entering import Door
from monitor.desk.refusals import tell_refusal
from monitor.desk.rendering import render_plain
from monitor.errors import StorageBusy, StorageError

_OPEN = ("/enter", "/static/")
_NO_INPUT = ("/news", "/picture/", "/live", "/work")
"""What a page asks for by itself: it does not keep the desk from being locked."""


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
        is_input = scope["method"] == "POST" or not scope["path"].startswith(_NO_INPUT)
        visitor = self._door.visitor(request, is_input=is_input)
        if visitor is None:
            answer: Response = render_plain(request, "locked.html", status=401, why="none")
            await answer(scope, receive, send)
            return
        scope.setdefault("state", {})["visitor"] = visitor
        if visitor.person is None and self._door.people and scope["path"] not in {"/who", "/leave", "/news", "/live"}:
            await RedirectResponse("/who", 303)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def enter(request: Request, door: Door) -> Response:
    """Takes a link from the terminal, once; the address is clean afterwards."""
    key = door.enter(request.query_params.get("token", "")[:300])
    if key is None:
        return render_plain(request, "locked.html", status=403, why="used")
    answer = RedirectResponse("/inbox", 303)
    answer.set_cookie(door.cookie, key, httponly=True, samesite="strict", path="/")
    return answer


async def wrong_token(request: Request, _: Exception) -> Response:
    """Says that a form is not good any more."""
    return render_plain(request, "wrong.html", status=403, what="token")


async def nothing_here(request: Request, _: Exception) -> Response:
    """Says that there is no such page."""
    return render_plain(request, "wrong.html", status=404, what="address")


async def unreadable(request: Request, error: Exception) -> Response:
    """Says that the store does not answer, and what to do; the desk mends nothing."""
    told = tell_refusal(error).detail if isinstance(error, StorageError) else ""
    what = "busy" if isinstance(error, StorageBusy) else "store"
    return render_plain(request, "wrong.html", status=503, what=what, told=told)


async def broken(request: Request, _: Exception) -> Response:
    """Says that the program itself failed; what it was about stands in its log."""
    return render_plain(request, "wrong.html", status=500, what="fault")

"""Puts the pages together: one ASGI app that looks at the host, the walls and the programmed routes first."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Router

from mock_site.host import Message, Receive, Scope, Send
from mock_site.pages.appeals import AppealPages
from mock_site.pages.cabinet import CabinetPages
from mock_site.pages.listing import ENTRYPOINTS, ReadingPages
from mock_site.pages.media import MediaPages
from mock_site.pages.orders import OrderPages
from mock_site.pages.profiles import ProfilePages
from mock_site.pages.report import ReportPages
from mock_site.pages.seller import SellerPages
from mock_site.pages.seller_api import SellerApi
from mock_site.pages.sign_in import CallbackPages, SsoPages
from mock_site.pages.stage import Stage
from mock_site.pages.stops import stop_response
from mock_site.pages.support import SupportPages
from mock_site.switches import Wall
from mock_site.variants import apply_variant

Handler = Callable[[Request], Response | Awaitable[Response]]
_NEVER_WALLED = ("/static/*", "/favicon.ico")


class SiteApp:
    """The site as one ASGI app.

    Args:
        stage: The running mock's world and switches.

    Attributes:
        programmed: Handlers set by a test, by path glob; they come before everything else.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.programmed: dict[str, Handler] = {}
        self._walls: list[Wall] = []
        self._wall_hits: Counter[int] = Counter()
        reading, media = ReadingPages(stage), MediaPages(stage)
        callback, support = CallbackPages(stage), SupportPages(stage)
        www = [
            *reading.routes(),
            *ReportPages(stage).routes(),
            *OrderPages(stage).routes(),
            *AppealPages(stage).routes(),
            *ProfilePages(stage).routes(),
            *support.routes(),
            *callback.routes(),
            *media.routes(),
        ]
        seller = [
            *SellerPages(stage).routes(),
            *CabinetPages(stage).routes(),
            *support.routes(),
            *callback.routes(),
            *media.routes(),
        ]
        self._routers = {
            "www": Router(www, redirect_slashes=False, default=_NotFound(reading)),
            "seller": Router(seller, redirect_slashes=False),
            "sso": Router([*SsoPages(stage).routes(), *media.routes()], redirect_slashes=False),
            "api": Router(SellerApi(stage).routes(), redirect_slashes=False),
        }

    def forget(self) -> None:
        """Forgets programmed routes and wall counts: part of a reset."""
        self.programmed.clear()
        self.forget_walls()

    def forget_walls(self) -> None:
        """Lets every wall count its requests from the next one on."""
        self._walls.clear()
        self._wall_hits.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        stage = self._stage
        request = Request(scope, receive)
        send = _dated(send, stage)
        stage.world.filings.moderation = stage.switches.moderator
        stage.world.tick()
        await self._delay(request.url.path)
        early = await self._programmed_answer(request) or self._wall(request.url.path)
        if early is not None:
            await early(scope, receive, send)
            return
        router = self._routers[stage.site_of(request)]
        variant = next((one for one in stage.switches.variants if fnmatchcase(request.url.path, one.path)), None)
        if variant is None:
            await router(scope, receive, send)
        else:
            await apply_variant(variant.name, router, (scope, receive, send), stage)

    async def _delay(self, path: str) -> None:
        fitting = [latency for latency in self._stage.switches.latency if fnmatchcase(path, latency.path)]
        if fitting and not path.startswith("/static/"):
            await asyncio.sleep(fitting[-1].draw(self._stage.rng))

    async def _programmed_answer(self, request: Request) -> Response | None:
        handler = next((h for path, h in self.programmed.items() if fnmatchcase(request.url.path, path)), None)
        if handler is None:
            return None
        answer = handler(request)
        return await answer if inspect.isawaitable(answer) else answer

    def _wall(self, path: str) -> Response | None:
        if any(fnmatchcase(path, pattern) for pattern in _NEVER_WALLED):
            return None
        if self._stage.switches.walls != self._walls:
            self._walls = list(self._stage.switches.walls)
            self._wall_hits.clear()
        for place, wall in enumerate(self._walls):
            if fnmatchcase(path, wall.path) and self._is_up(place, wall):
                return stop_response(wall.kind, is_api=path.startswith("/api/"), wall=wall)
        return None

    def _is_up(self, place: int, wall: Wall) -> bool:
        self._wall_hits[place] += 1
        over = self._wall_hits[place] - wall.after
        return over > 0 and (wall.times is None or over <= wall.times)


def _dated(send: Send, stage: Stage) -> Send:
    """Returns every answer the site's own clock, which need not be the reader's."""

    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"date", stage.date_header())]
        await send(message)

    return pass_on


class _NotFound:
    """The site's own page for an unknown path of www."""

    def __init__(self, reading: ReadingPages) -> None:
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        is_api = request.url.path.startswith("/api/") and request.url.path not in ENTRYPOINTS
        answer = PlainTextResponse("Not Found", 404) if is_api else self._reading.gone(request)
        await answer(scope, receive, send)

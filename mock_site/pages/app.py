"""Puts the pages together: one ASGI app that looks at the host, the walls and the programmed routes first."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter
from collections.abc import Awaitable, Callable
from fnmatch import fnmatchcase

from starlette.requests import Request
from starlette.responses import Response

from mock_site.host import Message, Receive, Scope, Send
from mock_site.pages.stage import Stage
from mock_site.pages.stops import stop_response
from mock_site.switches import Wall
from mock_site.variants import apply_variant

Handler = Callable[[Request], Response | Awaitable[Response]]
_NEVER_WALLED = ("/static/*", "/favicon.ico")


class SiteApp:
    """The site as one ASGI app.

    Args:
        stage: The running mock's world, switches and skin.

    Attributes:
        programmed: Handlers set by a test, by path glob; they come before everything else.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.programmed: dict[str, Handler] = {}
        self._walls: list[Wall] = []
        self._wall_hits: Counter[int] = Counter()
        self._routers = stage.skin.routers(stage)

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
        stage.world.chats.script = stage.switches.chat
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
                words = self._stage.skin.stops
                return stop_response(wall.kind, is_api=path.startswith("/api/"), wall=wall, words=words)
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

"""Static files and pictures. Pictures are painted from their id, so nothing is stored and nothing is fetched."""

from __future__ import annotations

import asyncio
import hashlib
import io
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_site.pages.rendering import PageStyle
from mock_site.pages.stage import Stage
from mock_site.switches import Layout
from mock_site.wire import WireFault

_FOREVER = {"cache-control": "public, max-age=31536000"}
_SCRIPTS = ("site", "filing", "cabinet", "messenger", "buyer_chat", "worker")
_LAYOUTS: dict[str, Layout] = {"a": "A", "b": "B", "c": "C"}
_HOLD_STEP = 0.05  # seconds between two looks at the switch
_NO_CACHE = {"cache-control": "no-cache"}


class MediaPages:
    """Scripts, styles, pictures."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Served on every host of the site."""
        return [
            Route("/static/{name}.js", self.script),
            Route("/{name}.js", self.script),
            Route("/static/layout-{layout}-{deploy:int}.css", self.style),
            Route("/static/font.woff2", self.font),
            Route("/photos/{name}.jpeg", self.photo),
            Route("/favicon.ico", self.favicon),
        ]

    async def script(self, request: Request) -> Response:
        """The scripts of all pages, and the service worker."""
        name: str = request.path_params["name"]
        if name == "metrics" and self._stage.switches.script_hold:
            raise WireFault("hang")
        if name not in _SCRIPTS:
            return Response(status_code=404)
        text = self._stage.rename(self._stage.renderer.script(name))
        return Response(text, headers=_NO_CACHE, media_type="text/javascript")

    async def style(self, request: Request) -> Response:
        """A layout's stylesheet."""
        layout = _LAYOUTS.get(request.path_params["layout"], "A")
        text = self._stage.rename(self._stage.renderer.stylesheet(PageStyle(layout, request.path_params["deploy"])))
        return Response(text, headers=_NO_CACHE, media_type="text/css")

    async def font(self, _: Request) -> Response:
        """A font that does not come while held, and does not exist otherwise."""
        if self._stage.switches.font_hold:
            raise WireFault("hang")
        return Response(status_code=404)

    async def photo(self, request: Request) -> Response:
        """A picture of a review or a product."""
        while self._stage.switches.photo_hold:
            await asyncio.sleep(_HOLD_STEP)
        name: str = request.path_params["name"]
        return Response(paint(name), headers=_FOREVER, media_type="image/jpeg")

    async def favicon(self, _: Request) -> Response:
        """No icon."""
        return Response(status_code=204, headers=_FOREVER)


@lru_cache(maxsize=512)
def paint(name: str) -> bytes:
    """Paints a still life from a name: a table, a thing on it, light from one side."""
    # Late, because most worlds are started without anybody looking at a picture.
    from PIL import Image, ImageDraw  # noqa: PLC0415

    seed = hashlib.sha256(name.encode()).digest()
    wall = (200 + seed[0] % 50, 200 + seed[1] % 50, 205 + seed[2] % 50)
    table = (120 + seed[3] % 60, 85 + seed[4] % 50, 60 + seed[5] % 40)
    thing = (seed[6], seed[7], seed[8])
    image = Image.new("RGB", (360, 480), wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 330, 360, 480), fill=table)
    left, top = 70 + seed[9] % 60, 120 + seed[10] % 80
    box = (left, top, left + 150 + seed[11] % 40, 380)
    draw.ellipse((box[0] - 10, 360, box[2] + 30, 400), fill=tuple(part * 2 // 3 for part in table))
    if seed[12] % 2:
        draw.rounded_rectangle(box, radius=30, fill=thing)
    else:
        draw.ellipse(box, fill=thing)
    draw.line((box[0] + 25, box[1] + 60, box[0] + 25, 340), fill=tuple(min(255, part + 60) for part in thing), width=9)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()

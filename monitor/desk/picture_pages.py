"""Pictures of the evidence, made anew from their pixels. What was captured is never served as a page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.desk.calls import Calls
from monitor.desk.routing import run
from monitor.use_cases.pictures import THUMB, WHOLE, PictureMissing

_WIDTHS = {"small": THUMB, "whole": WHOLE}


class PicturePages:
    """Pictures by the id of their artifact.

    Args:
        calls: The use cases.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def routes(self) -> list[Route]:
        """The addresses of pictures."""
        return [Route("/picture/{size}/{artifact}", self.show), Route("/picture/{size}/form/{appeal}", self.form)]

    async def form(self, request: Request) -> Response:
        """The newest picture of an appeal's filled form; another look makes another one, so it is not kept."""
        width = _WIDTHS.get(request.path_params["size"])
        if width is None:
            return PlainTextResponse("Такого снимка нет.", 404)
        try:
            data = await run(self._calls.form_picture, request.path_params["appeal"], width=width)
        except PictureMissing:
            return PlainTextResponse("Форму ещё не заполняли, или снимок прочитать нельзя.", 404)
        return Response(data, media_type="image/jpeg")

    async def show(self, request: Request) -> Response:
        """One picture; what it is named by never changes, so a browser may keep it for this session."""
        width = _WIDTHS.get(request.path_params["size"])
        if width is None:
            return PlainTextResponse("Такого снимка нет.", 404)
        try:
            data = await run(self._calls.picture, request.path_params["artifact"], width=width)
        except PictureMissing:
            return PlainTextResponse("Этот снимок прочитать нельзя. Проверьте доказательства.", 404)
        return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=900"})

"""The door of the desk: who may ask at all, before any page is looked for.

Why each check stands (own runs in Chromium, 2026-11): a rebound name sends its own name as Host and no Sec-Fetch
header at all; a page of another port of 127.0.0.1 sends the SameSite=Strict cookie along, with ``same-site``; a GET
carries no Origin. So the host is compared first, what does not say ``same-origin`` is refused, and a cookie alone
changes nothing: each change carries a token of its form besides.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": a form of our own would then be sent with the origin "null", and no script need not be there.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
MOST_BYTES = 64 * 1024
"""Of a form without files."""
MOST_BYTES_WITH_FILES = 24 * 1024 * 1024
SLOWEST_BODY = 15.0  # seconds until the last byte of what is sent
_SAFE = frozenset({"GET", "HEAD"})
_OURS: frozenset[str | None] = frozenset({"same-origin"})
_BY_HAND: frozenset[str | None] = frozenset({"none"})
_SHOWN_AS = frozenset({"document", "empty", "image", "script", "style"})
"""What a page of the desk may be fetched as: never a frame, an object or a worker."""


@dataclass(frozen=True)
class Limits:
    """How many requests are answered: so many at once, and so many a second after that."""

    burst: int = 400
    a_second: float = 80.0


STRANGERS = Limits(burst=60, a_second=10.0)


@dataclass
class _Bucket:
    limits: Limits
    left: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.at = float(self.limits.burst), time.monotonic()

    def takes(self) -> bool:
        now = time.monotonic()
        self.left = min(self.limits.burst, self.left + (now - self.at) * self.limits.a_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Guard:
    """Refuses what no page of the desk asks for, bounds what is sent, and puts the same headers on every answer.

    Args:
        app: The pages.
        port: The one port the desk listens on.
        known: Whether a request comes from somebody who entered; strangers have a small share of their own, so that
            they cannot use up the others'.
        limits, strangers: How much each of the two may ask.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        port: int,
        known: KnownVisitor,
        limits: Limits = Limits(),
        strangers: Limits = STRANGERS,
    ) -> None:
        self._app, self._known = app, known
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost", "[::1]")}
        self._own = f"{HOST}:{port}"
        self._buckets = {True: _Bucket(limits), False: _Bucket(strangers)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the desk speaks no WebSocket
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        sending = _with_headers(send)
        refusal = self._refuse(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, sending)
            return
        limit = MOST_BYTES_WITH_FILES if headers.get("content-type", "").startswith("multipart/") else MOST_BYTES
        try:
            body = await asyncio.wait_for(_read(receive, limit), SLOWEST_BODY)
        except (TimeoutError, _TooLarge):
            answer = PlainTextResponse("Прислано слишком много или слишком медленно.", 413)
            await answer(scope, receive, sending)
            return
        await self._app(scope, _replay(body, receive), sending)

    def _refuse(self, scope: Scope, headers: Headers) -> Response | None:
        hosts = headers.getlist("host")
        if not is_own_name(hosts, self._hosts):
            return PlainTextResponse("Этот адрес не принадлежит столу.", 421)
        is_ours = is_asked_by_a_page_of_ours(scope["method"], headers, own=f"http://{self._own}")
        # What another page sends along with our cookie is a stranger's.
        if not self._buckets[is_ours and self._known(Request(scope))].takes():
            return PlainTextResponse("Слишком много запросов. Подождите.", 429, headers={"Retry-After": "2"})
        if scope["method"] not in {*_SAFE, "POST"}:
            return PlainTextResponse("Так стол не спрашивают.", 405)
        if hosts[0].lower() != self._own and scope["method"] in _SAFE:
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            return RedirectResponse(f"http://{self._own}{scope['path']}{query}", 307)
        if not is_ours:
            return PlainTextResponse("Стол отвечает только своим страницам. Откройте ссылку из терминала.", 403)
        return None


class KnownVisitor:
    """Says whether a request comes from somebody who entered."""

    def __call__(self, request: Request) -> bool:
        """Looks at the cookie."""
        raise NotImplementedError


def is_own_name(given: Sequence[str], own: Container[str]) -> bool:
    """Whether a request names this desk and nothing else as its host; what is rebound names itself.

    Args:
        given: The Host headers.
        own: Names and ports of the desk.
    """
    return len(given) == 1 and given[0].lower() in own


def is_asked_by_a_page_of_ours(method: str, headers: Headers, *, own: str) -> bool:
    """Whether the browser vouches that a page of this origin, or the person themself, asks.

    Args:
        method: The request's method.
        headers: Its headers; one that is missing vouches for nothing.
        own: The desk's origin.
    """
    if not is_shown_as_a_page(headers):
        return False
    if method in _SAFE:
        return is_of_this_origin(headers, _BY_HAND | _OURS)
    return is_of_this_origin(headers, _OURS) and has_own_origin(headers, own)


def is_shown_as_a_page(headers: Headers) -> bool:
    """Whether what is asked for becomes a page or a part of one, never the content of a frame."""
    return headers.get("sec-fetch-dest") in _SHOWN_AS


def is_of_this_origin(headers: Headers, wanted: Container[str | None]) -> bool:
    """Whether the browser says of what asks that it stands in the right relation to the desk."""
    return headers.get("sec-fetch-site") in wanted


def has_own_origin(headers: Headers, own: str) -> bool:
    """Whether a change is asked for by a page of exactly this origin, port and all."""
    return headers.getlist("origin") == [own]


class _TooLarge(Exception):
    """More bytes than a form may have."""


async def _read(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _TooLarge  # it left in the middle: nothing of it is taken
        body += message.get("body", b"")
        if len(body) > limit:
            raise _TooLarge
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            known = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [
                *message["headers"],
                *(
                    (name.lower().encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.lower().encode() not in known
                ),
            ]
        await send(message)

    return sending

"""Records what the browser loaded. A body that could not be read is a finding, not a gap.

What must not enter the archive (cookies, tokens) is taken out where the archive is written: ``evidence_store.warc``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from evidence_store.warc import Exchange

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Request, Response

BODILESS = frozenset({204, 205, 304})
LARGEST_BODY_BYTES = 50_000_000


class TrafficRecorder:
    """Notes every request of a context, pop-ups and frames included. Bodies are fetched once, in ``finish``.

    Request bodies are not kept: a form may hold personal data, and a capture only reads.
    """

    def __init__(self, context: BrowserContext, now: Callable[[], datetime]) -> None:
        self._now = now
        self._started: list[tuple[Request, datetime]] = []
        self._ended: set[Request] = set()
        context.on("request", self._note)
        context.on("requestfinished", self._note_end)
        context.on("requestfailed", self._note_end)

    def finish(self, may_go_on: Callable[[], bool]) -> tuple[Exchange, ...]:
        """Reads the bodies and returns all exchanges in the order in which they left.

        Args:
            may_go_on: Asked before each body; when it says no, the rest is recorded without bodies, as problems.
        """
        return tuple(self._exchange(request, at, is_in_time=may_go_on()) for request, at in self._started)

    def _exchange(self, request: Request, at: datetime, *, is_in_time: bool) -> Exchange:
        # Asking for the answer of a request that still runs would wait for it without end.
        if request not in self._ended:
            return _unanswered(request, at, "still running when the capture ended")
        if not is_in_time:
            return _unanswered(request, at, "not read: the capture's time was over")
        return _exchange(request, at)

    def _note(self, request: Request) -> None:
        if request.url.startswith(("http://", "https://")):
            self._started.append((request, self._now()))

    def _note_end(self, request: Request) -> None:
        self._ended.add(request)


def _exchange(request: Request, at: datetime) -> Exchange:
    if request.failure is not None:
        return _unanswered(request, at, request.failure)
    try:
        response = request.response()
        if response is None:
            return _unanswered(request, at, "no answer")
        headers = tuple((header["name"], header["value"]) for header in response.headers_array())
        body, problem = _read_body(response)
        return Exchange(
            url=request.url,
            method=request.method,
            request_headers=tuple(request.headers.items()),
            status=response.status,
            response_headers=headers,
            body=body,
            body_error=problem,
            started_at=at,
            remote_ip=_remote_ip(response),
            resource_type=request.resource_type,
        )
    except Error as error:
        return _unanswered(request, at, _first_line(error))


def _read_body(response: Response) -> tuple[bytes | None, str]:
    if response.status in BODILESS or 300 <= response.status < 400:
        return None, ""
    try:
        body = response.body()
    except Error as error:
        return None, _first_line(error)
    if len(body) > LARGEST_BODY_BYTES:
        return None, f"not kept: {len(body)} bytes"
    return body, ""


def _remote_ip(response: Response) -> str | None:
    address = response.server_addr()
    return address["ipAddress"].strip("[]") if address else None


def _unanswered(request: Request, at: datetime, problem: str) -> Exchange:
    return Exchange(
        url=request.url,
        method=request.method,
        request_headers=tuple(request.headers.items()),
        status=None,
        response_headers=(),
        body=None,
        body_error=problem,
        started_at=at,
        resource_type=request.resource_type,
    )


def _first_line(error: Error) -> str:
    return next(iter(str(error).strip().splitlines()), "unknown")

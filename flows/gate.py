"""The allow-once gate in front of the one request that sends an appeal.

Closed by default. ``arm`` lets exactly one matching request pass, and only after ``on_release`` has returned: the
caller commits RELEASED there, so that no request leaves without a durable mark. Everything else that matches is
aborted and counted. It cannot see a re-send that the browser's network stack makes by itself after a lost answer
(measured; see docs/adr), hence reconciliation; a site's catalog can have the driver's client send it instead.

Patterns are globs: a predicate or a regular expression would make every request of the page take a round trip.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from flows.pinned import find_unseen_part

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Request, Response, Route

    from flows.pinned import PinnedTransport

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class GateState(StrEnum):
    """Where the gate stands. RELEASED and REFUSED are final: a gate is armed once in its life."""

    CLOSED = "closed"
    ARMED = "armed"
    RELEASED = "released"
    REFUSED = "refused"


Transport = Literal["browser", "pinned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitRequest:
    """The request that waits at the gate; its body is given as a digest only, for it may carry personal data."""

    method: str
    url: str
    body_sha256: str
    body_bytes: int
    transport: Transport


class GateMisused(RuntimeError):
    """The gate was armed twice or before it was attached: a bug of the caller, never of the site."""


class SubmitGate:
    """Lets one submit request pass, after it was put on record.

    Attributes:
        state: Where the gate stands.
        released: How many matching requests it let go (0 or 1).
        blocked: How many matching requests it stopped.
        status_code: HTTP status of the answer to the released request, once seen.
        failure: What the network said when the released request failed ("" when it did not).
    """

    def __init__(self, globs: Sequence[str], *, pinned: PinnedTransport | None = None) -> None:
        """Takes the URL globs of the submit requests, as the catalog of the channel states them.

        Args:
            globs: The patterns.
            pinned: Sends the released request in place of the browser.
        """
        if not globs:
            raise GateMisused("a gate without a pattern guards nothing")
        self.globs = tuple(globs)
        self._pinned = pinned
        self.state = GateState.CLOSED
        self.released = 0
        self.blocked = 0
        self.status_code: int | None = None
        self.failure = ""
        self._on_release: Callable[[SubmitRequest], None] | None = None
        self._request: Request | None = None
        self._record = _Record()
        self._context: BrowserContext | None = None

    def attach(self, context: BrowserContext) -> None:
        """Guards all pages of the context. Its service workers must be blocked: requests of theirs are not seen."""
        for glob in self.globs:
            context.route(glob, self._handle)
        context.on("response", self._note_response)
        context.on("requestfailed", self._note_failure)
        self._context = context

    def arm(self, on_release: Callable[[SubmitRequest], None]) -> None:
        """Opens the gate for one request.

        Args:
            on_release: Called with the request before it may leave. When it raises, the request is aborted, the gate
                is closed for good, and ``raise_refusal`` raises the exception where the caller can meet it: one that
                leaves a route handler surfaces in whatever browser call happens to come next.
        """
        if self._context is None:
            raise GateMisused("arm() before attach()")
        if self.state is not GateState.CLOSED:
            raise GateMisused(f"arm() on a gate that is {self.state}")
        self._on_release = on_release
        self.state = GateState.ARMED

    def raise_refusal(self) -> None:
        """Raises what ``on_release`` raised, if it did: the request was stopped then, nothing was sent."""
        if self._record.error is not None:
            raise self._record.error

    def disarm(self) -> None:
        """Closes an armed gate for good; a request that comes later is stopped. Does nothing once it was released."""
        if self.state is GateState.ARMED:
            self.state = GateState.REFUSED

    def _handle(self, route: Route) -> None:
        if route.request.method in SAFE_METHODS:
            route.fallback()
            return
        if self.state is not GateState.ARMED or self._on_release is None:
            self._block(route)
            return
        if self._pinned is not None and (unseen := find_unseen_part(route.request)):
            self.state = GateState.REFUSED
            self.failure = f"not sent: the pinned transport cannot see {unseen}"
            self._block(route)
            return
        # Taken before the callback runs: a second request that arrives meanwhile must find the gate shut.
        self.state = GateState.REFUSED
        with self._record:
            self._on_release(_describe(route.request, "pinned" if self._pinned else "browser"))
        if self._record.error is not None:
            self._block(route)
            return
        self.state = GateState.RELEASED
        self.released += 1
        self._request = route.request
        if self._pinned is None or self._context is None:
            route.continue_()
            return
        answer = self._pinned.send(route, self._context)
        self.status_code = answer.status
        self.failure = answer.failure

    def _block(self, route: Route) -> None:
        self.blocked += 1
        route.abort("blockedbyclient")

    def _note_response(self, response: Response) -> None:
        if self._request is not None and response.request == self._request:
            self.status_code = response.status

    def _note_failure(self, request: Request) -> None:
        if self._request is not None and request == self._request:
            self.failure = self.failure or request.failure or "failed"
            self.status_code = None  # an answer that was cut off says nothing, whatever its first line was


class _Record:
    """Holds on to whatever the caller's record raised, without judging it."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        self.error = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return error is not None


def _describe(request: Request, transport: Transport) -> SubmitRequest:
    body = request.post_data_buffer or b""
    return SubmitRequest(
        method=request.method,
        url=request.url,
        body_sha256=hashlib.sha256(body).hexdigest(),
        body_bytes=len(body),
        transport=transport,
    )

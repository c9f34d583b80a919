"""The allow-once gate round everything that a filing's browser sends.

Closed by default: what can change something (any method but GET, HEAD and OPTIONS, and the reads that the catalog calls
acting) is stopped and counted, whoever makes it and wherever it goes. ``arm`` lets exactly one matching request pass,
and only after ``on_release`` has returned: the caller commits RELEASED there, so that no request leaves without a
durable mark. What the page needs to work passes where somebody said so. The gate cannot see a re-send that the
browser's network stack makes by itself after a lost answer (measured; see docs/adr), hence reconciliation; a site's
catalog can have the driver's client send it instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from flows.catalog.origins import origin_of
from flows.errors import FormMismatch
from flows.globs import pattern_of
from flows.interception import Interception, PausedRequest, ReleasedAnswer, Ruling
from flows.pinned import find_unseen_part

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Request, Response, Route

    from flows.pinned import PinnedTransport

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOO_MANY = 429  # RFC 6585 §4
_STOPPED_BY_US = "ERR_BLOCKED_BY_CLIENT"
_KEPT = 50
"""So many stopped requests are kept by name: a page that tries for ever must not fill the memory."""


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


@dataclass(frozen=True, slots=True)
class NeededRequest:
    """A request that can change something and that the page needs to work; ``glob`` is a whole address."""

    method: str
    glob: str


@dataclass(frozen=True, kw_only=True)
class GateRules:
    """What the gate knows of a site's requests.

    Attributes:
        globs: Addresses of the request that files; ``*`` stands for anything but a slash, ``**`` for anything.
        method: Its method.
        acting: Addresses whose GET changes something.
        needed: What passes without being released.
        origins: The site's own, whose 429 counts.
    """

    globs: tuple[str, ...]
    method: str = "POST"
    acting: tuple[str, ...] = ()
    needed: tuple[NeededRequest, ...] = ()
    origins: frozenset[str] = frozenset()

    def is_changing(self, method: str, url: str) -> bool:
        """Whether a request can change something."""
        is_submit = self.method in SAFE_METHODS and method == self.method and _fits(url, self.globs)
        return method not in SAFE_METHODS or is_submit or _fits(url, self.acting)

    def is_submit(self, method: str, url: str) -> bool:
        """Whether a request is the one that files."""
        return method == self.method and _fits(url, self.globs)

    def is_needed(self, method: str, url: str) -> bool:
        """Whether the page needs it; never true of the address that files."""
        fitting = (one for one in self.needed if one.method == method)
        return not _fits(url, self.globs) and any(_fits(url, (one.glob,)) for one in fitting)


class GateMisused(RuntimeError):
    """The gate was armed twice or before it was attached: a bug of the caller, never of the site."""


class SubmitGate:
    """Lets one submit request pass, after it was put on record.

    Attributes:
        state: Where the gate stands.
        released: How many matching requests it let go (0 or 1).
        blocked: How many requests it stopped.
        stopped: The first of them, method and address without its query.
        passed: What the page needed and got, likewise.
        answer: The answer to the released request, once seen whole.
        limit: An answer 429 of the site to whatever else the form's page asked; None where there was none.
        must_name: What the released request must hold in its address or body; "": nothing.
    """

    def __init__(self, rules: GateRules, *, pinned: PinnedTransport | None = None) -> None:
        """Takes what is known of the site's requests.

        Args:
            rules: The rules.
            pinned: Sends the released request in place of the browser.
        """
        if not rules.globs:
            raise GateMisused("a gate that releases nothing needs no gate")
        self.rules = rules
        self._pinned = pinned
        self.state = GateState.CLOSED
        self.released = 0
        self.blocked = 0
        self.stopped: list[str] = []
        self.passed: list[str] = []
        self.answer = ReleasedAnswer()
        self.limit: ReleasedAnswer | None = None
        self.must_name = ""
        self._on_release: Callable[[SubmitRequest], None] | None = None
        self._record = _Record()
        self._context: BrowserContext | None = None
        self._interception: Interception | None = None

    @property
    def status_code(self) -> int | None:
        """HTTP status of the whole answer to the released request, once seen."""
        return self.answer.status

    @property
    def failure(self) -> str:
        """What the network said when the released request failed ("" when it did not)."""
        return self.answer.failure

    def attach(self, context: BrowserContext) -> None:
        """Guards all that the context's browser sends. The context has no page yet.

        Raises:
            GateMisused: the context has no browser of its own that could be asked.
        """
        if context.browser is None:
            raise GateMisused("attach() to a context without a browser")
        self._context = context
        for glob in self.rules.globs if self._pinned else ():
            context.route(glob, self._pin)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_limit)
        self._interception = Interception(context.browser, self._rule, self._note_answer)
        self._interception.start(context)

    def arm(self, on_release: Callable[[SubmitRequest], None]) -> None:
        """Opens the gate for one request.

        Args:
            on_release: Called with the request before it may leave. When it raises, the request is aborted, the gate
                is closed for good, and ``raise_refusal`` raises the exception where the caller can meet it: one that
                leaves a handler of the browser's events surfaces in whatever browser call happens to come next.
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

    def cut(self) -> None:
        """Fails every further request of the browser, reads included."""
        self.disarm()
        if self._interception is not None:
            self._interception.cut()

    def kill_browser(self) -> None:
        """Kills the browser: nothing that its pages would do when they end is done."""
        if self._interception is not None:
            self._interception.kill_browser()

    def detach(self) -> None:
        """Lets go of a browser that lives on; its context is closed by now."""
        if self._interception is not None:
            self._interception.end()

    def _rule(self, request: PausedRequest) -> Ruling:
        if not self.rules.is_changing(request.method, request.url):
            return "pass"
        if self._pinned is None and self.rules.is_submit(request.method, request.url):
            if self._release(request, "browser"):
                return "release"
        elif self.rules.is_needed(request.method, request.url):
            _keep(self.passed, request)
            return "pass"
        self.blocked += 1
        _keep(self.stopped, request)
        return "stop"

    def _release(self, request: PausedRequest, transport: Transport) -> bool:
        if self.state is not GateState.ARMED or self._on_release is None:
            return False
        # Taken before the callback runs: a second request that arrives meanwhile must find the gate shut.
        self.state = GateState.REFUSED
        with self._record:
            _require_named(request, self.must_name)
            self._on_release(_describe(request, transport))
        if self._record.error is not None:
            return False
        self.state = GateState.RELEASED
        self.released += 1
        return True

    def _pin(self, route: Route) -> None:
        """Takes the released request out of the browser's hands; all others go on, to be ruled on below the page."""
        waiting, context = route.request, self._context
        request = PausedRequest(method=waiting.method, url=waiting.url, body=waiting.post_data_buffer or b"")
        is_submit = self.rules.is_submit(request.method, request.url)
        if self._pinned is None or context is None or not is_submit or self.state is not GateState.ARMED:
            route.fallback()
            return
        if unseen := find_unseen_part(waiting):
            self.state = GateState.REFUSED
            self.answer = ReleasedAnswer(failure=f"not sent: the pinned transport cannot see {unseen}")
            route.fallback()
            return
        if not self._release(request, "pinned"):
            route.fallback()
            return
        answer = self._pinned.send(route, context)
        self.answer = ReleasedAnswer(
            status=answer.status, failure=answer.failure, body=answer.body, retry_after=answer.retry_after
        )

    def _note_answer(self, answer: ReleasedAnswer) -> None:
        if not self.answer.failure:
            self.answer = answer

    def _note_limit(self, response: Response) -> None:
        if response.status == _TOO_MANY and origin_of(response.url) in self.rules.origins:
            self.limit = ReleasedAnswer(status=_TOO_MANY, retry_after=response.headers.get("retry-after"))

    def _note_failure(self, request: Request) -> None:
        """Hears of an answer that broke off: one that was cut off says nothing, whatever its first line was."""
        reason = request.failure or "failed"
        is_released = self.released and self.rules.is_submit(request.method, request.url)
        if is_released and _STOPPED_BY_US not in reason:
            self.answer = ReleasedAnswer(failure=self.answer.failure or reason)


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


def _require_named(request: PausedRequest, name: str) -> None:
    if name and name not in request.url and name.encode() not in request.body:
        raise FormMismatch(
            "the request that the page made is for something else than what was read",
            where="gate",
            hint="nothing was sent; look at the page by hand",
        )


def _fits(url: str, globs: Sequence[str]) -> bool:
    return any(pattern_of(glob).fullmatch(url.partition("#")[0]) for glob in globs)


def _keep(names: list[str], request: PausedRequest) -> None:
    name = f"{request.method} {request.url.partition('?')[0]}"
    if name not in names and len(names) < _KEPT:
        names.append(name)


def _describe(request: PausedRequest, transport: Transport) -> SubmitRequest:
    return SubmitRequest(
        method=request.method,
        url=request.url,
        body_sha256=hashlib.sha256(request.body).hexdigest(),
        body_bytes=len(request.body),
        transport=transport,
    )

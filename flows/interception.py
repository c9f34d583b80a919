"""Stops every request of one browser below its pages, by a session of the browser itself.

Playwright's routes stand on pages: they see neither a shared worker nor what a page sends while it is torn down, for
the session that would stop it is gone by then (measured; docs/adr/0030). The browser's own session sees both, and
frames, popups, workers of each kind, beacons, prerendering, reports and redirects as well. It sees neither sockets nor
what the browser reads ahead, so both are taken away (``flows.unseen_ways``).
"""

from __future__ import annotations

import base64
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from playwright.sync_api import Error

from flows.unseen_ways import IN_DOCUMENTS, POLICY, in_front_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession

Ruling = Literal["pass", "stop", "release"]
_READ_AHEAD = "speculation-rules"
"""A header that names rules to read ahead."""
_OF_THE_OLD_BODY = frozenset({"content-length", "content-encoding", "transfer-encoding"})
_LATE_ROUND_TRIPS = 3
"""Questions to the browser after a context was closed: what its pages sent last is met before the answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedRequest:
    """A request that waits. Of a file that a page reads from the disk the body has nothing."""

    method: str
    url: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAnswer:
    """The answer to the released request, before its page sees it.

    Attributes:
        status: HTTP status; None where no answer came, or only a part.
        failure: What went wrong then.
        body: The body as far as it came; empty for a redirect.
        retry_after: The header of that name.
    """

    status: int | None = None
    failure: str = ""
    body: bytes = b""
    retry_after: str | None = None


class Interception:
    """Asks about each request of a browser. One browser has one at a time.

    Args:
        browser: The browser; whatever else runs in it is asked about as well.
        rule: Says what becomes of a request; a released one's answer is told to ``on_answer``.
        on_answer: Called once with the answer to the released request.
    """

    def __init__(
        self, browser: Browser, rule: Callable[[PausedRequest], Ruling], on_answer: Callable[[ReleasedAnswer], None]
    ) -> None:
        self._rule, self._on_answer = rule, on_answer
        self._released = ""
        self._is_cut = False
        self._session: CDPSession = browser.new_browser_cdp_session()

    def start(self, context: BrowserContext) -> None:
        """Begins; ``context`` has no page yet, or its sockets would stay."""
        self._session.on("Fetch.requestPaused", self._handle)
        self._session.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})
        context.add_init_script(IN_DOCUMENTS)

    def cut(self) -> None:
        """From now on every request fails, whatever it is."""
        self._is_cut = True

    def end(self) -> None:
        """Lets go of a browser that lives on, once what the closed pages sent last has failed."""
        with suppress(Error):
            for _ in range(_LATE_ROUND_TRIPS):
                self._session.send("Browser.getVersion")
            self._session.detach()

    def kill_browser(self) -> None:
        """Kills all processes of the browser, the one with the connections first, so that no page says good-bye."""
        try:
            told = self._session.send("SystemInfo.getProcessInfo")
        except Error:
            return  # it is dead already
        processes = [(str(one["type"]), int(one["id"])) for one in told["processInfo"]]
        main = [number for kind, number in processes if kind == "browser"]
        if sys.platform != "win32":
            _signal(main, signal.SIGSTOP)  # it would start another process for the network
        _kill([number for kind, number in processes if kind == "utility"])
        _kill(main)
        _kill([number for kind, number in processes if kind not in {"browser", "utility"}])

    def _handle(self, event: dict[str, Any]) -> None:
        with suppress(Error):  # the page took the request back, or the browser is gone
            if "responseStatusCode" in event or "responseErrorReason" in event:
                self._handle_answer(event)
            else:
                self._handle_request(event)

    def _handle_request(self, event: dict[str, Any]) -> None:
        number = event["requestId"]
        ruling = "stop" if self._is_cut else self._rule(_request_of(event["request"]))
        if ruling == "stop":
            self._session.send("Fetch.failRequest", {"requestId": number, "errorReason": "BlockedByClient"})
            return
        if ruling == "release":
            self._released = number
        # A worker's script has no type of its own.
        wants_answer = ruling == "release" or event.get("resourceType") in {"Document", "Other"}
        self._session.send("Fetch.continueRequest", {"requestId": number, "interceptResponse": wants_answer})

    def _handle_answer(self, event: dict[str, Any]) -> None:
        number = event["requestId"]
        if number == self._released:
            self._on_answer(self._read_answer(event))
            self._session.send("Fetch.continueRequest", {"requestId": number})
        elif "responseErrorReason" in event:
            self._session.send("Fetch.continueRequest", {"requestId": number})
        else:
            self._change_answer(event)

    def _change_answer(self, event: dict[str, Any]) -> None:
        """Takes away what would make the browser read ahead, and what a worker could send unseen."""
        told = _headers(event)
        kept = [header for header in told if header["name"].lower() != _READ_AHEAD]
        answer = {"requestId": event["requestId"], "responseCode": event["responseStatusCode"]}
        if event.get("resourceType") == "Other" and 200 <= event["responseStatusCode"] < 300:
            told_type = next((one["value"] for one in kept if one["name"].lower() == "content-type"), "")
            kept.append({"name": "Content-Security-Policy", "value": POLICY})
            if "javascript" in told_type or "ecmascript" in told_type:
                script = in_front_of(self._read_body(event))
                kept = [header for header in kept if header["name"].lower() not in _OF_THE_OLD_BODY]
                body = base64.b64encode(script).decode()
                self._session.send("Fetch.fulfillRequest", {**answer, "responseHeaders": kept, "body": body})
                return
        if kept == told:
            self._session.send("Fetch.continueRequest", {"requestId": event["requestId"]})
            return
        self._session.send("Fetch.continueResponse", {**answer, "responseHeaders": kept})

    def _read_body(self, event: dict[str, Any]) -> bytes:
        body = self._session.send("Fetch.getResponseBody", {"requestId": event["requestId"]})
        told = str(body["body"])
        return base64.b64decode(told) if body["base64Encoded"] else told.encode()

    def _read_answer(self, event: dict[str, Any]) -> ReleasedAnswer:
        """Reads the body before the page gets it. That it is whole is not told here: the page's request fails then."""
        if "responseErrorReason" in event:
            return ReleasedAnswer(failure=str(event["responseErrorReason"]))
        status = int(event["responseStatusCode"])
        later = next((one["value"] for one in _headers(event) if one["name"].lower() == "retry-after"), None)
        if 300 <= status < 400:
            return ReleasedAnswer(status=status, retry_after=later)
        try:
            return ReleasedAnswer(status=status, body=self._read_body(event), retry_after=later)
        except Error as error:
            return ReleasedAnswer(failure=next(iter(str(error).splitlines()), "the answer could not be read"))


def _request_of(told: dict[str, Any]) -> PausedRequest:
    parts = [base64.b64decode(entry["bytes"]) for entry in told.get("postDataEntries", ()) if "bytes" in entry]
    body = b"".join(parts) if parts else str(told.get("postData", "")).encode()
    return PausedRequest(method=str(told["method"]), url=str(told["url"]), body=body)


def _headers(event: dict[str, Any]) -> list[dict[str, str]]:
    return list(event.get("responseHeaders", ()))


def _kill(numbers: list[int]) -> None:
    if sys.platform == "win32":
        _signal(numbers, signal.SIGTERM)
    else:
        _signal(numbers, signal.SIGKILL)


def _signal(numbers: list[int], what: signal.Signals) -> None:
    for number in numbers:
        with suppress(OSError):
            if number > 1:
                os.kill(number, what)

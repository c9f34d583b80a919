"""Stops every request of one browser below its pages, by a session of the browser itself.

Playwright's routes stand on pages: they see neither a shared worker nor what a page sends while it is torn down, for
the session that would stop it is gone by then (measured; docs/adr/0030). The browser's own session sees both, and
frames, popups, workers of each kind, beacons, prerendering, reports and redirects as well. It sees neither sockets nor
what the browser reads ahead, so both are taken away: a policy of the document's own reaches frames and the workers that
are made of a string, a worker that comes as a file gets the policy with its answer, and rules to read ahead go.
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

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession

Ruling = Literal["pass", "stop", "release"]
_NO_SOCKETS = "connect-src http: https: data: blob: filesystem:"
# A <meta> works as soon as it is in the head, and goes on working when it is taken out again.
_TAKE_UNSEEN_AWAY = f"""
(() => {{
  for (const name of ["WebTransport", "WebSocketStream", "RTCPeerConnection", "webkitRTCPeerConnection"])
    delete globalThis[name];
  const forbid = () => {{
    if (!document.head) return false;
    const policy = document.createElement("meta");
    policy.httpEquiv = "Content-Security-Policy";
    policy.content = "{_NO_SOCKETS}";
    document.head.prepend(policy);
    policy.remove();
    return true;
  }};
  if (!forbid())
    new MutationObserver((_, watch) => {{ if (forbid()) watch.disconnect(); }})
      .observe(document, {{childList: true, subtree: true}});
  const isReadingAhead = node => node.nodeName === "SCRIPT" && node.type === "speculationrules";
  new MutationObserver(changes => {{
    for (const change of changes) for (const node of change.addedNodes) if (isReadingAhead(node)) node.remove();
  }}).observe(document, {{childList: true, subtree: true}});
}})()"""
_READ_AHEAD = "speculation-rules"
"""A header that names rules to read ahead."""
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
        context.add_init_script(_TAKE_UNSEEN_AWAY)

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
            self._change_headers(event)

    def _change_headers(self, event: dict[str, Any]) -> None:
        """Takes away what would make the browser read ahead, and a worker's sockets."""
        told = _headers(event)
        kept = [header for header in told if header["name"].lower() != _READ_AHEAD]
        if event.get("resourceType") == "Other":
            kept.append({"name": "Content-Security-Policy", "value": _NO_SOCKETS})
        if kept == told:
            self._session.send("Fetch.continueRequest", {"requestId": event["requestId"]})
            return
        answer = {"responseCode": event["responseStatusCode"], "responseHeaders": kept}
        self._session.send("Fetch.continueResponse", {"requestId": event["requestId"], **answer})

    def _read_answer(self, event: dict[str, Any]) -> ReleasedAnswer:
        """Reads the body before the page gets it. That it is whole is not told here: the page's request fails then."""
        if "responseErrorReason" in event:
            return ReleasedAnswer(failure=str(event["responseErrorReason"]))
        status = int(event["responseStatusCode"])
        later = next((one["value"] for one in _headers(event) if one["name"].lower() == "retry-after"), None)
        if 300 <= status < 400:
            return ReleasedAnswer(status=status, retry_after=later)
        try:
            body = self._session.send("Fetch.getResponseBody", {"requestId": event["requestId"]})
        except Error as error:
            return ReleasedAnswer(failure=next(iter(str(error).splitlines()), "the answer could not be read"))
        told = str(body["body"])
        data = base64.b64decode(told) if body["base64Encoded"] else told.encode()
        return ReleasedAnswer(status=status, body=data, retry_after=later)


def _request_of(told: dict[str, Any]) -> PausedRequest:
    parts = [base64.b64decode(entry["bytes"]) for entry in told.get("postDataEntries", ()) if "bytes" in entry]
    body = b"".join(parts) if parts else str(told.get("postData", "")).encode()
    return PausedRequest(method=str(told["method"]), url=str(told["url"]), body=body)


def _headers(event: dict[str, Any]) -> list[dict[str, str]]:
    return list(event.get("responseHeaders", ()))


def _kill(numbers: list[int]) -> None:
    _signal(numbers, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def _signal(numbers: list[int], what: signal.Signals) -> None:
    for number in numbers:
        with suppress(OSError):
            if number > 1:
                os.kill(number, what)

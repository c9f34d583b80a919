"""Sends one request by the driver's own client instead of the browser, and gives the page the answer.

That client opens a connection of its own for it and repeats nothing: no retry, no redirect, no second try after a lost
answer. It is not the browser, and a site can tell; docs/adr/0028 says what it costs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, BrowserContext, Request, Route

    from flows.catalog import Site

_ASKS_TO_SEND_AGAIN = frozenset({307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedAnswer:
    """What became of the request.

    Attributes:
        status: Of an answer that says something about the filing; None where the site said nothing about it.
        failure: Why there is none, or why the page did not get it.
        body: The answer's body.
        retry_after: Its header of that name.
    """

    status: int | None = None
    failure: str = ""
    body: bytes = b""
    retry_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedTransport:
    """The driver's client in place of the browser.

    Attributes:
        answer_seconds: How long to wait for the answer.
    """

    answer_seconds: float

    def send(self, route: Route, context: BrowserContext) -> PinnedAnswer:
        """Sends the waiting request once. Whatever happens, the page gets no second chance to send it."""
        url, headers = _addressed(route.request, context)
        try:
            answer = route.fetch(
                url=url, headers=headers, max_retries=0, max_redirects=0, timeout=self.answer_seconds * 1000
            )
            body = answer.body()
        except Error as error:
            _abort(route)
            return PinnedAnswer(failure=_first_line(error))
        if answer.status in _ASKS_TO_SEND_AGAIN:
            _abort(route)
            return PinnedAnswer(failure=f"the site answered {answer.status}, to send it again to another address")
        later = answer.headers.get("retry-after")
        return PinnedAnswer(status=answer.status, failure=_pass_on(route, answer), body=body, retry_after=later)


def pinned_transport(site: Site, answer_seconds: float) -> PinnedTransport | None:
    """Returns the transport where the site's catalog asks for it; None leaves the request to the browser."""
    return PinnedTransport(answer_seconds=answer_seconds) if site.submit_transport == "pinned" else None


def find_unseen_part(request: Request) -> str:
    """Names what of the request's body the driver cannot see, and so cannot send; "" where it sees everything.

    Chromium shows a file that a page reads from the disk as a part without content, or as no body at all. Files that
    Playwright handed over as bytes are whole.
    """
    body, kind = request.post_data_buffer, request.headers.get("content-type", "")
    if not body:
        return f"its body ({kind})" if kind else ""
    boundary = re.search(r'boundary="?([^";,]+)', kind)
    if boundary is None:
        return ""
    for part in body.split(b"--" + boundary[1].encode("latin-1", "replace")):
        head, _, content = part.partition(b"\r\n\r\n")
        name = re.search(rb'filename="([^"]+)"', head)
        if name is not None and content == b"\r\n":
            return f"the file {name[1].decode(errors='replace')}"
    return ""


def _addressed(request: Request, context: BrowserContext) -> tuple[str, dict[str, str]]:
    """Returns the address to connect to, and the headers: the page's own, with its host and its cookies.

    Browsers take each ``*.localhost`` name for this machine by themselves (RFC 6761); the driver's client asks the
    system, which may know no such name. Only such a name is replaced.
    """
    parts = urlsplit(request.url)
    cookies = "; ".join(f"{one.get('name', '')}={one.get('value', '')}" for one in context.cookies([request.url]))
    headers = {**request.headers, "host": parts.netloc, **({"cookie": cookies} if cookies else {})}
    if not (parts.hostname or "").endswith(".localhost"):
        return request.url, headers
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"127.0.0.1{port}").geturl(), headers


def _pass_on(route: Route, answer: APIResponse) -> str:
    try:
        route.fulfill(response=answer)
    except Error as error:  # the page is gone; the answer is known all the same
        return _first_line(error)
    return ""


def _abort(route: Route) -> None:
    try:
        route.abort("failed")
    except Error:
        return  # the page is gone, and its request with it


def _first_line(error: Error) -> str:
    return next(iter(str(error).splitlines()), "failed")

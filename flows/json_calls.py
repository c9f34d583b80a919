"""One call of an API that takes and gives JSON. No browser: a key must not pass through a page.

The system's proxies and certificates hold. Redirects are not followed: the key is for the address of the catalog only.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

from flows.errors import SiteUnavailable

MOST_BYTES = 16 * 1024 * 1024
_SILENCE_SECONDS = 20.0  # between two pieces of the answer
_LONGEST_SECONDS = 60.0  # for the whole answer
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """What came back, whatever its status."""

    status: int
    body: str
    retry_after: str


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """Follows nothing."""


def post_json(url: str, body: object, headers: Mapping[str, str]) -> JsonAnswer:
    """Sends a body and returns the answer, refusals included.

    Args:
        url: An address of the site's catalog: https, or this machine.
        body: What to send, as JSON.
        headers: Further headers; they may hold a secret.

    Raises:
        flows.errors.SiteUnavailable: no answer in time, or none that is HTTP.
    """
    request = urllib.request.Request(  # noqa: S310 - the catalog allows https, and http on this machine
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", "Accept": "application/json", **headers},
    )
    opener = urllib.request.build_opener(_NoRedirects)
    end = time.monotonic() + _LONGEST_SECONDS
    try:
        try:
            with opener.open(request, timeout=_SILENCE_SECONDS) as answer:
                return JsonAnswer(answer.status, _read(answer, end), answer.headers.get("retry-after", ""))
        except urllib.error.HTTPError as refusal:
            with refusal:
                return JsonAnswer(refusal.code, _read(refusal, end), refusal.headers.get("retry-after", ""))
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Never the error's own text: an invalid header's text holds the header.
        where = urlsplit(url).netloc
        raise SiteUnavailable(f"no answer ({type(error).__name__})", where=where, hint="check the connection") from None


def _read(answer: IO[bytes], end: float) -> str:
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read(_PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if time.monotonic() > end or size > MOST_BYTES:
            raise TimeoutError("the answer took too long")
    return b"".join(pieces).decode("utf-8", "replace")

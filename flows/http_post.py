"""One POST without a browser: bounded in silence, time and size, and to the address it was asked for only.

The system's proxies and certificates hold. Redirects are not followed: what is sent may hold a key, and whoever answers
in the place of the one that the settings name is not the one that was asked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how large an answer may be.

    Attributes:
        silence_seconds: For the connection, and between two pieces of the answer.
        longest_seconds: For the whole answer, so that one byte now and then ends too.
        most_bytes: A larger answer is refused.
    """

    silence_seconds: float
    longest_seconds: float
    most_bytes: int


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back, whatever its status."""

    status: int
    body: bytes
    retry_after: str


def post(url: str, content: bytes, headers: Mapping[str, str], bounds: Bounds) -> HttpAnswer:
    """Sends a body and returns the answer, refusals and redirects included.

    Args:
        url: An http or https address.
        content: The body.
        headers: Further headers; they may hold a secret.
        bounds: How long and how large the answer may be.

    Raises:
        ConnectionError: no answer, none that is HTTP, or a larger one than allowed. The text names the kind of trouble
            and nothing that was sent.
        TimeoutError: no whole answer in time.
    """
    import ssl  # noqa: PLC0415 - most visits call nobody, and httpx takes long to load

    import httpx  # noqa: PLC0415

    end = time.monotonic() + bounds.longest_seconds
    named = {"User-Agent": "fairreview", **headers}
    try:
        with (
            httpx.Client(verify=ssl.create_default_context(), timeout=bounds.silence_seconds) as client,
            client.stream("POST", url, content=content, headers=named) as answer,
        ):
            body = _read(answer, end, bounds.most_bytes)
            return HttpAnswer(answer.status_code, body, answer.headers.get("retry-after", ""))
    except httpx.TimeoutException:
        raise TimeoutError("no whole answer in time") from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ssl.SSLError) as error:
        # Never the error's own text: an invalid header's text holds the header.
        raise ConnectionError(f"no answer ({type(error).__name__})") from None


def _read(answer: httpx.Response, end: float, most_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in answer.iter_bytes(_PIECE_BYTES):
        pieces.append(piece)
        size += len(piece)
        if size > most_bytes:
            raise ConnectionError("the answer is too large")
        if time.monotonic() > end:
            raise TimeoutError("no whole answer in time")
    return b"".join(pieces)

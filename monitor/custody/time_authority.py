"""Asking a time stamping authority over HTTP. It learns a digest; nothing of it is believed unless its seal fits."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from typing import IO

from evidence_store.time_stamps import CONTENT_TYPE, MAX_ANSWER_BYTES

_SILENCE_SECONDS = 10.0  # between two pieces of the answer
_LONGEST_SECONDS = 20.0  # for the whole answer, so that one byte every nine seconds ends too
_PIECE_BYTES = 16 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """An authority answers itself; whoever it would send us to is not the one that the settings name."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follows nothing."""


def post_query(address: str, query: bytes) -> bytes:
    """Sends a query and returns the answer's body.

    Raises:
        OSError: no answer in time, or one that is no success.
    """
    request = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
        address, data=query, headers={"Content-Type": CONTENT_TYPE, "User-Agent": "fairreview"}
    )
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=_SILENCE_SECONDS) as answer:
            return _read(answer, time.monotonic() + _LONGEST_SECONDS)
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"it answered {error.code}") from error
    except (http.client.HTTPException, ValueError) as error:
        raise OSError("it did not answer in HTTP") from error


def _read(answer: IO[bytes], end: float) -> bytes:
    pieces: list[bytes] = []
    while sum(map(len, pieces)) <= MAX_ANSWER_BYTES:
        if time.monotonic() > end:
            raise TimeoutError("the answer took too long")
        piece = answer.read1(_PIECE_BYTES)  # type: ignore[attr-defined]
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces)

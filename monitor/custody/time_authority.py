"""Asking a time stamping authority over HTTP. It learns a digest; nothing of it is believed unless its seal fits."""

from __future__ import annotations

from evidence_store.time_stamps import CONTENT_TYPE, MAX_ANSWER_BYTES
from flows.http_post import Bounds, post

BOUNDS = Bounds(silence_seconds=10.0, longest_seconds=20.0, most_bytes=MAX_ANSWER_BYTES)


def post_query(address: str, query: bytes) -> bytes:
    """Sends a query and returns the answer's body.

    Raises:
        OSError: no answer in time, one that is too large, or one that is no success.
    """
    answer = post(address, query, {"Content-Type": CONTENT_TYPE}, BOUNDS)
    if not 200 <= answer.status < 300:
        raise ConnectionError(f"it answered {answer.status}")
    return answer.body

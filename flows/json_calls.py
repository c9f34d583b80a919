"""One call of an API that takes and gives JSON. No browser: a key must not pass through a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flows.errors import SiteUnavailable
from flows.http_post import Bounds, post

_BOUNDS = Bounds(silence_seconds=20.0, longest_seconds=60.0, most_bytes=16 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """What came back, whatever its status."""

    status: int
    body: str
    retry_after: str


def post_json(url: str, body: object, headers: Mapping[str, str]) -> JsonAnswer:
    """Sends a body and returns the answer, refusals included.

    Args:
        url: An address of the site's catalog: https, or this machine.
        body: What to send, as JSON.
        headers: Further headers; they may hold a secret.

    Raises:
        flows.errors.SiteUnavailable: no answer in time, or none that is HTTP.
    """
    content = json.dumps(body, ensure_ascii=False).encode()
    named = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    try:
        answer = post(url, content, named, _BOUNDS)
    except OSError as error:
        raise SiteUnavailable(str(error), where=urlsplit(url).netloc, hint="check the connection") from None
    return JsonAnswer(answer.status, answer.body.decode("utf-8", "replace"), answer.retry_after)

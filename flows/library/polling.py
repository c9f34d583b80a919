"""The page's part of a poll: one script that fetches many listings and says which of them changed.

It runs in a parked page of the site's own origin, so the site sees its own page asking for its own JSON. What comes
back is one string; a product whose first page is as remembered sends nothing but that word. A long one is handed over
compressed: on its way through browser and driver every letter that is not English takes six bytes, and more for each
wrapping, which cost more than all the reading.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from flows.catalog import Site

FETCH_TIMEOUT_MS = 20_000
MOST_CHARACTERS = 8_000_000
MOST_BYTES = 256_000_000
"""Most that one round trip may unpack to: what packs it runs in a page of the site's."""
_SHORT = 4_000  # characters that are handed over as they are

# Parts of a state that change with every answer or every vote, and say nothing about a review.
_VOLATILE = "tracking|token|timing|usefulness|lmtParams|userSelection|requestID|fullRequestUrl"

_SCRIPT = """
async ({asks, inFlight, prefixes, volatile, timeoutMs, most, short}) => {
  const isVolatile = new RegExp(volatile, 'i');
  const digest = (text) => {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 2654435761); b = Math.imul(b ^ code, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (b >>> 0).toString(16).padStart(8, '0') + (a >>> 0).toString(16).padStart(8, '0');
  };
  const fingerprint = (text) => {
    const states = JSON.parse(text).widgetStates || {};
    const parts = Object.keys(states).sort().filter((id) => prefixes.some((prefix) => id.startsWith(prefix)));
    const stable = (key, value) => isVolatile.test(key) ? undefined : value;
    return parts.length ? digest(parts.map((id) => JSON.stringify(JSON.parse(states[id], stable))).join('|')) : '';
  };
  const one = async (ask) => {
    const headers = {Accept: 'application/json'};
    if (ask.etag) headers['If-None-Match'] = ask.etag;
    const answer = {
      key: ask.key, status: null, etag: '', date: '', retryAfter: '', url: '', fingerprint: '', body: '', failure: '',
    };
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), timeoutMs);
    try {
      const how = {headers, signal: stop.signal, credentials: 'same-origin', cache: 'no-store'};
      const response = await fetch(ask.path, how);
      answer.status = response.status;
      answer.url = response.url;
      answer.etag = response.headers.get('etag') || '';
      answer.date = response.headers.get('date') || '';
      answer.retryAfter = response.headers.get('retry-after') || '';
      if (response.status === 304) return {...answer, fingerprint: ask.fingerprint, isUnchanged: true};
      const text = (await response.text()).slice(0, most);
      if (response.ok && ask.isKept) try { answer.fingerprint = fingerprint(text); } catch { answer.fingerprint = ''; }
      if (answer.fingerprint && answer.fingerprint === ask.fingerprint) return {...answer, isUnchanged: true};
      return {...answer, body: text};
    } catch (error) {
      return {...answer, failure: String(error).slice(0, 200)};
    } finally {
      clearTimeout(timer);
    }
  };
  const answers = new Array(asks.length);
  let next = 0;
  const worker = async () => { while (next < asks.length) { const i = next++; answers[i] = await one(asks[i]); } };
  await Promise.all(Array.from({length: Math.min(inFlight, asks.length)}, worker));
  const told = JSON.stringify(answers);
  if (told.length <= short || typeof CompressionStream !== 'function') return told;
  const packed = await new Response(new Blob([told]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
  const bytes = new Uint8Array(packed), letters = [];
  for (let i = 0; i < bytes.length; i += 8192) letters.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
  return btoa(letters.join(''));
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One page of one listing to fetch: its path, and what is remembered of it ("" asks for the whole answer).

    ``is_kept`` says that the fingerprint of what comes back will be remembered; without it none is made.
    """

    key: str
    path: str
    etag: str = ""
    fingerprint: str = ""
    is_kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. ``date`` is the site's clock; ``body`` is "" when the page is unchanged.

    ``status`` is None when nothing came at all.
    """

    key: str
    status: int | None
    url: str
    etag: str
    fingerprint: str
    date: str
    retry_after: str
    body: str
    failure: str
    is_unchanged: bool


def fetch_listings(
    page: Page, site: Site, asks: Sequence[Ask], *, in_flight: int, catalog: str = "reviews"
) -> list[Answer]:
    """Fetches the asked pages from within a parked page, a few at a time, in one round trip to the browser.

    Args:
        page: A page of the site's own origin.
        site: The site's catalog.
        asks: What to fetch.
        in_flight: Requests at once.
        catalog: Whose states make the fingerprint.
    """
    raw = page.evaluate(
        _SCRIPT,
        {
            "asks": [
                {
                    "key": ask.key,
                    "path": ask.path,
                    "etag": ask.etag,
                    "fingerprint": ask.fingerprint,
                    "isKept": ask.is_kept,
                }
                for ask in asks
            ],
            "inFlight": in_flight,
            "prefixes": list(site.page(catalog).reading.states),
            "volatile": _VOLATILE,
            "timeoutMs": FETCH_TIMEOUT_MS,
            "most": MOST_CHARACTERS,
            "short": _SHORT,
        },
    )
    return [
        Answer(
            key=item["key"],
            status=item["status"],
            url=item["url"],
            etag=item["etag"],
            fingerprint=item["fingerprint"],
            date=item["date"],
            retry_after=item["retryAfter"],
            body=item["body"],
            failure=item["failure"],
            is_unchanged=bool(item.get("isUnchanged")),
        )
        for item in json.loads(unpack(str(raw)))
    ]


def unpack(told: str) -> str | bytes:
    """Returns the JSON that the script handed over, plain or compressed.

    Raises:
        ValueError: it is neither, or unpacks to more than ``MOST_BYTES``.
    """
    if told.startswith("["):
        return told
    opened = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = opened.decompress(base64.b64decode(told, validate=True), MOST_BYTES)
    except zlib.error as error:
        raise ValueError("the page handed over what is not its answers") from error
    if not opened.eof:
        raise ValueError("the page handed over more than it may, or only a part")
    return plain

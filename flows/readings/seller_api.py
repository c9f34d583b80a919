"""Reads the answers of the site's API for sellers: the list of reviews (v2), and refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from flows.catalog.models import Site
from flows.readings.dates import read_uuid7_time
from flows.readings.document import JsonTable, as_table
from flows.readings.models import ReviewReading, TimeReading
from flows.readings.numbers import read_whole
from flows.readings.sources import SellerValue, SourceRow, find_drift
from flows.readings.text import normalise, plain

_MAX_ROWS = 1000
_SKU = re.compile(r"[1-9][0-9]{0,19}")
_DIGIT = re.compile(r"[0-9]")
_MAX_MESSAGE = 300
# The words of the official schema of October 2026; the first three are also those of the list's filter.
_ORDER_STATUSES = {"DELIVERED": "delivered", "CANCELLED": "cancelled"}
_WORK_STATUSES = frozenset({"NEW", "VIEWED", "PROCESSED", "UNPROCESSED"})


@dataclass(frozen=True)
class ApiPage:
    """One page of the list; ``drift`` says what every row lacks: the API has changed then."""

    rows: tuple[SourceRow, ...]
    bad_rows: int
    has_next: bool
    last_id: str
    drift: str = ""

    def is_end(self, asked: str = "") -> bool:
        """Whether this is the last page, and it is whole: ``last_id`` names its last row, as the schema says.

        Args:
            asked: The ``last_id`` it was asked for by.
        """
        last = self.rows[-1].review.review_id if self.rows else asked
        return not self.has_next and not self.bad_rows and self.last_id in {"", last}


def read_review_list(body: str, site: Site) -> ApiPage | None:
    """Reads one page; None when the answer has not the shape of one."""
    table = _table(body)
    listed, has_next, last_id = table.get("reviews"), table.get("has_next"), table.get("last_id")
    if not isinstance(listed, list) or not isinstance(has_next, bool):
        return None
    read = [_row(as_table(item), site) for item in listed[:_MAX_ROWS]]
    rows = tuple(row for row in read if row is not None)
    bad = len(listed) - len(rows)
    drift = find_drift(rows, bad) or _find_lost_word(rows)
    return ApiPage(rows, bad, has_next, last_id if isinstance(last_id, str) else "", drift)


def _find_lost_word(rows: Sequence[SourceRow]) -> str:
    """Says which of the schema's words no row has; one row alone may have a new one."""
    for name in get_args(SellerValue):
        if len(rows) > 1 and all(name in row.unread for row in rows):
            return f"drift: {len(rows)} of {len(rows)} rows do not tell their {name!r}"
    return ""


def read_message(body: str) -> str:
    """Reads what a refusal says, in one line; empty where it says nothing in the API's own shape."""
    message = _table(body).get("message")
    return " ".join(normalise(message).text.split())[:_MAX_MESSAGE] if isinstance(message, str) else ""


def find_wall(body: str, site: Site) -> str | None:
    """Names the kind of wall that stands in place of an answer, or None. A review's text cannot look like one."""
    keys = _table(body).keys()
    is_json = body.lstrip()[:1] in {"{", "["}
    for marker in site.stop:
        is_there = (marker.where == "json_key" and any(sign in keys for sign in marker.any)) or (
            marker.where in {"title", "text"} and not is_json and any(sign in body for sign in marker.any)
        )
        if is_there and marker.kind not in {"maintenance", "gone"}:
            return marker.kind
    return None


def _table(body: str) -> JsonTable:
    try:
        return as_table(json.loads(body))
    except (ValueError, RecursionError):
        return as_table(None)


def _row(row: JsonTable, site: Site) -> SourceRow | None:
    review_id, sku = row.get("id"), _number(row.get("sku"))
    if not isinstance(review_id, str) or not _DIGIT.search(review_id) or not sku:
        return None  # an id without a digit is one of the API's words
    rating = read_whole(row.get("rating"))
    text, shown = row.get("text"), row.get("published_at")
    clean = plain(text if isinstance(text, str) else "")
    published = read_iso_time(shown if isinstance(shown, str) else "")
    known = rating if rating is not None and 1 <= rating <= 5 else None
    status, order, counted = row.get("status"), row.get("order_status"), row.get("is_rating_participant")
    told = {
        "order_status": isinstance(order, str) and order in _ORDER_STATUSES,
        "is_counted": isinstance(counted, bool),
        "work_status": isinstance(status, str) and status in _WORK_STATUSES,
    }
    try:
        review = ReviewReading(
            site=site.name,
            review_id=review_id,
            item_id=sku,
            rating=known,
            rating_raw=str(row.get("rating"))[:20],
            text=clean.text,
            published=published,
            created=read_uuid7_time(review_id),
            source="seller_api",
            flags=clean.flags,
            origins={
                "rating": "api" if known else "unread",
                "text": "api" if isinstance(text, str) else "unread",
                "published": "api" if published.earliest else "unread",
                "item": "api",
            },
        )
    except ValueError:
        return None
    return SourceRow.model_validate(
        {
            "review": review,
            "order_status": _ORDER_STATUSES.get(str(order), "unknown"),
            "is_counted": counted if isinstance(counted, bool) else None,
            "work_status": status[:40] if isinstance(status, str) else "",
            "unread": [name for name, was_told in told.items() if not was_told],
        }
    )


def _number(value: object) -> str:
    """Reads a product's number: the schema has it as a number, elsewhere in the API it is a text."""
    shown = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return shown if _SKU.fullmatch(shown) else ""


def read_iso_time(text: str) -> TimeReading:
    """Reads a moment in ISO 8601 with its zone; what has none is not understood."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return TimeReading(raw=text[:100])
    if moment.tzinfo is None:
        return TimeReading(raw=text[:100])
    return TimeReading(raw=text[:100], earliest=moment, latest=moment, basis="iso_time")

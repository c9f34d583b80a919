"""Reads stored reviews for counting: which day each belongs to, and which do not count in the rating."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.insight.counting import ReviewRow
from monitor.state.read_reviews import StoredReview
from monitor.state.transaction import Transaction


def rows_of(
    tx: Transaction, account_id: str, zone: str, *, sku: str | None = None, since: date | None = None
) -> Iterator[ReviewRow]:
    """Yields an account's reviews for counting, without those that do not count in the rating.

    Reviews that are gone from the page stay in: an appeal that was won takes nothing back of what a buyer met. With
    ``since`` those of two days or more before it are not even read; a caller still looks at the day.
    """
    uncounted = tx.review_stream.uncounted(account_id)
    days = _Days(zone)
    for stored in tx.review_stream.all_of(account_id, sku=sku, since=_safely_before(since)):
        if stored.review_id not in uncounted:
            yield ReviewRow(
                stored.review_id,
                stored.sku,
                stored.item_variant or stored.item_name or stored.item_id,
                stored.rating,
                days.of(stored),
                stored.text,
            )


def day_of(stored: StoredReview, zone: str) -> date | None:
    """The day a review was published; unknown for one that was there before watching began and tells no date."""
    return _Days(zone).of(stored)


def _safely_before(day: date | None) -> datetime | None:
    """A moment that is before the day in every zone."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)


class _Days:
    """Days in a zone; offsets are whole quarters of an hour, so that each quarter is worked out once."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._known: dict[tuple[int, int, int, int, int], date] = {}

    def of(self, stored: StoredReview) -> date | None:
        moment: datetime | None = stored.published_at
        if moment is None:
            if stored.is_baseline:
                return None
            moment = stored.first_seen_at
        key = (moment.year, moment.month, moment.day, moment.hour, moment.minute // 15)
        if (day := self._known.get(key)) is None:
            day = self._known[key] = moment.astimezone(self._zone).date()
        return day

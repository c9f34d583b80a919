"""Reads stored reviews for counting: which day each belongs to, and which do not count in the rating."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.insight.aspects import Lexicon, Told
from monitor.insight.counting import ReviewRow
from monitor.state.read_reviews import StoredReview
from monitor.state.told_aspects import ToldReview
from monitor.state.transaction import Transaction


def rows_of(
    tx: Transaction,
    account_id: str,
    zone: str,
    *,
    sku: str | None = None,
    since: date | None = None,
    by: Lexicon | None = None,
    with_text: bool = True,
) -> Iterator[ReviewRow]:
    """Yields an account's reviews for counting, without those that do not count in the rating.

    Reviews that are gone from the page stay in: an appeal that was won takes nothing back of what a buyer met.

    Args:
        tx: The store.
        account_id: Whose reviews.
        zone: In which days begin and end (IANA name).
        sku: Only of this product.
        since: Reviews of two days or more before it are not even read; a caller still looks at the day.
        by: Where all reviews were read by these words, what they told is taken instead of reading them again.
        with_text: With the texts of those that complain of nothing, too, where they were read before.
    """
    uncounted = tx.review_stream.uncounted(account_id)
    if by is not None and tx.told_aspects.is_whole(account_id, by.digest):
        told = _Told()
        for row in tx.told_aspects.all_of(account_id, sku=sku, since=since, with_text=with_text):
            if row.review_id not in uncounted:
                yield told.row(row)
        return
    days = Days(zone)
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


class _Told:
    """Kept rows as rows for counting; the same words and days come again and again, and are made once."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], Told] = {}
        self._days: dict[str, date | None] = {"": None}

    def row(self, kept: ToldReview) -> ReviewRow:
        key = (kept.complaints, kept.praises)
        if (told := self._told.get(key)) is None:
            told = self._told[key] = Told(frozenset(kept.complaints.split()), frozenset(kept.praises.split()))
        if kept.day not in self._days:
            self._days[kept.day] = date.fromisoformat(kept.day)
        return ReviewRow(kept.review_id, kept.product, kept.variant, kept.rating, self._days[kept.day], kept.text, told)


def day_of(stored: StoredReview, zone: str) -> date | None:
    """The day a review was published; unknown for one that was there before watching began and tells no date."""
    return Days(zone).of(stored)


def _safely_before(day: date | None) -> datetime | None:
    """A moment that is before the day in every zone."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)


class Days:
    """Days in a zone; offsets are whole quarters of an hour, so that each quarter is worked out once."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._known: dict[tuple[int, int, int, int, int], date] = {}

    def of(self, stored: StoredReview) -> date | None:
        """The day of a stored review; unknown for one that was there before watching began and tells no date."""
        return self.of_moments(stored.published_at, stored.first_seen_at, is_baseline=stored.is_baseline)

    def of_moments(self, published_at: datetime | None, first_seen_at: datetime, *, is_baseline: bool) -> date | None:
        """The same from a review's two moments, in UTC."""
        if published_at is None and is_baseline:
            return None
        moment = published_at or first_seen_at
        if moment.tzinfo not in {None, UTC}:
            moment = moment.astimezone(UTC)
        key = (moment.year, moment.month, moment.day, moment.hour, moment.minute // 15)
        if (day := self._known.get(key)) is None:
            in_utc = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            day = self._known[key] = in_utc.astimezone(self._zone).date()
        return day

"""Reads stored reviews for counting: which day each belongs to, and which do not count in the rating."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.insight.aspects import Lexicon, Told
from monitor.insight.counting import Periods, ReviewRow, split
from monitor.state.read_reviews import StoredReview
from monitor.state.told_aspects import ToldReview
from monitor.state.transaction import Transaction

_MOST_WORDED = 3_000
"""Of so many of the newest silent reviews of a period the words are looked at: enough to see a word rise."""


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


def periods_of(
    tx: Transaction,
    account_ids: Iterable[str],
    zone: str,
    lexicon: Lexicon,
    *,
    before: tuple[date, date],
    after: tuple[date, date],
    with_words: bool = False,
) -> Periods:
    """Counts the reviews of two neighbouring periods: where they were read before, as the store adds them up.

    Args:
        tx: The store.
        account_ids: Whose reviews.
        zone: In which days begin and end (IANA name).
        lexicon: The words.
        before: The earlier period, from its first day to before its last.
        after: The later period.
        with_words: With the words of low reviews that complain of nothing.
    """
    found = Periods()
    for account_id in account_ids:
        if not tx.told_aspects.is_whole(account_id, lexicon.digest):
            split(rows_of(tx, account_id, zone, since=before[0]), lexicon, before, after, found=found)
            continue
        uncounted = {one.review_id: one for one in tx.told_aspects.uncounted(account_id)}
        for is_after, (first, until) in ((False, before), (True, after)):
            for one in tx.told_aspects.counts(account_id, first, until):
                found.add(one.product, one.stars, one.complaints.split(), one.number, is_after=is_after)
            for telling in uncounted.values():
                if first.isoformat() <= telling.day < until.isoformat():
                    found.add(telling.product, telling.stars, telling.complaints.split(), -1, is_after=is_after)
            if with_words:
                texts = tx.told_aspects.silent_texts(account_id, first, until, limit=_MOST_WORDED)
                for text in (text for review_id, text in texts if review_id not in uncounted):
                    found.add_words(lexicon.unknown_words(text), is_after=is_after)
    found.forget_nothing()
    return found


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

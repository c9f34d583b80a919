"""What reviews were found to tell, kept so that only new and edited ones are read again. Rows only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, DateTime, Table, case, delete, func, literal, select, type_coerce

from monitor.state.repository import Repository
from monitor.state.tables import review_sightings, review_versions, reviews, told_aspects, untold_reviews

_AT_ONCE = 5_000
_LOW = 3
_VARIANTS = (reviews.c.item_variant, reviews.c.item_name, reviews.c.item_id)
"""How a review's variant may be called, the best first."""


class Telling(NamedTuple):
    """What one review tells, with what it is grouped by.

    Attributes:
        version: The review's version that was read.
        product: On whose page it stands.
        variant: Its variant as the site calls it; empty where it calls none.
        day: ISO, in the seller's zone; empty where it is not known.
        complaints, praises: Codes parted by spaces.
    """

    review_id: str
    version: int
    product: str
    variant: str
    stars: int | None
    day: str
    complaints: str
    praises: str


class UntoldReview(NamedTuple):
    """A review that is to be read.

    Attributes:
        published_at, first_seen_at: In UTC, with or without saying so.
        kept: What was kept of the version that was read last; None where it never was read.
        is_summed: Whether that stands in the sums.
    """

    review_id: str
    version: int
    product: str
    variant: str
    rating: int | None
    published_at: datetime | None
    first_seen_at: datetime
    is_baseline: bool
    text: str
    kept: Telling | None
    is_summed: bool


class ToldReview(NamedTuple):
    """A review with what it tells; codes are parted by spaces, ``day`` is ISO and empty where it is not known."""

    review_id: str
    product: str
    variant: str
    rating: int | None
    day: str
    complaints: str
    praises: str
    text: str


class ToldCount(NamedTuple):
    """So many reviews of a product and of so many stars that complain of the same; codes are parted by spaces."""

    product: str
    stars: int | None
    complaints: str
    number: int


_KEPT = (
    told_aspects.c.review_id,
    told_aspects.c.version,
    told_aspects.c.product,
    told_aspects.c.variant,
    told_aspects.c.stars,
    told_aspects.c.day,
    told_aspects.c.complaints,
    told_aspects.c.praises,
)


class ToldAspects(Repository):
    """Rows of what reviews tell, and which are still to be read."""

    def is_whole(self, account_id: str, lexicon: str) -> bool:
        """Whether every review was read, and by these words."""
        waiting = select(untold_reviews.c.review_id).where(untold_reviews.c.account_id == account_id).limit(1)
        return self._connection.execute(waiting).first() is None and self._is_by(account_id, lexicon)

    def make_due(self, account_id: str, lexicon: str) -> None:
        """Marks every review as to be read where some were read by other words."""
        if self._is_by(account_id, lexicon):
            return
        mine = select(literal(account_id), told_aspects.c.review_id).where(
            told_aspects.c.account_id == account_id, told_aspects.c.lexicon != lexicon
        )
        statement = self._insert(untold_reviews).from_select(["account_id", "review_id"], mine)
        self._connection.execute(statement.on_conflict_do_nothing())

    def due(self, account_id: str, *, limit: int) -> list[UntoldReview]:
        """Returns reviews that are to be read, in the order of their ids."""
        variant = func.coalesce(*(func.nullif(one, "") for one in _VARIANTS), "")
        columns = (
            reviews.c.review_id,
            reviews.c.version,
            reviews.c.sku,
            variant,
            reviews.c.rating,
            # As the driver gives them: where SQLite keeps no zone it is UTC, and a million need not be told so.
            type_coerce(reviews.c.published_earliest, DateTime()),
            type_coerce(reviews.c.first_seen_at, DateTime()),
            reviews.c.is_baseline,
            review_versions.c.text,
        )
        statement = (
            select(*columns, told_aspects.c.lexicon, *_KEPT)
            .select_from(untold_reviews)
            .join(reviews, _same(untold_reviews, reviews))
            .join(review_versions, _newest())
            .outerjoin(told_aspects, _same(untold_reviews, told_aspects))
            .where(untold_reviews.c.account_id == account_id)
            .order_by(untold_reviews.c.review_id)
            .limit(limit)
        )
        found, first = [], len(columns)
        for row in self._connection.execute(statement):
            lexicon = row[first]
            kept = None if lexicon is None else Telling._make(row[first + 1 :])
            found.append(UntoldReview._make((*row[:first], kept, bool(lexicon))))
        return found

    def put(self, account_id: str, lexicon: str, tellings: Sequence[Telling]) -> None:
        """Keeps what reviews tell; they stay due until ``done_until``."""
        self._put_rows(told_aspects, [(account_id, lexicon, *one) for one in tellings])

    def done_until(self, account_id: str, review_id: str) -> None:
        """Notes that the reviews which are due, up to this one in their order, were read."""
        mine = (untold_reviews.c.account_id == account_id) & (untold_reviews.c.review_id <= review_id)
        self._connection.execute(delete(untold_reviews).where(mine))

    def all_of(
        self, account_id: str, *, sku: str | None = None, since: date | None = None, with_text: bool = False
    ) -> Iterator[ToldReview]:
        """Yields every review that was read, with ``since`` only those of a known day from that one on.

        Args:
            account_id: The account.
            sku: Only of this product.
            since: The first day.
            with_text: With the texts of those of at most three stars that complain of nothing; of others all is kept.
        """
        columns = [getattr(told_aspects.c, name) for name in ToldReview._fields if name in told_aspects.c]
        columns.insert(ToldReview._fields.index("rating"), told_aspects.c.stars)
        text = select(review_versions.c.text).join(reviews, _newest()).where(_same(told_aspects, reviews))
        columns.append(
            case(((told_aspects.c.complaints == "") & (told_aspects.c.stars <= _LOW), text.scalar_subquery()), else_="")
            if with_text
            else literal("")
        )
        statement = select(*columns).where(told_aspects.c.account_id == account_id)
        if sku is not None:
            statement = statement.where(told_aspects.c.product == sku)
        if since is not None:
            statement = statement.where(told_aspects.c.day >= since.isoformat())
        for row in self._connection.execute(statement.execution_options(yield_per=_AT_ONCE)):
            yield ToldReview._make(row)

    def counts(self, account_id: str, first: date, until: date) -> Iterator[ToldCount]:
        """Yields how many reviews of some days tell the same.

        Args:
            account_id: The account.
            first: The first day.
            until: The day after the last one.
        """
        alike = (told_aspects.c.product, told_aspects.c.stars, told_aspects.c.complaints)
        statement = select(*alike, func.count()).where(*_between(account_id, first, until)).group_by(*alike)
        for row in self._connection.execute(statement):
            yield ToldCount._make(row)

    def silent_texts(self, account_id: str, first: date, until: date, *, limit: int) -> Iterator[tuple[str, str]]:
        """Yields id and text of reviews of some days with at most three stars that complain of nothing, newest first.

        Args:
            account_id: The account.
            first: The first day.
            until: The day after the last one.
            limit: How many.
        """
        statement = (
            select(told_aspects.c.review_id, review_versions.c.text)
            .join(reviews, _same(told_aspects, reviews))
            .join(review_versions, _newest())
            .where(*_between(account_id, first, until), told_aspects.c.complaints == "", told_aspects.c.stars <= _LOW)
            .order_by(told_aspects.c.day.desc(), told_aspects.c.review_id.desc())
            .limit(limit)
        )
        for row in self._connection.execute(statement.execution_options(yield_per=_AT_ONCE)):
            yield row.review_id, row.text

    def uncounted(self, account_id: str) -> list[Telling]:
        """Returns what those reviews tell that a seller's list says do not count in the rating."""
        mine = (review_sightings.c.account_id == account_id) & review_sightings.c.is_counted.is_(False)
        ids = select(review_sightings.c.review_id).where(mine)
        statement = select(*_KEPT).where(told_aspects.c.account_id == account_id, told_aspects.c.review_id.in_(ids))
        return [Telling._make(row) for row in self._connection.execute(statement)]

    def newest_of(
        self, account_id: str, aspect: str, *, limit: int, **group: str | int | tuple[str, str] | None
    ) -> list[Telling]:
        """Returns what the newest reviews of a group tell that complain of an aspect.

        Args:
            account_id: The account.
            aspect: The complaint.
            limit: How many.
            group: ``product``, ``variant`` or ``stars`` and its value, or ``day`` with the first and the last one.
        """
        ((name, value),) = group.items()
        column = told_aspects.c[name]
        is_in = column.between(*value) if isinstance(value, tuple) else column.is_not_distinct_from(value)
        spoken = (literal(" ") + told_aspects.c.complaints + " ").contains(f" {aspect} ", autoescape=True)
        statement = (
            select(*_KEPT)
            .where(told_aspects.c.account_id == account_id, is_in, spoken)
            .order_by(told_aspects.c.day.desc(), told_aspects.c.review_id.desc())
            .limit(limit)
        )
        return [Telling._make(row) for row in self._connection.execute(statement)]

    def first_day(self, account_id: str) -> date | None:
        """Returns the day of the oldest review that was read and whose day is known."""
        mine = (told_aspects.c.account_id == account_id) & (told_aspects.c.day > "")
        found = self._connection.execute(select(func.min(told_aspects.c.day)).where(mine)).scalar_one()
        return date.fromisoformat(found) if found else None

    def _is_by(self, account_id: str, lexicon: str) -> bool:
        ends = select(func.min(told_aspects.c.lexicon), func.max(told_aspects.c.lexicon))
        found = self._connection.execute(ends.where(told_aspects.c.account_id == account_id)).one()
        return set(found) <= {lexicon, None}


def mark_untold(repository: Repository, account_id: str, review_ids: Collection[str]) -> None:
    """Marks reviews as to be read, in the transaction that stores or changes them."""
    statement = repository._insert(untold_reviews).on_conflict_do_nothing()  # noqa: SLF001 - of the same room
    rows = [{"account_id": account_id, "review_id": review_id} for review_id in review_ids]
    repository._connection.execute(statement, rows)  # noqa: SLF001


def _same(one: Table, other: Table) -> ColumnElement[bool]:
    return (one.c.account_id == other.c.account_id) & (one.c.review_id == other.c.review_id)


def _newest() -> ColumnElement[bool]:
    return (
        (review_versions.c.account_id == reviews.c.account_id)
        & (review_versions.c.review_id == reviews.c.review_id)
        & (review_versions.c.version == reviews.c.version)
    )


def _between(account_id: str, first: date, until: date) -> tuple[ColumnElement[bool], ...]:
    day = told_aspects.c.day
    return told_aspects.c.account_id == account_id, day >= first.isoformat(), day < until.isoformat()

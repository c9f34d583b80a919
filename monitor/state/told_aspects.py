"""What reviews were found to tell, kept so that only new and edited ones are read again. Rows only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Table, delete, func, literal, select

from monitor.state.repository import Repository
from monitor.state.tables import review_versions, reviews, told_aspects, untold_reviews

_AT_ONCE = 5_000


class UntoldReview(NamedTuple):
    """A review that is to be read.

    Attributes:
        kept: The version that was read last; None where it never was.
        complaints, praises: What was found in that one; None where it never was read.
    """

    review_id: str
    version: int
    rating: int | None
    published_at: datetime | None
    first_seen_at: datetime
    is_baseline: bool
    text: str
    kept: int | None
    complaints: str | None
    praises: str | None


class ToldReview(NamedTuple):
    """A review with what it tells; codes are parted by spaces, ``day`` is ISO and empty where it is not known."""

    review_id: str
    product: str
    item_id: str
    item_name: str
    variant: str
    rating: int | None
    day: str
    complaints: str
    praises: str
    text: str


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
        """Returns reviews that are to be read."""
        statement = (
            select(
                reviews.c.review_id,
                reviews.c.version,
                reviews.c.rating,
                reviews.c.published_earliest,
                reviews.c.first_seen_at,
                reviews.c.is_baseline,
                review_versions.c.text,
                told_aspects.c.version,
                told_aspects.c.complaints,
                told_aspects.c.praises,
            )
            .select_from(untold_reviews)
            .join(reviews, _same(untold_reviews, reviews))
            .join(review_versions, _newest())
            .outerjoin(told_aspects, _same(untold_reviews, told_aspects))
            .where(untold_reviews.c.account_id == account_id)
            .order_by(untold_reviews.c.review_id)
            .limit(limit)
        )
        return [UntoldReview._make(row) for row in self._connection.execute(statement)]

    def put(self, account_id: str, lexicon: str, rows: Sequence[tuple[UntoldReview, str, str, str]]) -> None:
        """Keeps what reviews tell: each with its day, complaints and praises; they are not due any more."""
        insert = self._insert(told_aspects)
        new = ("version", "lexicon", "day", "complaints", "praises")
        statement = insert.on_conflict_do_update(
            index_elements=["account_id", "review_id"], set_={name: insert.excluded[name] for name in new}
        )
        values = [
            {
                "account_id": account_id,
                "review_id": row.review_id,
                "version": row.version,
                "lexicon": lexicon,
                "day": day,
                "complaints": complaints,
                "praises": praises,
            }
            for row, day, complaints, praises in rows
        ]
        self._connection.execute(statement, values)
        mine = untold_reviews.c.account_id == account_id
        done = untold_reviews.c.review_id.in_([row.review_id for row, *_ in rows])
        self._connection.execute(delete(untold_reviews).where(mine, done))

    def all_of(
        self, account_id: str, *, sku: str | None = None, since: date | None = None, with_text: bool = False
    ) -> Iterator[ToldReview]:
        """Yields every review that was read, with ``since`` only those of a known day from that one on."""
        columns = (
            reviews.c.review_id,
            reviews.c.sku,
            reviews.c.item_id,
            reviews.c.item_name,
            reviews.c.item_variant,
            reviews.c.rating,
            told_aspects.c.day,
            told_aspects.c.complaints,
            told_aspects.c.praises,
            review_versions.c.text if with_text else literal(""),
        )
        statement = select(*columns).select_from(told_aspects).join(reviews, _same(told_aspects, reviews))
        if with_text:
            statement = statement.join(review_versions, _newest())
        statement = statement.where(told_aspects.c.account_id == account_id)
        if sku is not None:
            statement = statement.where(reviews.c.sku == sku)
        if since is not None:
            statement = statement.where(told_aspects.c.day >= since.isoformat())
        for row in self._connection.execute(statement.execution_options(yield_per=_AT_ONCE)):
            yield ToldReview._make(row)

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

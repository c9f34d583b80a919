"""Other sources of reviews: what each showed, how far it was read, and where two of them differ. Rows only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, literal_column, or_, select

from monitor.closed_lists.states import Presence
from monitor.state.repository import Repository
from monitor.state.reviews import ReviewRecord
from monitor.state.tables import review_sightings, reviews, source_reads

_CHUNK = 400
_IS_UNLISTED = reviews.c.presence == literal_column("'unlisted'")
"""Written out: a store takes the index of few rows only for a condition that it can see to be the index's own."""


@dataclass(frozen=True)
class SourceSighting:
    """A review as one source showed it last.

    ``digest`` is of what that source shows; ``remarks`` are its remarks in words for people, one a line.
    """

    account_id: str
    review_id: str
    source: str
    sku: str
    item_id: str
    digest: str
    published_at: datetime | None
    order_status: str
    is_counted: bool | None
    has_text: bool
    first_seen_at: datetime
    last_seen_at: datetime
    remarks: str = ""


@dataclass(frozen=True)
class SourceState:
    """How one source of an account stands.

    Attributes:
        good_at: When the last reading began that showed all it was asked for.
        reached_to: Everything published after it was among the rows of that reading; None: nothing is proven.
        held_until: The source asked to be left alone until then.
        problem: What was wrong with the last reading; empty: nothing.
        row_count: Rows of the last good reading.
        foreign_count: Those of them that belong to no watched product.
    """

    account_id: str
    source: str
    tried_at: datetime
    good_at: datetime | None
    reached_to: datetime | None
    held_until: datetime | None
    problem: str
    hint: str
    row_count: int
    foreign_count: int


class Sources(Repository):
    """Sightings and readings of other sources."""

    def state(self, account_id: str, source: str) -> SourceState | None:
        """Returns how a source stands; None: it was never asked."""
        mine = (source_reads.c.account_id == account_id) & (source_reads.c.source == source)
        return self._first(SourceState, select(source_reads).where(mine))

    def note_good(
        self, account_id: str, source: str, *, at: datetime, reached_to: datetime | None, rows: int, foreign: int
    ) -> None:
        """Stores a reading that showed all it was asked for."""
        self._put(
            account_id,
            source,
            good_at=at,
            reached_to=reached_to,
            held_until=None,
            problem="",
            hint="",
            row_count=rows,
            foreign_count=foreign,
        )

    def note_bad(
        self, account_id: str, source: str, *, problem: str, hint: str = "", held_until: datetime | None = None
    ) -> None:
        """Stores a reading that failed or was partial; what earlier ones proved stays."""
        self._put(account_id, source, problem=problem, hint=hint, held_until=held_until)

    def sightings(self, account_id: str, source: str, review_ids: Collection[str]) -> dict[str, SourceSighting]:
        """Returns what a source showed of these reviews, by id."""
        ids, found = sorted(review_ids), []
        for start in range(0, len(ids), _CHUNK):
            chunk = review_sightings.c.review_id.in_(ids[start : start + _CHUNK])
            found += self._all(SourceSighting, _of(account_id).where(review_sightings.c.source == source, chunk))
        return {one.review_id: one for one in found}

    def of_review(self, account_id: str, review_id: str) -> list[SourceSighting]:
        """Returns what each source showed of a review."""
        statement = _of(account_id).where(review_sightings.c.review_id == review_id)
        return self._all(SourceSighting, statement.order_by(review_sightings.c.source))

    def has_shown(self, account_id: str, source: str, item_id: str) -> bool:
        """Whether a source has shown any review of a variant."""
        this = (review_sightings.c.source == source) & (review_sightings.c.item_id == item_id)
        return self._connection.execute(_of(account_id).where(this).limit(1)).first() is not None

    def shows_item(self, account_id: str, item_id: str) -> bool:
        """Whether any of the seller's own lists has shown a review of an item."""
        return (
            self._connection.execute(_of(account_id).where(review_sightings.c.item_id == item_id).limit(1)).first()
            is not None
        )

    def put(self, sightings: Iterable[SourceSighting]) -> None:
        """Stores sightings; of a known one all but its first moment is replaced."""
        rows = [asdict(one) for one in sightings]
        if not rows:
            return
        insert = self._insert(review_sightings)
        kept = {"account_id", "review_id", "source", "first_seen_at"}
        values = {name: insert.excluded[name] for name in rows[0] if name not in kept}
        statement = insert.on_conflict_do_update(index_elements=["account_id", "review_id", "source"], set_=values)
        self._connection.execute(statement, rows)

    def unlisted(self, account_id: str, *, since: datetime) -> list[SourceSighting]:
        """Returns sightings, first made at or after a moment, of news that the public page never showed."""
        news = select(reviews.c.review_id).where(
            reviews.c.account_id == account_id, _IS_UNLISTED, reviews.c.is_baseline.is_(False)
        )
        ids = [str(review_id) for review_id in self._connection.execute(news).scalars()]
        found: list[SourceSighting] = []
        for start in range(0, len(ids), _CHUNK):
            chunk = review_sightings.c.review_id.in_(ids[start : start + _CHUNK])
            found += self._all(SourceSighting, _of(account_id).where(chunk, review_sightings.c.first_seen_at >= since))
        return sorted(found, key=lambda one: (one.first_seen_at, one.review_id, one.source))

    def without_sighting(self, account_id: str, source: str, *, since: datetime, until: datetime) -> list[ReviewRecord]:
        """Returns reviews on the public page, first seen in a stretch of time, that a source never showed.

        Only of variants that the source has shown something of: of others nobody knows that it should list them.
        """
        shown = review_sightings.alias("shown")
        is_shown = exists().where(_is_same_review(), review_sightings.c.source == source)
        is_covered = exists().where(
            and_(shown.c.account_id == account_id, shown.c.source == source, shown.c.item_id == reviews.c.item_id)
        )
        statement = select(reviews).where(
            reviews.c.account_id == account_id,
            reviews.c.presence == Presence.PRESENT,
            reviews.c.is_baseline.is_(False),
            reviews.c.first_seen_at >= since,
            reviews.c.first_seen_at <= until,
            or_(reviews.c.published_earliest.is_(None), reviews.c.published_earliest >= since),
            ~is_shown,
            is_covered,
        )
        return self._all(ReviewRecord, statement.order_by(reviews.c.first_seen_at))

    def _put(self, account_id: str, source: str, **values: object) -> None:
        values["tried_at"] = self._now()
        statement = self._insert(source_reads).values(account_id=account_id, source=source, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["account_id", "source"], set_=values))


def _of(account_id: str) -> Select[tuple[object, ...]]:
    return select(review_sightings).where(review_sightings.c.account_id == account_id)


def _is_same_review() -> ColumnElement[bool]:
    return and_(
        review_sightings.c.account_id == reviews.c.account_id, review_sightings.c.review_id == reviews.c.review_id
    )

"""Visits, and what each poll read and proved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, desc, func, select, update

from flows.readings.models import Coverage, ListingRead
from monitor.state.repository import Repository, member
from monitor.state.tables import polls, products, visits
from monitor.state.text import JsonValue
from monitor.visit_protocol import VisitKind


@dataclass(frozen=True)
class VisitRecord:
    """One visit. ``outcome`` is None while it runs, or when nobody saw its end yet."""

    id: str
    account_id: str
    kind: VisitKind
    owner: str
    fence: int | None
    started_at: datetime
    deadline_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    detail: str
    facts: JsonValue

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", member(VisitKind, self.kind))


@dataclass(frozen=True)
class PollRecord:
    """One poll of one product: what was read, what was proven, what came of it."""

    id: int
    account_id: str
    sku: str
    listing: str
    visit_id: str | None
    health: str
    way: str
    started_at: datetime
    finished_at: datetime
    pages_read: int
    rows_seen: int
    site_total: int | None
    first_review_id: str | None
    last_review_id: str | None
    stop: str
    cut: str
    reviews_shown: int | None
    orders: str
    is_complete: bool
    is_unchanged: bool
    is_baseline: bool
    problems: JsonValue
    new_count: int
    edited_count: int
    gone_count: int


class Visits(Repository):
    """Begins and ends visits."""

    def begin(
        self,
        visit_id: str,
        account_id: str,
        *,
        kind: VisitKind,
        owner: str,
        fence: int | None = None,
        deadline_at: datetime | None = None,
    ) -> None:
        """Stores that a visit starts now."""
        self._connection.execute(
            visits.insert().values(
                id=visit_id,
                account_id=account_id,
                kind=kind,
                owner=owner,
                fence=fence,
                started_at=self._now(),
                deadline_at=deadline_at,
            )
        )

    def finish(
        self, visit_id: str, outcome: str, *, detail: str = "", facts: Mapping[str, JsonValue] | None = None
    ) -> bool:
        """Stores how a visit ended; the first end counts. Returns False when it had ended before."""
        statement = update(visits).where(visits.c.id == visit_id, visits.c.finished_at.is_(None))
        values = {"finished_at": self._now(), "outcome": outcome, "detail": detail, "facts": dict(facts or {})}
        return self._changed(statement.values(**values)) > 0

    def get(self, visit_id: str) -> VisitRecord | None:
        """Returns one visit."""
        return self._first(VisitRecord, select(visits).where(visits.c.id == visit_id))

    def of_fence(self, account_id: str, fence: int) -> VisitRecord | None:
        """Returns the visit that was made under a fence."""
        statement = select(visits).where(visits.c.account_id == account_id, visits.c.fence == fence)
        return self._first(VisitRecord, statement.order_by(visits.c.started_at).limit(1))

    def unfinished(self, account_id: str | None = None) -> list[VisitRecord]:
        """Returns visits without an end: running ones, or those whose process died."""
        statement = select(visits).where(visits.c.finished_at.is_(None))
        if account_id is not None:
            statement = statement.where(visits.c.account_id == account_id)
        return self._all(VisitRecord, statement.order_by(visits.c.started_at))

    def latest(self, account_id: str, *, limit: int = 20) -> list[VisitRecord]:
        """Returns the account's newest visits."""
        statement = select(visits).where(visits.c.account_id == account_id)
        return self._all(VisitRecord, statement.order_by(desc(visits.c.started_at)).limit(limit))


class Polls(Repository):
    """Stores the coverage of polls."""

    def add(self, account_id: str, read: ListingRead, *, visit_id: str | None, is_baseline: bool, listing: str) -> int:
        """Stores one poll and returns its number; the counts follow by ``count``."""
        coverage: Coverage = read.coverage
        statement = polls.insert().values(
            account_id=account_id,
            sku=coverage.sku,
            listing=listing,
            visit_id=visit_id,
            health=read.health.value,
            way=coverage.way,
            started_at=coverage.started_at,
            finished_at=coverage.finished_at,
            pages_read=coverage.pages_read,
            rows_seen=coverage.rows_seen,
            site_total=coverage.site_total,
            first_review_id=coverage.first_review_id,
            last_review_id=coverage.last_review_id,
            stop=coverage.stop,
            cut=coverage.cut,
            reviews_shown=None if read.is_unchanged else len(read.reviews),
            orders=",".join(coverage.orders),
            is_complete=coverage.is_complete,
            is_unchanged=read.is_unchanged,
            is_baseline=is_baseline,
            problems=list(coverage.problems),
        )
        key = self._connection.execute(statement).inserted_primary_key
        assert key is not None  # noqa: S101 - a single insert has one
        return int(key[0])

    def count(self, poll_id: int, *, new: int, edited: int, gone: int) -> None:
        """Stores what detection made of the poll."""
        statement = update(polls).where(polls.c.id == poll_id)
        self._connection.execute(statement.values(new_count=new, edited_count=edited, gone_count=gone))

    def latest(self, account_id: str, sku: str | None = None, *, limit: int = 20) -> list[PollRecord]:
        """Returns the newest polls of an account or of one product."""
        statement = select(polls).where(polls.c.account_id == account_id)
        if sku is not None:
            statement = statement.where(polls.c.sku == sku)
        return self._all(PollRecord, statement.order_by(desc(polls.c.finished_at), desc(polls.c.id)).limit(limit))

    def first_and_last(self, account_id: str) -> tuple[datetime | None, datetime | None]:
        """Returns when the first and the newest reading of an account ended that showed anything."""
        bounds = select(func.min(polls.c.finished_at), func.max(polls.c.finished_at)).where(_showed(account_id))
        first, last = self._connection.execute(bounds).one()
        return first, last

    def ends_between(self, account_id: str, since: datetime, until: datetime) -> list[datetime]:
        """Returns when the visits that showed anything of an account ended their reading, of a time, in no order."""
        of_time = (polls.c.finished_at >= since) & (polls.c.finished_at < until)
        statement = select(func.max(polls.c.finished_at)).where(_showed(account_id), of_time)
        return list(self._connection.scalars(statement.group_by(polls.c.visit_id)))

    def last_whole(self, account_id: str, sku: str) -> datetime | None:
        """Returns when the product's listing was last read from its first row to its last, and proven whole."""
        listing = select(products.c.listing).where(products.c.account_id == account_id, products.c.sku == sku)
        mine = (polls.c.account_id == account_id) & (polls.c.listing == listing.scalar_subquery())
        is_whole = polls.c.is_complete.is_(True) & (polls.c.stop == "all")
        statement = select(polls.c.started_at).where(mine & is_whole).order_by(desc(polls.c.finished_at)).limit(1)
        found: datetime | None = self._connection.execute(statement).scalar_one_or_none()
        return found

    def newest_read(self, account_id: str, listing: str) -> PollRecord | None:
        """Returns a listing's newest poll that read anything (not one that only saw "unchanged")."""
        statement = select(polls).where(
            polls.c.account_id == account_id, polls.c.listing == listing, polls.c.is_unchanged.is_(False)
        )
        return self._first(PollRecord, statement.order_by(desc(polls.c.finished_at), desc(polls.c.id)).limit(1))

    def totals(self, account_id: str) -> dict[str, int]:
        """Returns how many polls met which health."""
        statement = select(polls.c.health, func.count()).where(polls.c.account_id == account_id)
        return {str(health): int(count) for health, count in self._connection.execute(statement.group_by("health"))}


def _showed(account_id: str) -> ColumnElement[bool]:
    return (polls.c.account_id == account_id) & ((polls.c.rows_seen > 0) | polls.c.is_unchanged.is_(True))

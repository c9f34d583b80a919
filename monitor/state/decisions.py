"""What people decided about reviews without sending anything: left, put off, asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import desc, select, update

from monitor.closed_lists.states import ReviewDecision
from monitor.state.repository import Repository, member
from monitor.state.tables import review_decisions


@dataclass(frozen=True)
class DecisionRecord:
    """One decision.

    Attributes:
        review_version: The version that was looked at; an edited review is decided anew.
        until: When a review that was put off comes back; None for the other kinds.
        note: The question that was asked.
        batch: The same for all that were decided at one stroke; empty otherwise.
        undone_at: When it was taken back; None while it stands.
    """

    id: int
    account_id: str
    review_id: str
    review_version: int
    kind: ReviewDecision
    until: datetime | None
    note: str
    batch: str
    decided_by: str
    decided_at: datetime
    undone_at: datetime | None
    undone_by: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", member(ReviewDecision, self.kind))


class Decisions(Repository):
    """Rows of decisions."""

    def add(
        self,
        account_id: str,
        review_id: str,
        *,
        review_version: int,
        kind: ReviewDecision,
        decided_by: str,
        until: datetime | None = None,
        note: str = "",
        batch: str = "",
    ) -> int:
        """Stores a decision and returns its number."""
        statement = review_decisions.insert().values(
            account_id=account_id,
            review_id=review_id,
            review_version=review_version,
            kind=kind.value,
            until=until,
            note=note,
            batch=batch,
            decided_by=decided_by,
            decided_at=self._now(),
        )
        key = self._connection.execute(statement).inserted_primary_key
        assert key is not None  # noqa: S101 - a single insert has one
        return int(key[0])

    def get(self, number: int) -> DecisionRecord | None:
        """Returns one decision."""
        return self._first(DecisionRecord, select(review_decisions).where(review_decisions.c.id == number))

    def standing(self, account_id: str, review_id: str) -> DecisionRecord | None:
        """Returns the newest decision about a review that was not taken back, for whichever version it is."""
        statement = select(review_decisions).where(
            review_decisions.c.account_id == account_id,
            review_decisions.c.review_id == review_id,
            review_decisions.c.undone_at.is_(None),
        )
        return self._first(DecisionRecord, statement.order_by(desc(review_decisions.c.id)).limit(1))

    def of_batch(self, batch: str) -> list[DecisionRecord]:
        """Returns the decisions of one stroke that still stand."""
        statement = select(review_decisions).where(
            review_decisions.c.batch == batch, review_decisions.c.undone_at.is_(None)
        )
        return self._all(DecisionRecord, statement.order_by(review_decisions.c.id))

    def latest(self, accounts: list[str], *, since: datetime, limit: int) -> list[DecisionRecord]:
        """Returns decisions since a moment, the newest first, those that were taken back too."""
        statement = select(review_decisions).where(
            review_decisions.c.account_id.in_(accounts), review_decisions.c.decided_at >= since
        )
        return self._all(DecisionRecord, statement.order_by(desc(review_decisions.c.id)).limit(limit))

    def undo(self, number: int, by: str) -> bool:
        """Takes a decision back; False when that was done before."""
        statement = update(review_decisions).where(
            review_decisions.c.id == number, review_decisions.c.undone_at.is_(None)
        )
        return bool(self._changed(statement.values(undone_at=self._now(), undone_by=by)))

"""Appeals that have left this machine, with what they can be compared by: for counting what appeals are worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select

from monitor.closed_lists.states import Presence
from monitor.state.repository import Repository
from monitor.state.tables import appeal_files, appeals, cases, reviews, verdicts


class SentAppeal(NamedTuple):
    """An appeal as it was sent, and what became of it.

    Attributes:
        text: What was sent; empty after its content was purged.
        has_order: It named an order.
        files, pictures: How many files went with it, and how many of them are pictures.
        sent_at: When its request was let go; None where somebody else had filed it.
    """

    id: str
    review_id: str
    product: str
    rating: int | None
    presence: Presence
    channel: str
    ground: str
    reason: str
    text: str
    has_order: bool
    files: int
    pictures: int
    state: str
    moderation: str
    outcome: str
    sent_at: datetime | None
    decided_at: datetime | None


class AppealStream(Repository):
    """Reads sent appeals for counting."""

    def sent_of(self, account_id: str, states: tuple[str, ...]) -> Iterator[SentAppeal]:
        """Yields the appeals whose request was let go, and those in one of these states, oldest first."""
        of_appeal = select(
            appeal_files.c.appeal_id,
            func.count().label("files"),
            func.count().filter(appeal_files.c.media_type.startswith("image/")).label("pictures"),
        ).group_by(appeal_files.c.appeal_id)
        attached = of_appeal.subquery()
        is_review = (reviews.c.account_id == appeals.c.account_id) & (reviews.c.review_id == appeals.c.review_id)
        statement = (
            select(
                appeals.c.id,
                appeals.c.review_id,
                reviews.c.sku,
                reviews.c.rating,
                reviews.c.presence,
                appeals.c.channel,
                appeals.c.ground,
                appeals.c.reason_label,
                appeals.c.text,
                appeals.c.order_number.is_not(None),
                func.coalesce(attached.c.files, 0),
                func.coalesce(attached.c.pictures, 0),
                appeals.c.state,
                appeals.c.moderation,
                appeals.c.outcome,
                appeals.c.released_at,
                appeals.c.decided_at,
            )
            .join(reviews, is_review)
            .outerjoin(attached, attached.c.appeal_id == appeals.c.id)
            .where(appeals.c.account_id == account_id)
            .where(or_(appeals.c.released_at.is_not(None), appeals.c.state.in_(states)))
            .order_by(appeals.c.created_at, appeals.c.id)
        )
        for row in self._connection.execute(statement):
            yield SentAppeal._make(row)

    def judged(self, account_id: str, *, since: datetime | None = None, until: datetime | None = None) -> int:
        """Returns how many verdicts were given about an account's reviews, from a moment on and before another."""
        statement = select(func.count()).select_from(verdicts).join(cases, cases.c.id == verdicts.c.case_id)
        statement = statement.where(cases.c.account_id == account_id)
        if since is not None:
            statement = statement.where(verdicts.c.decided_at >= since)
        if until is not None:
            statement = statement.where(verdicts.c.decided_at < until)
        return int(self._connection.execute(statement).scalar_one())

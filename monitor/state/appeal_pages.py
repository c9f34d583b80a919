"""Appeals a page at a time, in the order in which they changed last, and how many stand where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, desc, exists, func, or_, select, tuple_

from monitor.closed_lists.states import AppealState, Moderation, ReviewDecision
from monitor.state.appeals import AppealRecord
from monitor.state.repository import Repository
from monitor.state.tables import appeals, review_decisions

_A = AppealState
_ASKS = (Moderation.NEEDS_INFORMATION.value, Moderation.UNKNOWN.value)
_OPEN = appeals.c.closed_at.is_(None)
_DECIDED = (Moderation.ACCEPTED.value, Moderation.REJECTED.value)

# A review about which nothing is sent keeps its draft: taking the decision back finds it where it was.
_LEFT = exists().where(
    review_decisions.c.account_id == appeals.c.account_id,
    review_decisions.c.review_id == appeals.c.review_id,
    review_decisions.c.review_version == appeals.c.review_version,
    review_decisions.c.kind == ReviewDecision.LEFT.value,
    review_decisions.c.undone_at.is_(None),
)

STAGES: dict[str, ColumnElement[bool]] = {
    "you": and_(
        _OPEN,
        or_(
            appeals.c.state.in_((_A.UNKNOWN, _A.NEEDS_HUMAN, _A.ABSENT)),
            and_(appeals.c.state == _A.DUPLICATE_SEEN, appeals.c.moderation.not_in(_DECIDED)),
            appeals.c.moderation.in_(_ASKS),
        ),
    ),
    "draft": and_(_OPEN, appeals.c.state == _A.DRAFT, ~_LEFT),
    "going": and_(_OPEN, appeals.c.state.in_((_A.APPROVED, _A.INTENT, _A.ARMED, _A.RELEASED))),
    "site": and_(
        _OPEN,
        appeals.c.state.in_((_A.CONFIRMED, _A.ACKNOWLEDGED, _A.ALREADY_REPORTED)),
        appeals.c.moderation.not_in((*_ASKS, *_DECIDED)),
    ),
    "done": or_(
        appeals.c.closed_at.is_not(None),
        and_(appeals.c.moderation.in_(_DECIDED), appeals.c.state.not_in((_A.UNKNOWN, _A.NEEDS_HUMAN))),
        appeals.c.state == _A.REJECTED_BY_FORM,
    ),
}
"""Who has the next word: a person, nobody yet, this program, the site, nobody any more."""


class AppealPages(Repository):
    """Reads appeals for lists."""

    def page(
        self, accounts: Sequence[str], stage: str, *, before: tuple[datetime, str] | None, limit: int
    ) -> list[AppealRecord]:
        """Returns a stage's appeals, the one changed last first.

        Args:
            accounts: Whose.
            stage: One of ``STAGES``.
            before: Moment and id of the appeal before the first one; None begins at the newest.
            limit: At most so many.
        """
        statement = select(appeals).where(appeals.c.account_id.in_(accounts), STAGES[stage])
        if before is not None:
            statement = statement.where(tuple_(appeals.c.updated_at, appeals.c.id) < before)
        order = (desc(appeals.c.updated_at), desc(appeals.c.id))
        return self._all(AppealRecord, statement.order_by(*order).limit(limit))

    def approved(self, accounts: Sequence[str], *, limit: int) -> list[AppealRecord]:
        """Returns the approved appeals of which nothing was tried, the one changed last first."""
        wanted = (appeals.c.account_id.in_(accounts), _OPEN, appeals.c.state == _A.APPROVED)
        order = (desc(appeals.c.updated_at), desc(appeals.c.id))
        return self._all(AppealRecord, select(appeals).where(*wanted).order_by(*order).limit(limit))

    def counts(self, accounts: Sequence[str]) -> dict[str, int]:
        """Returns how many appeals stand in each stage."""
        sums = [func.coalesce(func.sum(case((wanted, 1), else_=0)), 0) for wanted in STAGES.values()]
        found = self._connection.execute(select(*sums).where(appeals.c.account_id.in_(accounts))).one()
        return {stage: int(total) for stage, total in zip(STAGES, found, strict=True)}

"""Which reviews wait for a person's decision, in one question to the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, desc, exists, func, or_, select

from monitor.closed_lists.states import AppealState, Presence, ReviewDecision
from monitor.state.cases import VerdictRecord
from monitor.state.repository import Repository
from monitor.state.tables import appeals, cases, review_decisions, review_versions, reviews, verdicts


class WaitingReview(NamedTuple):
    """A judged review about which nobody has decided yet.

    Attributes:
        kind, ground: The newest verdict's.
        draft: The id of the draft that waits; empty where there is none.
    """

    account_id: str
    review_id: str
    version: int
    case_id: str
    kind: str
    ground: str
    opened_at: datetime
    is_baseline: bool
    draft: str


class Waiting(Repository):
    """Reads what waits."""

    def all(
        self, accounts: Sequence[str], *, stars_up_to: int, now: datetime, only: Collection[str] | None = None
    ) -> list[WaitingReview]:
        """Returns the judged reviews that wait, the newest case first.

        A review waits when no appeal about this version went further than a draft, and no decision about this version
        stands: a review that was put off waits again from its moment on.

        Args:
            accounts: Whose.
            stars_up_to: How many stars are called few; a review whose stars were not read waits, too.
            now: The moment to judge putting off by.
            only: Ids of the reviews that are asked about, not more than a few hundred; None: all of them.
        """
        later = verdicts.alias()
        newest = select(func.max(later.c.id)).where(later.c.case_id == cases.c.id).correlate(cases).scalar_subquery()
        draft = (
            select(appeals.c.id)
            .where(appeals.c.case_id == cases.c.id, appeals.c.state == AppealState.DRAFT, appeals.c.closed_at.is_(None))
            .limit(1)
            .correlate(cases)
            .scalar_subquery()
        )
        acted = exists().where(
            appeals.c.case_id == cases.c.id,
            appeals.c.state != AppealState.DRAFT,
            or_(appeals.c.closed_at.is_(None), appeals.c.review_version == reviews.c.version),
        )
        decided = exists().where(
            review_decisions.c.account_id == reviews.c.account_id,
            review_decisions.c.review_id == reviews.c.review_id,
            review_decisions.c.review_version == reviews.c.version,
            review_decisions.c.undone_at.is_(None),
            or_(review_decisions.c.kind != ReviewDecision.SNOOZED, review_decisions.c.until > now),
        )
        statement = (
            select(
                cases.c.account_id,
                cases.c.review_id,
                reviews.c.version,
                cases.c.id,
                verdicts.c.kind,
                verdicts.c.ground,
                cases.c.opened_at,
                reviews.c.is_baseline,
                func.coalesce(draft, ""),
            )
            .join(reviews, and_(reviews.c.account_id == cases.c.account_id, reviews.c.review_id == cases.c.review_id))
            .join(verdicts, verdicts.c.id == newest)
            .where(cases.c.account_id.in_(accounts), cases.c.closed_at.is_(None), reviews.c.presence != Presence.GONE)
            .where(or_(reviews.c.rating.is_(None), reviews.c.rating <= stars_up_to))
            .where(~acted, ~decided)
            .order_by(desc(cases.c.opened_at), cases.c.id)
        )
        if only is not None:
            statement = statement.where(cases.c.review_id.in_(only))
        return [WaitingReview._make(row) for row in self._connection.execute(statement)]

    def back_between(self, accounts: Sequence[str], since: datetime, until: datetime) -> set[str]:
        """Returns the reviews that were put off and came back after the one moment and not after the other."""
        statement = select(review_decisions.c.review_id).where(
            review_decisions.c.account_id.in_(accounts),
            review_decisions.c.until > since,
            review_decisions.c.until <= until,
        )
        return {str(row[0]) for row in self._connection.execute(statement)}

    def verdicts(self, case_ids: Sequence[str]) -> dict[str, VerdictRecord]:
        """Returns the newest verdict of each of these cases, by case; meant for a page of them."""
        newest = select(func.max(verdicts.c.id)).where(verdicts.c.case_id.in_(case_ids)).group_by(verdicts.c.case_id)
        found = self._all(VerdictRecord, select(verdicts).where(verdicts.c.id.in_(newest)))
        return {one.case_id: one for one in found}

    def saying(self, words: str, review_ids: Sequence[str]) -> frozenset[str]:
        """Returns those of the reviews whose newest text holds the words, whatever their case."""
        newest = and_(
            review_versions.c.account_id == reviews.c.account_id,
            review_versions.c.review_id == reviews.c.review_id,
            review_versions.c.version == reviews.c.version,
        )
        found: set[str] = set()
        wanted = words.casefold()
        for start in range(0, len(review_ids), 400):
            statement = (
                select(reviews.c.review_id, review_versions.c.text, reviews.c.author_name, reviews.c.sku)
                .join(review_versions, newest)
                .where(reviews.c.review_id.in_(review_ids[start : start + 400]))
            )
            # SQLite folds the case of ASCII letters only, so the comparison is made here.
            found |= {
                str(row[0])
                for row in self._connection.execute(statement)
                if any(wanted in str(cell).casefold() for cell in row)
            }
        return frozenset(found)

    def first_reviews(self, accounts: Sequence[str], *, stars_up_to: int) -> int:
        """Returns how many new bad reviews have not been captured and judged yet."""
        return int(self._connection.execute(unjudged(accounts, stars_up_to=stars_up_to)).scalar_one())

    def old(self, account_id: str, *, stars_up_to: int, limit: int) -> list[str]:
        """Returns bad reviews from before watching began that nobody looked into, the last one published first."""
        moment = func.coalesce(reviews.c.published_earliest, reviews.c.first_seen_at)
        statement = select(reviews.c.review_id).where(*_old([account_id], stars_up_to))
        found = self._connection.execute(statement.order_by(desc(moment), reviews.c.review_id).limit(limit))
        return [str(row[0]) for row in found]

    def count_old(self, accounts: Sequence[str], *, stars_up_to: int, most: int) -> dict[str, int]:
        """Returns by account how many bad reviews from before watching began nobody looked into; none are left out.

        Args:
            accounts: Whose.
            stars_up_to: How many stars are called few.
            most: No more than so many of an account are counted.
        """
        found = {}
        for account in accounts:
            some = select(reviews.c.review_id).where(*_old([account], stars_up_to)).limit(most).subquery()
            found[account] = int(self._connection.execute(select(func.count()).select_from(some)).scalar_one())
        return {account: count for account, count in found.items() if count}


def _old(accounts: Sequence[str], stars_up_to: int) -> tuple[ColumnElement[bool], ...]:
    case = exists().where(cases.c.account_id == reviews.c.account_id, cases.c.review_id == reviews.c.review_id)
    return (
        reviews.c.account_id.in_(accounts),
        reviews.c.is_baseline.is_(True),
        reviews.c.presence == Presence.PRESENT,
        reviews.c.rating <= stars_up_to,
        ~case,
    )


def unjudged(accounts: Sequence[str], *, stars_up_to: int) -> Select[int]:
    """Asks how many new bad reviews have no case: by an index of the new ones alone, which are few among very many."""
    case = exists().where(cases.c.account_id == reviews.c.account_id, cases.c.review_id == reviews.c.review_id)
    return select(func.count()).where(
        reviews.c.account_id.in_(accounts),
        reviews.c.is_baseline.is_(False),
        reviews.c.presence != Presence.GONE,
        reviews.c.rating <= stars_up_to,
        ~case,
    )

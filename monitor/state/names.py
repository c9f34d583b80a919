"""The ids that people see, for their short names and for what they type."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Column, func, or_, select

from monitor.language.short_names import SHORTEST
from monitor.state.repository import Repository
from monitor.state.tables import appeals, cases, reviews

_MOST_ENDINGS = 500
"""More than that, and asking for all ids is cheaper than naming the endings."""


class Names(Repository):
    """Reads ids alone, and only those that a short name could be taken for."""

    def reviews(self, like: Collection[str]) -> list[str]:
        """Returns the ids of all reviews, of every account, that end as one of these ids does."""
        return self._ending_like(reviews.c.review_id, like)

    def appeals(self, like: Collection[str]) -> list[str]:
        """Returns the ids of all appeals that end as one of these does."""
        return self._ending_like(appeals.c.id, like)

    def cases(self, like: Collection[str]) -> list[str]:
        """Returns the ids of all cases that end as one of these does."""
        return self._ending_like(cases.c.id, like)

    def appeals_of(self, account_id: str) -> list[str]:
        """Returns the ids of an account's appeals."""
        return list(self._connection.execute(select(appeals.c.id).where(appeals.c.account_id == account_id)).scalars())

    def cases_of(self, account_id: str) -> list[str]:
        """Returns the ids of an account's cases."""
        return list(self._connection.execute(select(cases.c.id).where(cases.c.account_id == account_id)).scalars())

    def reviews_like(self, account_id: str, typed: str, *, limit: int) -> list[str]:
        """Returns at most so many ids of an account's reviews that begin or end so.

        SQLite takes upper for lower case.
        """
        column = reviews.c.review_id
        is_like = or_(column.startswith(typed, autoescape=True), column.endswith(typed, autoescape=True))
        statement = select(column).where(reviews.c.account_id == account_id, is_like).order_by(column).limit(limit)
        return list(self._connection.execute(statement).scalars())

    def _ending_like(self, column: Column[str], like: Collection[str]) -> list[str]:
        endings = {one[-SHORTEST:] for one in like}
        statement = select(column).distinct()
        if len(endings) <= _MOST_ENDINGS:  # all ids of a large store take a second to be handed over
            statement = statement.where(func.substr(column, func.length(column) - (SHORTEST - 1)).in_(endings))
        return list(self._connection.execute(statement).scalars())

"""The ids that people see, for their short names and for what they type."""

from __future__ import annotations

from sqlalchemy import or_, select

from monitor.state.repository import Repository
from monitor.state.tables import appeals, cases, reviews


class Names(Repository):
    """Reads ids alone: a list of a hundred thousand reviews asks for all of them once."""

    def reviews(self) -> list[str]:
        """Returns the ids of all reviews, of every account."""
        return list(self._connection.execute(select(reviews.c.review_id).distinct()).scalars())

    def appeals(self) -> list[str]:
        """Returns the ids of all appeals."""
        return list(self._connection.execute(select(appeals.c.id)).scalars())

    def cases(self) -> list[str]:
        """Returns the ids of all cases."""
        return list(self._connection.execute(select(cases.c.id)).scalars())

    def reviews_like(self, account_id: str, typed: str, *, limit: int) -> list[str]:
        """Returns at most so many ids of an account's reviews that begin or end so.

        SQLite takes upper for lower case.
        """
        column = reviews.c.review_id
        is_like = or_(column.startswith(typed, autoescape=True), column.endswith(typed, autoescape=True))
        statement = select(column).where(reviews.c.account_id == account_id, is_like).order_by(column).limit(limit)
        return list(self._connection.execute(statement).scalars())

"""How many reviews of a group complain of what, kept so that nobody counts a million. Rows only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Table, select

from monitor.state.repository import Repository
from monitor.state.tables import told_groups, told_sums

_CHUNK = 500


class GroupSum(NamedTuple):
    """Reviews of a group: all, those of at most three stars, and those of them that complain of nothing."""

    kind: str
    name: str
    total: int
    low: int
    silent: int


class AspectSum(NamedTuple):
    """Of one aspect in a group; ``newest``: days and ids of the newest complaints, one a line."""

    kind: str
    name: str
    aspect: str
    complaints: int
    praises: int
    newest: str


class ToldSums(Repository):
    """Rows of sums."""

    def groups(self, account_id: str, kind: str, names: Collection[str] | None = None) -> Iterator[GroupSum]:
        """Yields the groups of a kind, or those of some names."""
        for row in self._rows(told_groups, GroupSum._fields, account_id, kind, names):
            yield GroupSum._make(row)

    def aspects(self, account_id: str, kind: str, names: Collection[str] | None = None) -> Iterator[AspectSum]:
        """Yields what the groups of a kind speak of, or those of some names."""
        for row in self._rows(told_sums, AspectSum._fields, account_id, kind, names):
            yield AspectSum._make(row)

    def put(self, account_id: str, groups: Iterable[GroupSum], aspects: Iterable[AspectSum]) -> None:
        """Keeps sums in the place of those that were kept under the same names."""
        if rows := [(account_id, *one) for one in groups]:
            self._put_rows(told_groups, rows)
        if sums := [(account_id, *one) for one in aspects]:
            self._put_rows(told_sums, sums)

    def _rows(
        self, table: Table, fields: tuple[str, ...], account_id: str, kind: str, names: Collection[str] | None
    ) -> Iterator[Any]:
        mine = (table.c.account_id == account_id) & (table.c.kind == kind)
        statement = select(*(table.c[field] for field in fields)).where(mine)
        if names is None:
            yield from self._connection.execute(statement)
            return
        ordered = sorted(names)
        for start in range(0, len(ordered), _CHUNK):
            yield from self._connection.execute(statement.where(table.c.name.in_(ordered[start : start + _CHUNK])))

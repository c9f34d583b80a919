"""What all repositories share: one connection, one moment, rows as frozen records."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar, cast

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

RecordT = TypeVar("RecordT")
MemberT = TypeVar("MemberT", bound=StrEnum)


def member(members: type[MemberT], stored: str) -> MemberT:
    """Returns the member of a closed list that is stored.

    A value that is none (a row changed from outside) stays as it is stored: the check of rows names it.
    """
    try:
        return members(stored)
    except ValueError:
        return cast("MemberT", stored)


def new_id(kind: str) -> str:
    """Returns a fresh id that says what it names, for example ``case_9f2c41d07b3a5e68``."""
    return f"{kind}_{secrets.token_hex(8)}"


class Repository:
    """Base of the repositories of one transaction.

    Args:
        connection: The transaction's connection.
        now: Gives the transaction's moment by the store's clock.
    """

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now

    def _all(self, record: type[RecordT], statement: Executable) -> list[RecordT]:
        return [record(**row) for row in self._connection.execute(statement).mappings()]

    def _first(self, record: type[RecordT], statement: Executable) -> RecordT | None:
        row = self._connection.execute(statement).mappings().first()
        return None if row is None else record(**row)

    def _changed(self, statement: Executable) -> int:
        # An insert does not keep its count unless told to, and -1 would read as "nothing".
        result = self._connection.execute(statement, execution_options={"preserve_rowcount": True})
        return int(getattr(result, "rowcount", 0))

    def _put_rows(self, table: Table, rows: Sequence[tuple[str | int | None, ...]]) -> None:
        """Inserts whole rows, in the order of the table's columns, in the place of those with the same key.

        Values go to the driver as they are: what SQLAlchemy does for each row takes longer than the store itself.
        """
        insert, keys = self._insert(table), [column.name for column in table.primary_key]
        new = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
        statement = insert.on_conflict_do_update(index_elements=keys, set_=new)
        names = [column.name for column in table.c]
        compiled = statement.compile(dialect=self._connection.dialect, column_keys=names)
        if compiled.positional:
            self._connection.exec_driver_sql(str(compiled), list(rows))
        else:
            self._connection.exec_driver_sql(str(compiled), [dict(zip(names, row, strict=True)) for row in rows])

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Returns the dialect's insert, the one that knows ON CONFLICT."""
        if self._is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - takes longer to load than a list to read

        return postgresql.insert(table)

    @property
    def _is_sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"

"""Loads a frozen SQLite store into PostgreSQL, as the program of its time would have filled one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Boolean, Connection, DateTime, MetaData, Table, text

from monitor.state.engine import WRITE_OPTION, open_engine
from monitor.state.migrating import migrate


def load_into_postgres(database: Path, url: str, *, schema: str) -> None:
    """Makes the store of that schema in an empty PostgreSQL database, and copies every row of every table."""
    migrate(url, head=schema)
    engine = open_engine(url)
    tables = MetaData()
    with engine.connect().execution_options(**{WRITE_OPTION: True}) as target, target.begin():
        target.execute(text("SET LOCAL session_replication_role = replica"))  # or rows would need an order
        tables.reflect(target)
        with closing(sqlite3.connect(database)) as source:
            source.row_factory = sqlite3.Row
            for table in tables.sorted_tables:
                if table.name != "alembic_version":
                    _copy_rows(source, target, table)
    engine.dispose()


def _copy_rows(source: sqlite3.Connection, target: Connection, table: Table) -> None:
    rows = [dict(row) for row in source.execute(f'SELECT * FROM "{table.name}"')]
    if rows:
        target.execute(table.insert(), [_translate(table, row) for row in rows])
    for column in table.primary_key:
        query = text("SELECT pg_get_serial_sequence(:name, :column)")
        sequence = target.execute(query, {"name": table.name, "column": column.name}).scalar()
        if sequence and rows:
            highest = max(row[column.name] for row in rows)
            target.execute(text("SELECT setval(:sequence, :value)"), {"sequence": sequence, "value": highest})


def _translate(table: Table, row: dict[str, object]) -> dict[str, object]:
    """SQLite keeps a moment as text in UTC and yes as 1."""
    translated: dict[str, object] = {}
    for name, value in row.items():
        kind = table.c[name].type
        if isinstance(kind, DateTime) and isinstance(value, str):
            translated[name] = datetime.fromisoformat(value).replace(tzinfo=UTC)
        elif isinstance(kind, Boolean) and value is not None:
            translated[name] = bool(value)
        else:
            translated[name] = value
    return translated

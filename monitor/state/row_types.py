"""Rows of another kind than this program writes: SQLite keeps any value in any column.

Only for pictures of a store (``monitor.state.snapshot``): such a row is named and left out, so that a check goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ClauseElement,
    Column,
    ColumnClause,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects import sqlite

from evidence_store.findings import Finding, FindingKind
from monitor.language import gettext as _
from monitor.state.columns import Instant, JsonText
from monitor.state.tables import METADATA
from monitor.state.text import load_json

_DETAIL = _("holds a value of another kind than this program writes; the row was left out of the check")
_ROWID = literal_column("rowid", Integer)


def _is_no_hex(length: int) -> Callable[[ColumnElement[str]], ColumnElement[bool]]:
    return lambda value: or_(func.length(value) != length, value.bool_op("GLOB")("*[^0-9a-f]*"))


def _is_no_digest(value: ColumnElement[str]) -> ColumnElement[bool]:
    is_named = value.bool_op("GLOB")("sha256:*")
    return or_(func.length(value) != 71, not_(is_named), func.substr(value, 8).bool_op("GLOB")("*[^0-9a-f]*"))


def _is_below(least: int) -> Callable[[ColumnElement[str]], ColumnElement[bool]]:
    return lambda value: cast(value, Integer) < least


_FORMS: dict[tuple[str, str], Callable[[ColumnElement[str]], ColumnElement[bool]]] = {
    **{("journal_entries", name): _is_no_digest for name in ("prev", "body_digest", "digest")},
    ("journal_entries", "chain"): _is_no_hex(32),
    ("journal_entries", "seq"): _is_below(1),
    ("journal_heads", "chain"): _is_no_hex(32),
    ("journal_heads", "digest"): _is_no_digest,
    ("journal_heads", "seq"): _is_below(0),
    ("artifacts", "sha256"): _is_no_hex(64),
    ("artifacts", "manifest_sha256"): lambda value: (func.length(value) > 0) & _is_no_hex(64)(value),
    ("appeal_files", "sha256"): _is_no_hex(64),
}
"""What a value may not be, for columns that the checks take apart."""


def drop_malformed_rows(engine: Engine) -> list[Finding]:
    """Deletes such rows from a picture of a SQLite store and names each with its table and key."""
    with engine.begin() as connection:
        return [finding for table in METADATA.sorted_tables for finding in _drop_from(connection, table)]


def _drop_from(connection: Connection, table: Table) -> list[Finding]:
    odd = _odd_rows(connection, table)
    findings = []
    key = [cast(column, Text) for column in table.primary_key.columns]
    for number, column_name in sorted(odd.items()):
        row = connection.execute(select(*key).select_from(table).where(_ROWID.in_([number]))).first()
        shown = ", ".join(str(part)[:80] for part in row or ())
        findings.append(Finding(FindingKind.MALFORMED, f"{table.name} ({shown}).{column_name}", _DETAIL))
        connection.execute(delete(table).where(_ROWID.in_([number])))
    return findings


def _odd_rows(connection: Connection, table: Table) -> dict[int, str]:
    """Finds the rows with an odd value, each with the first column that holds one."""
    columns = list(table.columns)
    odd: dict[int, int] = {}
    for number, *flags in connection.exec_driver_sql(_ask_for_odd(table)):
        odd[int(number)] = next(at for at, is_odd in enumerate(flags) if is_odd)
    if (question := _ask_for_texts(table)) is not None:
        places = [at for at, column in enumerate(columns) if _is_text(column)]
        for number, *texts in connection.exec_driver_sql(question):
            for at, text in zip(places, texts, strict=True):
                if text is not None and not _can_be_read(columns[at], text, connection):
                    odd[int(number)] = min(at, odd.get(int(number), at))
    return {number: columns[at].name for number, at in odd.items()}


@cache
def _ask_for_odd(table: Table) -> str:
    """One question a table, written once: a picture's engine is new each time and would compile it anew."""
    flags = [_is_odd(table, column) for column in table.columns]
    return _write_out(select(_ROWID, *flags).select_from(table).where(or_(*flags)))


@cache
def _ask_for_texts(table: Table) -> str | None:
    values = [case((_is_worth_reading(column), _value_of(column))) for column in table.columns if _is_text(column)]
    return _write_out(select(_ROWID, *values).select_from(table)) if values else None


def _is_text(column: Column[Any]) -> bool:
    return "text" in _storage_classes(column)


def _is_worth_reading(column: Column[Any]) -> ColumnElement[bool]:
    """Moments and JSON can be wrong in any way; other text only where it is not plain ASCII."""
    value = _value_of(column)
    is_text = func.typeof(value) == "text"
    if isinstance(column.type, Instant | JsonText):
        return is_text
    return and_(is_text, value.bool_op("GLOB")("*[^ -~]*"))


def _write_out(question: ClauseElement) -> str:
    return str(question.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))


def _is_odd(table: Table, column: Column[Any]) -> ColumnElement[bool]:
    value = _value_of(column)
    ways: list[ColumnElement[bool]] = [func.typeof(value).not_in(_storage_classes(column))]
    if isinstance(column.type, Boolean):
        ways.append(cast(value, Integer).not_in((0, 1)))
    if (is_wrong := _FORMS.get((table.name, column.name))) is not None:
        ways.append(is_wrong(value))
    return or_(*ways)


def _value_of(column: Column[Any]) -> ColumnClause[str]:
    """The value as it lies there, which SQLAlchemy does not take for one of the column's type."""
    return literal_column(f'"{column.name}"', Text)


def _storage_classes(column: Column[Any]) -> tuple[str, ...]:
    kind = column.type
    if isinstance(kind, LargeBinary):
        names: tuple[str, ...] = ("blob",)
    elif isinstance(kind, Integer | Boolean):
        names = ("integer",)
    else:
        names = ("text",)
    return (*names, "null") if column.nullable else names


def _can_be_read(column: Column[Any], text: str, connection: Connection) -> bool:
    try:
        text.encode()  # what is no UTF-8 was read as lone surrogates
        if not isinstance(column.type, Instant | JsonText):
            return True
        if isinstance(column.type, JsonText):
            load_json(text)
            return True
        processor = DateTime().dialect_impl(connection.dialect).result_processor(connection.dialect, None)
        return processor is None or processor(text) is not None
    except (ValueError, TypeError, RecursionError):
        return False

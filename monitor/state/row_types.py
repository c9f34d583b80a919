"""Rows of another kind than this program writes: SQLite keeps any value in any column.

Only for pictures of a store (``monitor.state.snapshot``): such a row is named and left out, so that a check goes on.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    Table,
    Text,
    cast,
    delete,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from evidence_store.findings import Finding, FindingKind
from monitor.state.columns import Instant, JsonText
from monitor.state.tables import METADATA
from monitor.state.text import load_json

_DETAIL = "holds a value of another kind than this program writes; the row was left out of the check"
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
    odd: dict[int, str] = {}
    for column in table.columns:
        for number in _odd_rows(connection, table, column):
            odd.setdefault(number, column.name)
    findings = []
    key = [cast(column, Text) for column in table.primary_key.columns]
    for number, column_name in sorted(odd.items()):
        row = connection.execute(select(*key).select_from(table).where(_ROWID.in_([number]))).first()
        shown = ", ".join(str(part)[:80] for part in row or ())
        findings.append(Finding(FindingKind.MALFORMED, f"{table.name} ({shown}).{column_name}", _DETAIL))
        connection.execute(delete(table).where(_ROWID.in_([number])))
    return findings


def _odd_rows(connection: Connection, table: Table, column: Column[object]) -> list[int]:
    value = literal_column(f'"{column.name}"', Text)
    kind = func.typeof(value)
    rows = select(_ROWID).select_from(table)
    odd = [int(number) for number in connection.scalars(rows.where(kind.not_in(_storage_classes(column))))]
    if isinstance(column.type, Boolean):
        odd += [int(number) for number in connection.scalars(rows.where(cast(value, Integer).not_in((0, 1))))]
    if (is_wrong := _FORMS.get((table.name, column.name))) is not None:
        odd += [int(number) for number in connection.scalars(rows.where(is_wrong(value)))]
    if not isinstance(column.type, Instant | JsonText):
        return odd
    texts = connection.execute(select(_ROWID, value).select_from(table).where(kind == "text"))
    return odd + [int(number) for number, text in texts if not _can_be_read(column, text, connection)]


def _storage_classes(column: Column[object]) -> tuple[str, ...]:
    kind = column.type
    if isinstance(kind, LargeBinary):
        names: tuple[str, ...] = ("blob",)
    elif isinstance(kind, Integer | Boolean):
        names = ("integer",)
    else:
        names = ("text",)
    return (*names, "null") if column.nullable else names


def _can_be_read(column: Column[object], text: str, connection: Connection) -> bool:
    try:
        if isinstance(column.type, JsonText):
            load_json(text)
            return True
        processor = DateTime().dialect_impl(connection.dialect).result_processor(connection.dialect, None)
        return processor is None or processor(text) is not None
    except (ValueError, TypeError, RecursionError):
        return False

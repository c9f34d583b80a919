"""Whether a store holds the tables that the migrations make, and nothing that acts or hides beside them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, Inspector, Table, UniqueConstraint, inspect, text

from evidence_store.findings import Finding, FindingKind
from monitor.errors import StorageDamaged
from monitor.language import gettext as _
from monitor.state.columns import METADATA

_OURS = {"alembic_version": ["version_num"]} | {
    table.name: [column.name for column in table.columns] for table in METADATA.sorted_tables
}
_INDEXES = {(str(index.name), table.name) for table in METADATA.sorted_tables for index in table.indexes}
_EXTRA = _("no migration of this program makes it: what it does or shows, nothing here covers")
_RESTORE = _("Stop using this store, keep it, and restore a backup.")
_TRIGGERS = """\
SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"""


def check_schema(engine: Engine) -> list[Finding]:
    """Compares a store's schema with that of the newest migration.

    In SQLite everything in the file is looked at; in PostgreSQL, whose schema others may share, our tables, their
    columns and their triggers.

    Raises:
        StorageDamaged: one of our tables or columns is gone, so that nothing more can be asked.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return [*_check_file(connection), *_check_revision(connection), *_check_columns(connection)]
        triggers = [
            Finding(FindingKind.EXTRA, f"trigger {name} on {table}", _EXTRA) for name, table in _asked(connection)
        ]
        return [*triggers, *_check_columns(connection)]


def _asked(connection: Connection) -> list[tuple[str, str]]:
    return [(str(name), str(table)) for name, table in connection.execute(text(_TRIGGERS)) if table in _OURS]


def _check_file(connection: Connection) -> Iterator[Finding]:
    statement = "SELECT type, name, tbl_name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    found = [(str(kind), str(name), str(table)) for kind, name, table in connection.execute(text(statement))]
    for kind, name, table in found:
        is_ours = (kind == "table" and name in _OURS) or (kind == "index" and (name, table) in _INDEXES)
        if not is_ours:
            yield Finding(FindingKind.EXTRA, f"{kind} {name} on {table}"[:200], _EXTRA)
    there = {(name, table) for kind, name, table in found if kind == "index"}
    for name, table in sorted(_INDEXES - there):
        yield Finding(FindingKind.MISSING, f"index {name} on {table}", _("the migrations make it, and it is gone"))


def _check_revision(connection: Connection) -> Iterator[Finding]:
    count = connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one()
    if count != 1:
        yield Finding(
            FindingKind.EXTRA,
            "alembic_version",
            _("{count} rows, where one says which schema this is").format(count=count),
        )


def _check_columns(connection: Connection) -> Iterator[Finding]:
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    for table, expected in sorted(_OURS.items()):
        if table not in there:
            raise StorageDamaged(_("table {table} is gone").format(table=table), hint=_RESTORE)
        columns = {column["name"]: column for column in inspector.get_columns(table)}
        found = list(columns)
        for name in sorted(set(found) - set(expected)):
            yield Finding(FindingKind.EXTRA, f"column {table}.{name}"[:200], _EXTRA)
        for name in sorted(set(expected) - set(found)):
            raise StorageDamaged(_("column {table}.{name} is gone").format(table=table, name=name), hint=_RESTORE)
        if table in METADATA.tables:
            rules = _rules_of(inspector, table, {name: bool(column["nullable"]) for name, column in columns.items()})
            for rule in sorted(rules ^ _rules_wanted(METADATA.tables[table])):
                yield Finding(
                    FindingKind.CHANGED,
                    f"table {table}",
                    _("{rule}: the migrations' table says otherwise").format(rule=rule),
                )


def _rules_of(inspector: Inspector, table: str, nullable: dict[str, bool]) -> set[str]:
    key = inspector.get_pk_constraint(table)["constrained_columns"]
    unique = [one["column_names"] for one in inspector.get_unique_constraints(table)]
    return _worded(nullable, key, [[str(name) for name in names] for names in unique])


def _rules_wanted(table: Table) -> set[str]:
    nullable = {column.name: bool(column.nullable) for column in table.columns}
    unique = [[column.name for column in one.columns] for one in table.constraints if isinstance(one, UniqueConstraint)]
    return _worded(nullable, [column.name for column in table.primary_key.columns], unique)


def _worded(nullable: dict[str, bool], key: list[str], unique: list[list[str]]) -> set[str]:
    filled = {_("{name} is never empty").format(name=name) for name, is_nullable in nullable.items() if not is_nullable}
    return (
        filled
        | {_("({key}) is the key").format(key=", ".join(key))}
        | {_("({names}) is unique").format(names=", ".join(sorted(names))) for names in unique}
    )

"""Opens a store by its URL, with the settings that make "saved" mean saved.

A lost intent would mean a second appeal, so durability comes before speed on both stores. SQLite's write-ahead log had
a fault (a reset under certain races could lose commits), repaired in 3.51.3 and in the series 3.50.7 and 3.44.6; older
libraries get the rollback journal instead (source: sqlite.org release notes).
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from monitor.errors import StorageUnavailable
from monitor.language import gettext as _

WRITE_OPTION = "state_write"
"""Execution option that makes a transaction take the write lock at its start."""

_PG_OPTIONS = (
    "-c synchronous_commit=on -c timezone=UTC -c lock_timeout={lock_ms} -c idle_in_transaction_session_timeout=30s"
)


def is_wal_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite version has the repaired write-ahead log."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def open_engine(url: str, *, busy_seconds: float = 10.0, enforces_foreign_keys: bool = True) -> Engine:
    """Returns an engine for ``sqlite:///file`` or ``postgresql://…``; connects to nothing yet.

    Args:
        url: SQLAlchemy URL of the store.
        busy_seconds: How long to wait for another writer before ``StorageBusy``.
        enforces_foreign_keys: Off only while migrating SQLite, where tables are rebuilt.

    Raises:
        StorageUnavailable: the URL is not one of the two kinds, or the file's directory cannot be made.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, busy_seconds, enforces_foreign_keys=enforces_foreign_keys)
    options = _PG_OPTIONS.format(lock_ms=int(busy_seconds * 1000))
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        connect_args={"options": options, "connect_timeout": max(2, int(busy_seconds)), "client_encoding": "utf8"},
        pool_size=2,
        max_overflow=4,
        pool_timeout=busy_seconds,
        pool_pre_ping=True,
    )


def parse_url(url: str) -> URL:
    """Returns the parsed URL of a store.

    Raises:
        StorageUnavailable: it is not a URL, or neither SQLite in a file nor PostgreSQL.
    """
    hint = _("Use sqlite:////full/path/state.db or postgresql://user@host/name.")
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageUnavailable(_("the store's URL cannot be read"), where=url[:80], hint=hint) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return parsed
    if backend == "postgresql":
        return parsed
    raise StorageUnavailable(
        _("{backend} is not a store this program knows").format(backend=backend),
        where=parsed.render_as_string(),
        hint=hint,
    )


def sqlite_path(url: str) -> Path | None:
    """Returns the database file of a SQLite URL, None for PostgreSQL."""
    parsed = parse_url(url)
    return Path(str(parsed.database)) if parsed.get_backend_name() == "sqlite" else None


def _open_sqlite(url: URL, busy_seconds: float, *, enforces_foreign_keys: bool) -> Engine:
    _make_private_file(Path(str(url.database)))
    engine = create_engine(url, connect_args={"timeout": busy_seconds})
    journal = ("WAL", "FULL") if is_wal_safe(sqlite3.sqlite_version_info) else ("DELETE", "EXTRA")
    foreign_keys = "ON" if enforces_foreign_keys else "OFF"

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transaction control would begin late and deferred; ours is below.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={int(busy_seconds * 1000)}",
            f"journal_mode={journal[0]}",
            f"synchronous={journal[1]}",
            f"foreign_keys={foreign_keys}",
            "trusted_schema=OFF",
            "cache_size=-65536",  # KiB at most: a million reviews are read in another order than they lie
            "secure_delete=ON",  # a purged text must not live on in a free page
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails at once under contention; an immediate one waits.
        is_write = connection.get_execution_options().get(WRITE_OPTION, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    return engine


def _make_private_file(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            _take_from_others(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StorageUnavailable(
            _("the state file cannot be opened: {strerror}").format(strerror=error.strerror),
            where=str(path),
            hint=_("Check the path and its rights; it must be a file of this user, not a link."),
        ) from error


def _take_from_others(descriptor: int) -> None:
    """A file that others may read (a copy, an old version of it) becomes private; the journal inherits its mode."""
    mode = os.fstat(descriptor).st_mode
    if sys.platform != "win32" and mode & 0o077:
        os.fchmod(descriptor, mode & 0o700)

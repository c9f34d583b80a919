"""The store as it is at one moment, for checks: nothing below the home folder is written, locked for long or made.

SQLite is copied into memory by its own backup, in one step; PostgreSQL is read in one repeatable transaction. Whoever
writes meanwhile is not held up, and every question gets its answer from the same moment.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from evidence_store.findings import Finding, FindingKind
from monitor.clock import Clock, SystemClock
from monitor.errors import StorageBusy, StorageDamaged, StorageError, StorageUnavailable
from monitor.language import gettext
from monitor.state.engine import open_engine, sqlite_path
from monitor.state.faults import translated
from monitor.state.migrating import require_head
from monitor.state.row_types import drop_malformed_rows
from monitor.state.schema_check import check_schema
from monitor.state.store import State, StatePlaces
from monitor.state.transaction import Transaction
from monitor.state.watermark import Mark, Seal, Watermark, why_restored

_SQLITE_FAULTS: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_BUSY: StorageBusy,
    sqlite3.SQLITE_CORRUPT: StorageDamaged,
    sqlite3.SQLITE_NOTADB: StorageDamaged,
}
_MOST_TOLD = 20  # faults of a file's structure
_COPY_TRIES = 5  # of a store whose files change while they are copied
_SIDE_FILES = ("", "-journal", "-wal")


class StateSnapshot(State):
    """A store that can only be read, and shows one moment. Open it with ``open_snapshot``.

    Attributes:
        doubt: In words why the store may be a copy that was put back, as the next command that writes will find; empty
            when nothing says so.
        malformed: What no program of this kind writes: tables beside ours, pages that do not fit together, and rows
            of another kind, which were left out of the picture.
    """

    def __init__(
        self,
        connection: Connection,
        places: StatePlaces,
        clock: Clock,
        malformed: tuple[Finding, ...],
        marks: tuple[Mark | None, Seal | None],
    ) -> None:
        super().__init__(connection.engine, StatePlaces(places.url), clock)
        self._connection = connection
        self.malformed = malformed
        is_single = sqlite_path(places.url) is not None and places.watermark is not None
        with self.read() as tx:
            row = tx.installation.find()
        stored = None if row is None else Mark(row.installation_id, row.mark)
        known, seal = marks
        self.doubt = "" if stored is None else why_restored(known, stored, is_single_machine=is_single, seal=seal)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Reads; every call sees the same moment."""
        with translated(where=self.where):
            yield self._transaction(self._connection)

    def transaction(self, lease: object = None) -> NoReturn:
        """Refuses: a snapshot cannot be written.

        Raises:
            StorageUnavailable: always.
        """
        del lease
        raise StorageUnavailable(gettext("this is a picture of the store for reading only"), where=self.where)


@contextmanager
def open_snapshot(places: StatePlaces, *, clock: Clock | None = None) -> Iterator[StateSnapshot]:
    """Takes a picture of a store.

    Args:
        places: Where it lies; the mirror is not touched, the watermark is read.
        clock: The program's clock.

    Raises:
        SchemaTooOld, SchemaTooNew: another program wrote it; nothing was migrated.
        StorageError: it cannot be read; the type says why.
    """
    path = sqlite_path(places.url)
    watermark = None if places.watermark is None else Watermark(places.watermark, places.seal)
    # Before the picture, as the store reads them: whoever goes on meanwhile is then ahead of them, never behind.
    marks = (None, None) if watermark is None else (watermark.read(), watermark.read_seal())
    engine = _open_postgresql(places) if path is None else _open_copy(path, places.busy_seconds)
    try:
        require_head(engine)
        with translated(where=str(path or engine.url.host)):
            malformed = check_schema(engine)
            if path is not None:
                malformed = [*malformed, *_check_file(engine, is_suspect=bool(malformed))]
        with translated(where=str(path or engine.url.host)), engine.connect() as connection:
            if path is None:
                connection = connection.execution_options(  # noqa: PLW2901 - the same connection
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            begun = connection.begin()
            try:
                yield StateSnapshot(connection, places, clock or SystemClock(), tuple(malformed), marks)
            finally:
                begun.rollback()
    finally:
        engine.dispose()


def _check_file(engine: Engine, *, is_suspect: bool) -> list[Finding]:
    """Has SQLite look at the structure of its file, then leaves out the rows that this program cannot have written."""
    with engine.connect() as connection:
        told = [str(row[0]) for row in connection.execute(text(f"PRAGMA integrity_check({_MOST_TOLD})"))]
        if is_suspect or told != ["ok"]:
            with suppress(DatabaseError):  # the copy's: what a query reads out of an index must be what the table has
                connection.execute(text("REINDEX"))
    damage = [Finding(FindingKind.MALFORMED, "state.sqlite3", line[:300]) for line in told if line != "ok"]
    return [*damage, *drop_malformed_rows(engine)]


def _open_postgresql(places: StatePlaces) -> Engine:
    engine = open_engine(places.url, busy_seconds=places.busy_seconds)

    @event.listens_for(engine, "connect")
    def be_patient(connection: sqlite3.Connection, _entry: object) -> None:
        # Between two questions gigabytes of evidence are hashed; the server must not take that for a dead client.
        connection.cursor().execute("SET idle_in_transaction_session_timeout = 0")
        connection.commit()

    return engine


def _open_copy(path: Path, busy_seconds: float) -> Engine:
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    memory.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")  # a changed byte must not end the check
    try:
        with translated(where=str(path)):
            _copy_into(memory, path, busy_seconds)
    except sqlite3.Error as error:
        memory.close()
        kind = _SQLITE_FAULTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, StorageUnavailable)
        raise kind(gettext("the store cannot be read: {error}").format(error=error), where=str(path)) from error
    engine = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        del connection  # the driver begins by itself; a picture needs no more

    return engine


def _copy_into(memory: sqlite3.Connection, path: Path, busy_seconds: float) -> None:
    if not path.is_file():
        raise StorageUnavailable(
            gettext("there is no state file"), where=str(path), hint=gettext("Check the home folder.")
        )
    try:
        _back_up(f"file:{quote(str(path))}?mode=ro&readonly_shm=1", memory, busy_seconds)
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise
        # A writer died in the middle of a change, or the write-ahead log has no index: opening it for reading would
        # have to write. So that happens to a copy, elsewhere.
        with tempfile.TemporaryDirectory(prefix="fairreview-") as folder:
            aside = Path(folder) / "state"
            _copy_files(path, aside)
            _back_up(f"file:{quote(str(aside))}", memory, busy_seconds)


def _back_up(uri: str, memory: sqlite3.Connection, busy_seconds: float) -> None:
    with closing(sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None)) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # waits for the lock, at most busy_seconds
        source.backup(memory)


def _copy_files(path: Path, target: Path) -> None:
    for _ in range(_COPY_TRIES):
        before = _state_of(path)
        for suffix in _SIDE_FILES:
            side = path.with_name(path.name + suffix)
            copy = target.with_name(target.name + suffix)
            copy.unlink(missing_ok=True)
            if side.exists():
                shutil.copyfile(side, copy)
        if _state_of(path) == before:
            return
    raise StorageBusy(gettext("the store changes too fast to be copied"), where=str(path), hint=gettext("Try again."))


def _state_of(path: Path) -> list[tuple[int, int] | None]:
    sides = [path.with_name(path.name + suffix) for suffix in _SIDE_FILES]
    return [(side.stat().st_size, side.stat().st_mtime_ns) if side.exists() else None for side in sides]

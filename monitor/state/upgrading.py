"""What a change of the program means for a store: which steps it would take, and the way back to the copy made before.

Nothing here opens the store as the program does, so nothing is migrated by looking.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import StorageBusy, StorageDamaged, StorageError
from monitor.language import gettext as _
from monitor.state.engine import open_engine, sqlite_path
from monitor.state.faults import translated
from monitor.state.migrating import COPY_MARK, SCHEMA_HEAD, known_revisions, read_revision
from monitor.state.private_files import sync_directory


@dataclass(frozen=True)
class StoreSchema:
    """Where a store stands between the revisions.

    Attributes:
        stored: Its revision; None for one that is not there yet.
        steps: The revisions that the next command would take it through; empty where it is this program's.
        is_newer: A newer program wrote it; this one leaves it alone.
        size: Bytes that its copy would take; None where no copy is made (PostgreSQL).
        free: Bytes free where the copy would lie.
    """

    stored: str | None
    steps: tuple[str, ...]
    is_newer: bool
    size: int | None
    free: int | None


@dataclass(frozen=True)
class EarlierStore:
    """The copy of a SQLite store that a migration made before it began."""

    path: Path
    revision: str
    made_at: datetime


def look_at_schema(url: str) -> StoreSchema:
    """Says where a store stands, and changes nothing.

    Raises:
        StorageError: it cannot be read.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return StoreSchema(None, (), is_newer=False, size=None, free=None)
    engine = open_engine(url)
    try:
        stored = read_revision(engine)
    finally:
        engine.dispose()
    known = sorted(known_revisions())
    steps = tuple(one for one in known if stored is not None and one > stored)
    size, free = (None, None) if path is None else (path.stat().st_size, shutil.disk_usage(path.parent).free)
    return StoreSchema(stored, steps, is_newer=stored is not None and stored > SCHEMA_HEAD, size=size, free=free)


def find_earlier_stores(path: Path) -> tuple[EarlierStore, ...]:
    """Finds the copies that migrations left beside a store, the newest revision first."""
    found = []
    for one in path.parent.glob(f"{path.name}{COPY_MARK}*"):
        made_at = datetime.fromtimestamp(one.stat().st_mtime, UTC)
        found.append(EarlierStore(one, one.name.rpartition(COPY_MARK)[2], made_at))
    return tuple(sorted(found, key=lambda one: one.revision, reverse=True))


def put_back(path: Path, earlier: EarlierStore) -> Path:
    """Makes a store what it was before a migration, where nothing was done with it since.

    The store's own locks hold others off while its content is exchanged, in one transaction.

    Args:
        path: The SQLite store.
        earlier: The copy made before the migration; it stays.

    Returns:
        The copy that was made of the migrated store.

    Raises:
        StorageError: another program holds it, something was logged since, or the copy is damaged; nothing was changed.
    """
    kept = path.with_name(f"{path.name}.before-going-back-to-{earlier.revision}")
    with translated(where=str(path)), _only_user_of(path) as store, closing(_read_only(earlier.path)) as before:
        _require_sound(before, earlier.path)
        _require_nothing_since(store, before)
        store.execute("ROLLBACK")  # SQLite copies nothing out of an open write; the lock is kept all the same
        kept.unlink(missing_ok=True)
        kept.touch(mode=0o600)
        with closing(sqlite3.connect(kept)) as target:
            store.backup(target)
        sync_directory(kept.parent)
        before.backup(store)
    return kept


@contextmanager
def _only_user_of(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as store:
        store.isolation_level = None
        try:
            store.execute("PRAGMA locking_mode=EXCLUSIVE")  # kept from the comparison to the exchange
            store.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            hint = _("End what uses it (`fairreview doctor` names it), then run again.")
            raise StorageBusy(_("another program is using the store"), where=str(path), hint=hint) from error
        yield store


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _require_sound(store: sqlite3.Connection, path: Path) -> None:
    try:
        (said,) = store.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise StorageDamaged(
            _("the copy is damaged: {said}").format(said=said), where=str(path), hint=_("Restore a backup instead.")
        )


def _require_nothing_since(store: sqlite3.Connection, before: sqlite3.Connection) -> None:
    ask = "SELECT chain, seq, digest FROM journal_heads ORDER BY chain"
    now, then = store.execute(ask).fetchall(), before.execute(ask).fetchall()
    if now != then:
        entries = sum(row[1] for row in now) - sum(row[1] for row in then)
        raise StorageError(
            _(
                "{entries} entries were added to the action log since the copy was made; going back would forget them"
            ).format(entries=entries),
            hint=_("Stay with this program. Nothing was changed."),
        )

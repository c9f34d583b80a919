"""Turns the drivers' errors into ours: the type says what to do, the driver's text stays as the cause."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from monitor.errors import (
    CommitUncertain,
    StorageBusy,
    StorageDamaged,
    StorageError,
    StorageFull,
    StorageRule,
    StorageUnavailable,
)
from monitor.language import gettext as _

_HINTS: dict[type[StorageError], str] = {
    StorageFull: _("Free space on the disk of the store, then run the command again."),
    StorageBusy: _("Another process is writing. Try again; `fairreview doctor` shows who."),
    StorageUnavailable: _("Check path, rights and connection of the store."),
    StorageDamaged: _("Stop using this store; run `fairreview doctor`, then restore a backup."),
}

_SQLITE_CODES: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_FULL: StorageFull,
    sqlite3.SQLITE_BUSY: StorageBusy,
    sqlite3.SQLITE_LOCKED: StorageBusy,
    sqlite3.SQLITE_CORRUPT: StorageDamaged,
    sqlite3.SQLITE_NOTADB: StorageDamaged,
    sqlite3.SQLITE_IOERR: StorageUnavailable,
    sqlite3.SQLITE_READONLY: StorageUnavailable,
    sqlite3.SQLITE_CANTOPEN: StorageUnavailable,
    sqlite3.SQLITE_PERM: StorageUnavailable,
    sqlite3.SQLITE_CONSTRAINT: StorageRule,
}

# SQLSTATE, longest prefix first: disk full, too many connections, serialisation and locks, damage, constraints.
_PG_STATES: tuple[tuple[str, type[StorageError]], ...] = (
    ("53100", StorageFull),
    ("53300", StorageBusy),
    ("55P03", StorageBusy),
    ("40", StorageBusy),
    ("XX001", StorageDamaged),
    ("XX002", StorageDamaged),
    ("23", StorageRule),
    ("08", StorageUnavailable),
    ("57P", StorageUnavailable),
    ("25P03", StorageUnavailable),
)


@contextmanager
def translated(*, where: str = "", is_commit: bool = False) -> Iterator[None]:
    """Lets only our own errors out.

    Args:
        where: The store, for the error.
        is_commit: The wrapped work is a commit, so a lost connection leaves its outcome open.

    Raises:
        StorageError: of the type that says what happens next.
    """
    try:
        yield
    except PoolTimeout as error:
        raise StorageBusy(_("no free connection to the store"), where=where, hint=_HINTS[StorageBusy]) from error
    except UnicodeDecodeError as error:  # the driver quotes a name or a statement of the schema, and it is no text
        detail = _("the store's schema is damaged: what SQLite says of it is no text")
        raise StorageDamaged(detail, where=where, hint=_HINTS[StorageDamaged]) from error
    except DBAPIError as error:
        kind = _kind(error)
        if is_commit and kind is StorageUnavailable:
            raise CommitUncertain(
                _("the store went away during a commit"),
                where=where,
                hint=_("Nothing is repeated before the row was looked up."),
            ) from error
        raise kind(
            _("the store answered: {orig}").format(orig=error.orig), where=where, hint=_HINTS.get(kind, "")
        ) from error


def _kind(error: DBAPIError) -> type[StorageError]:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE_CODES.get(code & 0xFF, StorageError)
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(state, str):
        return next((kind for prefix, kind in _PG_STATES if state.startswith(prefix)), StorageError)
    return StorageUnavailable if error.connection_invalidated or state is None else StorageError

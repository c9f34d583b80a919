"""A consistent copy of the state file, made while others may write."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.errors import SettingsError, StorageUnavailable
from monitor.language import gettext as _
from monitor.state.engine import sqlite_path


def copy_database(url: str, target: Path) -> None:
    """Copies a SQLite store by the database's own backup; copying the file would lose what its journal holds.

    Raises:
        SettingsError: the state is in PostgreSQL, which has its own tools.
        StorageUnavailable: it could not be copied.
    """
    source = sqlite_path(url)
    if source is None:
        raise SettingsError(
            _("the state is in PostgreSQL, which this command does not copy"),
            where="state.url",
            hint=_("Use pg_dump for it, and copy the home folder as well."),
        )
    try:
        with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(target)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StorageUnavailable(
            _("the state could not be copied: {error}").format(error=error), where=str(source)
        ) from error
    target.chmod(0o600)

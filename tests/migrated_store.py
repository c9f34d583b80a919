"""A store's file that is migrated once a session and copied: hundreds of tests begin with an empty store.

The template is made by the program's own migration; what that does is tested in ``tests/contract/test_migrations.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from monitor.state import store
from monitor.state.engine import sqlite_path
from monitor.state.migrating import migrate


@contextmanager
def copied_stores(folder: Path) -> Iterator[None]:
    """Lets every new SQLite store begin as a copy of one that was migrated; a store that is there is migrated as ever.

    Args:
        folder: Where the template may lie.
    """
    template = folder / "empty.sqlite3"
    migrate(f"sqlite:///{template}")
    empty = template.read_bytes()

    def copy_or_migrate(url: str) -> Path | None:
        path = sqlite_path(url)
        if path is not None and path.is_file() and not path.stat().st_size:  # just made, with the mode it shall have
            path.write_bytes(empty)
        return migrate(url)

    with patch.object(store, "migrate", copy_or_migrate):
        yield

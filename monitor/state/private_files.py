"""Files beside the store that several processes of one machine write: one lock for all of a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.files.locks import file_lock

_PAUSE_SECONDS = 0.01  # between two tries: who holds this lock writes a few lines


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Keeps other processes of this machine out of the folder's files while it lasts; makes the folder (0700)."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file_lock(directory / ".lock").acquire(poll_interval=_PAUSE_SECONDS):
        yield


def sync_directory(directory: Path) -> None:
    """Makes new names in a folder durable, where the system can."""
    if sys.platform == "win32":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

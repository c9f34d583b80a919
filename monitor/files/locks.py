"""Locks that the operating system gives up when their holder dies.

The file and the system's call (``flock``, on Windows ``locking`` of the first byte) are those of earlier versions, so
that an old and a new program on one home exclude each other. The file stays when the lock is released.
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock


def file_lock(path: Path) -> FileLock:
    """Returns a lock that is not held yet, on a file for its owner alone; the folder must be there.

    ``acquire`` waits without end unless it is given a ``timeout`` in seconds (0: one try), and then raises
    ``filelock.Timeout``. A file system without such locks is an ``OSError``: a file that merely exists is no lock.
    """
    return FileLock(path, mode=0o600, preserve_lock_file=True, fallback_to_soft=False, thread_local=False)

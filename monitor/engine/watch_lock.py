"""One watcher an account on a machine: a file that the operating system keeps locked while its holder lives."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from monitor.errors import AccountBusy


@contextmanager
def watching(folder: Path, accounts: Iterable[str]) -> Iterator[None]:
    """Holds the locks of these accounts; a dead holder's locks are free at once.

    Raises:
        AccountBusy: another process of this machine watches one of them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as held:
        for name in sorted(accounts):
            handle = os.open(folder / f"watch-{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            held.callback(os.close, handle)
            if not _lock(handle):
                raise AccountBusy(
                    f"account {name} is being watched already",
                    where=str(folder),
                    hint="`fairreview service status` shows a watcher of the operating system.",
                )
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        with contextlib.suppress(OSError):
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            return True
        return False
else:
    import fcntl

    def _lock(handle: int) -> bool:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

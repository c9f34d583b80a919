"""One watcher an account on a machine: a file that the operating system keeps locked while its holder lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import Timeout

from monitor.errors import AccountBusy
from monitor.files.locks import file_lock
from monitor.language import gettext as _

_PATIENCE = 0.5  # seconds: who only looks whether somebody watches holds the lock for an instant


@contextmanager
def watching(folder: Path, accounts: Iterable[str]) -> Iterator[None]:
    """Holds the locks of these accounts; a dead holder's locks are free at once.

    Raises:
        AccountBusy: another process of this machine watches one of them.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as held:
        for name in sorted(accounts):
            try:
                held.enter_context(file_lock(folder / f"watch-{name}.lock").acquire(timeout=_PATIENCE))
            except Timeout:
                raise AccountBusy(
                    _("account {name} is being watched already").format(name=name),
                    where=str(folder),
                    hint=_("`fairreview service status` shows a watcher of the operating system."),
                ) from None
        yield


def is_watched(folder: Path, account: str) -> bool:
    """Whether a process of this machine watches an account now: its lock cannot be had. It is given back at once."""
    path = folder / f"watch-{account}.lock"
    if not path.is_file():
        return False
    try:
        with file_lock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True

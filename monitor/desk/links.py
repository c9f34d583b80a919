"""Links into a desk: each lets one browser in, once. Whoever may read the home's own files may make one.

A running desk keeps its port and key in a file for its owner alone, so that `fairreview desk` beside it, or beside a
service that serves it, makes a link without asking anybody; a link never stands in a service's log.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import Timeout

from monitor.errors import AccountBusy, SecretDamaged
from monitor.files.locks import file_lock
from monitor.files.private import read_private, write_private
from monitor.language import gettext

_FILE, _LOCK = "desk.door", "desk.lock"  # not .json: those are records of visits, and go when their visit is dead
_LARGEST = 4096  # bytes
_LIVES = 600  # seconds: a link that nobody used goes stale


@dataclass
class Links:
    """Makes links and takes each once.

    Attributes:
        port: The desk's.
        key: What they are signed with; of one process.
        clock: The time of day in seconds, the same for who makes a link and who takes it.
    """

    port: int
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    clock: Callable[[], float] = time.time
    _used: dict[str, int] = field(default_factory=dict, repr=False)

    def new(self) -> str:
        """Returns a link."""
        token = f"{secrets.token_urlsafe(18)}.{int(self.clock()) + _LIVES}"
        return f"http://127.0.0.1:{self.port}/enter?token={token}.{self._sign(token)}"

    def take(self, token: str) -> bool:
        """Uses a link's token up; tells whether it was good, in time and not used before."""
        named, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), self._sign(named).encode()):
            return False
        until, now = int(named.rpartition(".")[2]), self.clock()
        self._used = {one: over for one, over in self._used.items() if over > now}
        if until < now or until > now + _LIVES + 1 or named in self._used:
            return False
        self._used[named] = until
        return True

    def _sign(self, named: str) -> str:
        return hmac.new(self.key, named.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


@contextmanager
def announced(folder: Path, links: Links) -> Iterator[None]:
    """Lets others on this machine, of this user, find the desk while it runs.

    Raises:
        AccountBusy: another desk of this home runs.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        lock = file_lock(folder / _LOCK).acquire(timeout=0.5)
    except Timeout:
        raise AccountBusy(gettext("a desk of this home runs already"), where=str(folder)) from None
    with lock:
        write_private(folder / _FILE, json.dumps({"port": links.port, "key": links.key.hex()}).encode())
        try:
            yield
        finally:
            with suppress(OSError):
                (folder / _FILE).unlink()


def find_desk(folder: Path) -> Links | None:
    """Returns how to make links into the desk of a home that runs now; None where none runs."""
    if not (folder / _LOCK).is_file():
        return None
    try:
        with file_lock(folder / _LOCK).acquire(timeout=0):
            return None
    except Timeout:
        pass
    try:
        stored = json.loads(read_private(folder / _FILE, max_bytes=_LARGEST))
        return Links(int(stored["port"]), bytes.fromhex(stored["key"]))
    except (OSError, ValueError, KeyError, TypeError, SecretDamaged):
        return None  # it begins or ends just now

"""Keeps a secret store open in a process of its own, and forgets it by ending.

It gives out single secrets by name to programs of the same user, and never the key. It ends after the time it was
given, when it is told to, with its parent where it was started so, when the store is another one than it was, and as
soon as the clocks say that the machine slept or that a clock was set.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import os
import select
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from filelock import Timeout
from pydantic import ValidationError

from monitor.errors import MonitorError, SecretDamaged
from monitor.files.locks import file_lock
from monitor.language import gettext as _
from monitor.secrets.kept import LOCK_NAME, SOCKET_NAME, Answered, Asked, KeepOrder, peer_uid, read_line
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import Sealed, SealedFiles, header_of, open_store_with_key

_LOOK_SECONDS = 0.5  # how often it looks at the clocks
_JUMP_SECONDS = 10.0  # two clocks that drift apart by more between two looks: sleep, or a clock that was set
_LOCK_SECONDS = 5.0  # as long as the keeper before this one may take to end
_OF_ACCOUNTS = ("session/", "account/")
_SET_DUMPABLE = 4  # PR_SET_DUMPABLE, prctl(2)


@dataclass(frozen=True)
class Reading:
    """Three clocks at one moment, in seconds: the wall's, one that stands still in sleep, and one that does not."""

    wall: float
    awake: float
    boot: float

    @classmethod
    def take(cls) -> Reading:
        """Reads the machine's clocks."""
        awake = time.monotonic()
        boot = awake
        if sys.platform == "linux":
            boot = time.clock_gettime(time.CLOCK_BOOTTIME)
        return cls(time.time(), awake, boot)

    def jumped_since(self, before: Reading) -> bool:
        """Whether the machine slept since then, or its clock was set."""
        awake = self.awake - before.awake
        return any(abs(passed - awake) > _JUMP_SECONDS for passed in (self.wall - before.wall, self.boot - before.boot))


@dataclass
class Keeper:
    """One open store and until when it stays so.

    Attributes:
        read_clocks: Where the time comes from; tests put theirs here.
    """

    order: KeepOrder
    store: SealedFiles
    read_clocks: Callable[[], Reading] = Reading.take
    _begun: Reading = field(init=False)
    _seen: Reading = field(init=False)
    _header: bytes = field(init=False)
    _is_told: bool = False

    def __post_init__(self) -> None:
        self._begun = self._seen = self.read_clocks()
        self._header = header_of(self.order.secrets)

    def is_over(self) -> bool:
        """Looks at the clocks and the store: whether it has to be forgotten now."""
        before, self._seen = self._seen, self.read_clocks()
        return (
            self._is_told
            or self._seen.jumped_since(before)
            or self._left() <= 0
            or header_of(self.order.secrets) != self._header
        )

    def answer(self, asked: Asked) -> Answered:
        """Does what was asked for, as far as whoever asks may have it."""
        if asked.act == "lock":
            self._is_told = True
        if asked.act in ("lock", "status"):
            return Answered(seconds_left=self._left(), ends_with_parent=self.order.ends_with_parent)
        if not _may(asked):
            return Answered(problem=_("the keeper does not give this secret out here"), where=asked.name[:80])
        try:
            return self._carry_out(asked)
        except MonitorError as error:
            damaged = isinstance(error, SecretDamaged)
            return Answered(problem=str(error), where=error.where, hint=error.hint, is_damaged=damaged)
        except ValueError as error:
            return Answered(problem=str(error))

    def _carry_out(self, asked: Asked) -> Answered:
        match asked.act:
            case "save":
                self.store.save(asked.name, base64.b64decode(asked.value, validate=True))
                return Answered()
            case "forget":
                return Answered(is_there=self.store.forget(asked.name))
            case "names":
                found = self.store.names(asked.name)
                return Answered(
                    names=tuple(name for name in found if not asked.account or _may_see(name, asked.account))
                )
            case "saved_at":
                return Answered(saved_at=self.store.saved_at(asked.name))
            case "load_previous":
                return _told(self.store.load_previous(asked.name))
            case _:
                return _told(self.store.load(asked.name))

    def _left(self) -> float:
        return self.order.seconds - (self._seen.boot - self._begun.boot)


def main(source: BinaryIO, sink: BinaryIO, *, read_clocks: Callable[[], Reading] = Reading.take) -> int:
    """Reads an order, opens the store, says so by an empty line, and keeps it; what went wrong is a line of words."""
    _forbid_dumps()
    try:
        order = KeepOrder.model_validate_json(source.readline())
        with contextlib.ExitStack() as held:
            lock = file_lock(order.runs / LOCK_NAME)
            held.enter_context(lock.acquire(timeout=_LOCK_SECONDS))
            key = order.data_key.get_secret_value()
            keeper = Keeper(order, open_store_with_key(order.secrets, key, redactor=Redactor()), read_clocks)
            door = held.enter_context(_door(order))
            sink.write(b"\n")
            sink.flush()
            _keep(keeper, door, source if order.ends_with_parent else None)
    except (ValidationError, Timeout, OSError, MonitorError) as error:
        sink.write(f"{_('the store is held open already') if isinstance(error, Timeout) else error}\n".encode())
        sink.flush()
        return 1
    return 0


def _door(order: KeepOrder) -> contextlib.AbstractContextManager[socket.socket]:
    if sys.platform == "win32":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    os.chdir(order.runs)  # an address is short; a home's path need not be
    with contextlib.suppress(FileNotFoundError):
        Path(SOCKET_NAME).unlink()  # a dead keeper's: the lock is held
    door = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        door.bind(SOCKET_NAME)
    finally:
        os.umask(before)
    door.listen(16)
    return door


def _keep(keeper: Keeper, door: socket.socket, parent: BinaryIO | None) -> None:
    heard: list[socket.socket | BinaryIO] = [door] if parent is None else [door, parent]
    try:
        while not keeper.is_over():
            ready, _writable, _broken = select.select(heard, [], [], _LOOK_SECONDS)
            if parent in ready:
                return  # nothing is ever said there: it is the end of the parent
            if door in ready and not keeper.is_over():  # a laptop that woke up is asked before it looked
                line, _address = door.accept()
                with line, contextlib.suppress(OSError):  # who hangs up has no answer
                    _serve(keeper, line)
    finally:
        Path(SOCKET_NAME).unlink(missing_ok=True)


def _serve(keeper: Keeper, line: socket.socket) -> None:
    if sys.platform == "win32" or peer_uid(line) != os.geteuid():
        return
    try:
        answered = keeper.answer(Asked.model_validate_json(read_line(line)))
    except ValidationError:
        answered = Answered(problem="not a question")
    line.sendall(answered.model_dump_json().encode() + b"\n")


def _may(asked: Asked) -> bool:
    """Whether whoever asks may have it.

    What accounts sign in with goes to visits alone, each account's to its own; a command may put it there, delete it,
    and know when it was saved. What is the installation's (the signing key, channels) goes to both.
    """
    if asked.account:
        return asked.act == "names" or _may_see(asked.name, asked.account)
    return asked.act not in ("load", "load_previous") or not asked.name.startswith(_OF_ACCOUNTS)


def _may_see(name: str, account: str) -> bool:
    own = tuple(f"{group}{account}/" for group in _OF_ACCOUNTS)
    return name.startswith(own) or not name.startswith(_OF_ACCOUNTS)


def _told(found: Sealed | None) -> Answered:
    if found is None:
        return Answered()
    return Answered(is_there=True, value=base64.b64encode(found.value).decode(), saved_at=found.saved_at)


def _forbid_dumps() -> None:
    """Keeps the key out of core files, and other programs of this user out of this one's memory (Linux: prctl(2))."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - there alone

        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)

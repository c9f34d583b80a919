"""The secret store while a keeper holds it open: single secrets by name over a socket, never the key.

A keeper (``monitor.secrets.keeper``) is a process of its own; docs/adr/0041-unlock-once.md says what it is for and what
it is not. It answers one question a connection: a line of JSON there, a line of JSON back. It needs to know who asks
(Linux: the credentials of a socket's peer), so there is none on other systems.
"""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, field_serializer

from monitor.errors import SecretDamaged, SecretsUnavailable
from monitor.language import gettext as _
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import Sealed, StoreKind

SOCKET_NAME = "keeper.sock"
LOCK_NAME = "keeper.lock"
LARGEST_LINE = 48_000_000  # bytes: the largest secret in base64, and its frame
ANSWER_SECONDS = 10.0

CAN_KEEP = sys.platform == "linux"
"""Whether this system tells a keeper who asks it."""

_LONGEST_ADDRESS = 100  # bytes; Linux takes 107 (unix(7))

Act = Literal["status", "lock", "load", "load_previous", "saved_at", "save", "forget", "names"]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class KeepOrder(_Line):
    """What a keeper is started with, through its standard input.

    Attributes:
        secrets: Folder of the secret store.
        runs: Folder in which its socket and its lock lie.
        data_key: The key, as ``SealedFiles.data_key`` gives it.
        seconds: How long the store stays open at most.
        ends_with_parent: Whether it ends when its standard input does.
    """

    secrets: Path
    runs: Path
    data_key: SecretStr
    seconds: float
    ends_with_parent: bool = False

    @field_serializer("data_key")
    def _reveal(self, value: SecretStr) -> str:
        return value.get_secret_value()


class Asked(_Line):
    """One question to a keeper. ``account`` is set in a visit: it gets the secrets of that account alone."""

    act: Act
    name: str = ""
    value: str = ""
    account: str = ""


class Answered(_Line):
    """What a keeper answers: ``problem`` and what goes with it, or what was asked for. ``value`` is base64."""

    problem: str = ""
    where: str = ""
    hint: str = ""
    is_damaged: bool = False
    is_there: bool = False
    value: str = ""
    saved_at: datetime | None = None
    names: tuple[str, ...] = ()
    seconds_left: float = 0.0
    ends_with_parent: bool = False


@dataclass(frozen=True)
class KeptOpen:
    """That a store is held open: for how long still (seconds), and whether by a running ``watch``."""

    seconds_left: float
    is_watch: bool


class KeptFiles:
    """The secrets of a store that a keeper holds open; get one from ``find_kept``."""

    kind: StoreKind = "file"

    def __init__(self, runs: Path, account: str, redactor: Redactor) -> None:
        self._runs = runs
        self._account = account
        self._redactor = redactor

    def data_key(self) -> None:
        """There is no key here: a visit that gets none asks the keeper itself."""
        return

    def save(self, name: str, value: bytes) -> None:
        """Stores a secret durably; the one it replaces stays readable by ``load_previous``."""
        self._ask("save", name, value)

    def load(self, name: str) -> Sealed | None:
        """Reads a secret, or None when there is none."""
        return self._sealed("load", name)

    def load_previous(self, name: str) -> Sealed | None:
        """Reads what the last ``save`` replaced, or None."""
        return self._sealed("load_previous", name)

    def saved_at(self, name: str) -> datetime | None:
        """Tells when a secret was put there, or None when there is none."""
        return self._ask("saved_at", name).saved_at

    def forget(self, name: str) -> bool:
        """Deletes a secret and its predecessor; tells whether there was one."""
        return self._ask("forget", name).is_there

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Names of the secrets that are there, sorted."""
        return self._ask("names", prefix).names

    def _sealed(self, act: Act, name: str) -> Sealed | None:
        answered = self._ask(act, name)
        if answered.saved_at is None:
            return None
        value = base64.b64decode(answered.value)
        self._redactor.learn(name, value)
        return Sealed(value, answered.saved_at)

    def _ask(self, act: Act, name: str, value: bytes = b"") -> Answered:
        asked = Asked(act=act, name=name, value=base64.b64encode(value).decode(), account=self._account)
        answered = ask_keeper(self._runs, asked)
        if answered is None:
            raise SecretsUnavailable(
                _("the secret store was locked meanwhile"), where=str(self._runs), hint=_("Run `fairreview unlock`.")
            )
        if answered.problem:
            kind = SecretDamaged if answered.is_damaged else SecretsUnavailable
            raise kind(answered.problem, where=answered.where, hint=answered.hint)
        return answered


def find_kept(runs: Path, redactor: Redactor, *, account: str = "") -> KeptFiles | None:
    """Returns the store as a keeper of this user holds it open, or None where none does.

    Args:
        runs: The home's folder of running things.
        redactor: Learns every value that is read.
        account: In a visit, its account: the keeper gives out nothing of another one.
    """
    return KeptFiles(runs, account, redactor) if kept_open(runs) is not None else None


def kept_open(runs: Path) -> KeptOpen | None:
    """Tells whether and how long the store is held open; None when it is locked."""
    answered = ask_keeper(runs, Asked(act="status"))
    if answered is None or answered.problem:
        return None
    return KeptOpen(answered.seconds_left, answered.ends_with_parent)


def ask_keeper(runs: Path, asked: Asked) -> Answered | None:
    """Asks once; None when no keeper of this user is there, or it ended before it answered."""
    if sys.platform != "linux" or not (runs / SOCKET_NAME).is_socket():
        return None
    try:
        with socket.socket(socket.AF_UNIX) as line, _address(runs) as address:
            line.settimeout(ANSWER_SECONDS)
            line.connect(address)
            if peer_uid(line) != os.geteuid():
                return None
            line.sendall(asked.model_dump_json().encode() + b"\n")
            return Answered.model_validate_json(read_line(line))
    except (OSError, ValidationError):
        return None


def peer_uid(line: socket.socket) -> int:
    """Returns the user at the other end, as the kernel knows it (unix(7): pid, uid, gid when it connected)."""
    if sys.platform != "linux":
        return -1
    given = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(given[4:8], sys.byteorder)


def read_line(line: socket.socket) -> bytes:
    """Reads one line of bounded size, in bounded time.

    Raises:
        OSError: it did not come whole, or is too long.
    """
    until = time.monotonic() + ANSWER_SECONDS
    found = bytearray()
    while not found.endswith(b"\n"):
        line.settimeout(max(0.001, until - time.monotonic()))
        part = line.recv(65_536)
        found += part
        if not part or len(found) > LARGEST_LINE:
            raise ConnectionAbortedError
    return bytes(found)


@contextlib.contextmanager
def _address(runs: Path) -> Iterator[str]:
    """Yields a path of the socket that fits into an address, however long the home's own path is."""
    path = runs / SOCKET_NAME
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(runs, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET_NAME}"
    finally:
        os.close(folder)

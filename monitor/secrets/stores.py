"""The store of secrets: encrypted files under one data key.

Three kinds differ only in where the key lives: ``keyring`` (the system's), ``file`` (derived from a passphrase, by
explicit choice) and ``ephemeral`` (in the memory of this process; what it wrote is unreadable afterwards). There is
no fall-back from one to another and none to clear text.

``store.json`` beside the files says which kind it is and holds a check value, so a wrong key is told apart from a
damaged file. Each file is a Fernet token over its own name and the value: a file put in another's place is noticed.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from cryptography.fernet import Fernet, InvalidToken
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from monitor.errors import SecretDamaged, SecretsUnavailable, WrongPassphrase
from monitor.files.private import is_device_name, make_private_directory, read_private, write_private
from monitor.language import gettext, tell_number
from monitor.secrets.data_keys import (
    KEY_BYTES,
    SHORTEST_PASSPHRASE,
    PassphraseCost,
    create_key_in_keyring,
    decode_key,
    derive_key,
    encode_key,
    forget_key_in_keyring,
    read_key_from_keyring,
)
from monitor.secrets.redaction import Redactor

StoreKind = Literal["keyring", "file", "ephemeral"]

_HEADER = "store.json"
_SUFFIX = ".sealed"
_PREVIOUS = ".previous"
_CHECK = b"fairreview secret store"
_LARGEST = 16_000_000  # bytes of one secret; a browser's storage state is some 15,000
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(/[a-z0-9][a-z0-9_-]{0,63}){0,3}")


@dataclass(frozen=True)
class Sealed:
    """A secret as it came out of the store, and when it was put there (to the second)."""

    value: bytes
    saved_at: datetime

    def __repr__(self) -> str:
        return f"Sealed(value=<{len(self.value)} bytes>, saved_at={self.saved_at!r})"


def sealed_file(directory: Path, name: str) -> Path:
    """Returns where a store in this folder keeps a secret."""
    return directory / f"{name}{_SUFFIX}"


class SecretStore(Protocol):
    """What the rest of the program needs of a secret store."""

    kind: StoreKind

    def save(self, name: str, value: bytes) -> None:
        """Stores a secret durably; the one it replaces stays readable by ``load_previous``."""

    def load(self, name: str) -> Sealed | None:
        """Reads a secret, or None when there is none."""

    def load_previous(self, name: str) -> Sealed | None:
        """Reads what the last ``save`` replaced, or None."""

    def forget(self, name: str) -> bool:
        """Deletes a secret and its predecessor; tells whether there was one."""

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Names of the secrets that are there, sorted."""

    def saved_at(self, name: str) -> datetime | None:
        """Tells when a secret was put there, or None when there is none."""

    def data_key(self) -> str | None:
        """The key as text, for a child's pipe; None where a keeper has it and gives out single secrets."""


class _Header(BaseModel):
    """``store.json``: which key opens this store."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    version: Literal[1] = 1
    kind: StoreKind
    store_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    check: str
    salt: Base64Bytes = b""
    memory_kib: int = Field(default=0, ge=0, le=4_194_304)
    iterations: int = Field(default=0, ge=0, le=100)
    lanes: int = Field(default=0, ge=0, le=64)


class SealedFiles:
    """A secret store in a folder. Make one with ``create_store``, ``open_store`` or ``open_store_with_key``."""

    def __init__(self, directory: Path, kind: StoreKind, key: bytes, redactor: Redactor) -> None:
        self.kind: StoreKind = kind
        self._directory = directory
        self._key = key
        self._fernet = Fernet(encode_key(key))
        self._redactor = redactor
        redactor.add(encode_key(key), "data key")

    def __repr__(self) -> str:
        return f"SealedFiles({str(self._directory)!r}, kind={self.kind!r})"

    def data_key(self) -> str:
        """The key as text, to hand to a child process through a pipe; never through argv or the environment."""
        return encode_key(self._key)

    def save(self, name: str, value: bytes) -> None:
        """Stores a secret durably; the one it replaces stays readable by ``load_previous``.

        Raises:
            SecretsUnavailable: it cannot be written; the old value is intact.
        """
        path = self._path(name)
        if len(value) > _LARGEST:
            raise SecretsUnavailable(
                gettext("the secret is larger than {largest} bytes").format(largest=tell_number(_LARGEST)), where=name
            )
        token = self._fernet.encrypt(name.encode() + b"\0" + value)
        try:
            for folder in reversed(path.relative_to(self._directory).parents[:-1]):
                make_private_directory(self._directory / folder)
            with contextlib.suppress(FileNotFoundError):
                write_private(_previous(path), read_private(path, max_bytes=_LARGEST * 2))
            write_private(path, token)
        except OSError as error:
            raise SecretsUnavailable(
                gettext("cannot be written: {strerror}").format(strerror=error.strerror), where=str(path)
            ) from error

    def load(self, name: str) -> Sealed | None:
        """Reads a secret, or None when there is none.

        Raises:
            SecretDamaged: the file was changed, cut, swapped, or others can read it.
        """
        return self._read(name, self._path(name))

    def load_previous(self, name: str) -> Sealed | None:
        """Reads what the last ``save`` replaced, or None. Raises as ``load`` does."""
        return self._read(name, _previous(self._path(name)))

    def saved_at(self, name: str) -> datetime | None:
        """Tells when a secret was put there, or None when there is none. Raises as ``load`` does."""
        found = self._read(name, self._path(name))
        return found.saved_at if found else None

    def forget(self, name: str) -> bool:
        """Deletes a secret and its predecessor; tells whether there was one."""
        path = self._path(name)
        was_there = path.exists()
        path.unlink(missing_ok=True)
        _previous(path).unlink(missing_ok=True)
        return was_there

    def names(self, prefix: str = "") -> tuple[str, ...]:
        """Names of the secrets that are there, sorted."""
        found = (path.relative_to(self._directory).with_suffix("").as_posix() for path in self._sealed_files())
        return tuple(sorted(name for name in found if name.startswith(prefix)))

    def discard(self) -> None:
        """Deletes the store with everything in it, and its key in the keyring. Nothing can bring it back."""
        if self.kind == "keyring":
            forget_key_in_keyring(_read_header(self._directory).store_id)
        shutil.rmtree(self._directory)

    def _sealed_files(self) -> tuple[Path, ...]:
        return tuple(self._directory.rglob(f"*{_SUFFIX}"))

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or any(map(is_device_name, name.split("/"))):
            raise ValueError(f"not a name for a secret: {name!r}")
        return sealed_file(self._directory, name)

    def _read(self, name: str, path: Path) -> Sealed | None:
        try:
            token = read_private(path, max_bytes=_LARGEST * 2)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SecretsUnavailable(
                gettext("cannot be read: {strerror}").format(strerror=error.strerror), where=str(path)
            ) from error
        value = self._unseal(name, token, path)
        self._redactor.learn(name, value)
        return Sealed(value, datetime.fromtimestamp(self._fernet.extract_timestamp(token), UTC))

    def _unseal(self, name: str, token: bytes, path: Path) -> bytes:
        try:
            owner, _, value = self._fernet.decrypt(token).partition(b"\0")
        except InvalidToken as error:
            raise SecretDamaged(gettext("was changed or cut since it was written"), where=str(path)) from error
        if owner != name.encode():
            raise SecretDamaged(gettext("holds another secret than its name says"), where=str(path))
        return value


def create_store(
    directory: Path, kind: StoreKind, *, passphrase: str | None = None, redactor: Redactor | None = None
) -> SealedFiles:
    """Sets up a new secret store.

    Args:
        directory: Its folder; made for its owner alone.
        kind: Where the key lives. An ephemeral store replaces an earlier ephemeral one, whose key is gone anyway.
        passphrase: For kind ``file``: at least 10 characters.
        redactor: Learns the key and every value that is read, so that logs can hide them.

    Raises:
        SecretsUnavailable: the keyring does not work, the passphrase is too short, or there is a store already.
    """
    if is_store(directory):
        if kind != "ephemeral" or _read_header(directory).kind != "ephemeral":
            raise SecretsUnavailable(gettext("there is a secret store already"), where=str(directory))
        shutil.rmtree(directory)
    header, key = _new_key(kind, passphrase)
    _make_root(directory)
    store = SealedFiles(directory, kind, key, redactor or Redactor())
    check = Fernet(encode_key(key)).encrypt(_CHECK).decode()
    content = header.model_copy(update={"check": check}).model_dump_json(indent=2)
    write_private(directory / _HEADER, content.encode() + b"\n")
    return store


def is_store(directory: Path) -> bool:
    """Whether a secret store was set up here."""
    return (directory / _HEADER).exists()


def open_store(
    directory: Path, *, ask_passphrase: Callable[[], str] | None = None, redactor: Redactor | None = None
) -> SealedFiles:
    """Opens the secret store of an installation.

    Args:
        directory: Its folder.
        ask_passphrase: Called once for a store of kind ``file``; None where nobody can be asked.
        redactor: As for ``create_store``.

    Raises:
        SecretsUnavailable: there is no store, its keyring is locked or gone, or nobody can be asked.
        WrongPassphrase: the key does not open it.
        SecretDamaged: the store's own file is damaged or open to others.
    """
    header = _read_header(directory)
    return _unlock(directory, header, _existing_key(header, ask_passphrase), redactor)


def open_store_with_key(directory: Path, data_key: str, *, redactor: Redactor | None = None) -> SealedFiles:
    """Opens a store with the key that the parent process handed over (``data_key``). Raises as ``open_store``."""
    return _unlock(directory, _read_header(directory), decode_key(data_key), redactor)


def kind_of(directory: Path) -> StoreKind:
    """Tells where the key of the store in this folder lives. Raises as ``open_store``."""
    return _read_header(directory).kind


def header_of(directory: Path) -> bytes:
    """Returns the head of the store in this folder, which another store does not have; empty where none is."""
    try:
        return read_private(directory / _HEADER, max_bytes=10_000)
    except (OSError, SecretDamaged):
        return b""


def _unlock(directory: Path, header: _Header, key: bytes, redactor: Redactor | None) -> SealedFiles:
    try:
        is_right = Fernet(encode_key(key)).decrypt(header.check) == _CHECK
    except InvalidToken:
        is_right = False
    if not is_right:
        what = "passphrase" if header.kind == "file" else "key"
        raise WrongPassphrase(
            gettext("this {what} does not open the secret store").format(what=what), where=str(directory)
        )
    return SealedFiles(directory, header.kind, key, redactor or Redactor())


def _new_key(kind: StoreKind, passphrase: str | None) -> tuple[_Header, bytes]:
    header = _Header(kind=kind, store_id=secrets.token_hex(16), check="")
    if kind == "keyring":
        return header, create_key_in_keyring(header.store_id)
    if kind == "ephemeral":
        return header, secrets.token_bytes(KEY_BYTES)
    if passphrase is None or len(passphrase) < SHORTEST_PASSPHRASE:
        raise SecretsUnavailable(
            gettext("the passphrase must have at least {shortest_passphrase} characters").format(
                shortest_passphrase=SHORTEST_PASSPHRASE
            )
        )
    salt, cost = secrets.token_bytes(16), PassphraseCost()
    costs = {"memory_kib": cost.memory_kib, "iterations": cost.iterations, "lanes": cost.lanes}
    return header.model_copy(update={"salt": salt, **costs}), derive_key(passphrase, salt, cost)


def _existing_key(header: _Header, ask_passphrase: Callable[[], str] | None) -> bytes:
    if header.kind == "keyring":
        return read_key_from_keyring(header.store_id)
    if header.kind == "ephemeral":
        raise SecretsUnavailable(gettext("this store's key was in the memory of a process that has ended"))
    if ask_passphrase is None:
        raise SecretsUnavailable(
            gettext("the passphrase is needed, and standard input is not a terminal"),
            hint=gettext("open it first by `fairreview unlock`, or set [vault] passphrase_file in config.toml"),
        )
    cost = PassphraseCost(header.memory_kib, header.iterations, header.lanes)
    return derive_key(ask_passphrase(), header.salt, cost)


def _read_header(directory: Path) -> _Header:
    path = directory / _HEADER
    try:
        content = read_private(path, max_bytes=10_000)
        return _Header.model_validate(json.loads(content))
    except FileNotFoundError as error:
        raise SecretsUnavailable(
            gettext("there is no secret store yet"), where=str(directory), hint=gettext("run `fairreview init`")
        ) from error
    except OSError as error:
        raise SecretsUnavailable(
            gettext("cannot be read: {strerror}").format(strerror=error.strerror), where=str(path)
        ) from error
    except (ValueError, RecursionError, ValidationError) as error:
        raise SecretDamaged(gettext("is not the head of a secret store"), where=str(path)) from error


def _make_root(directory: Path) -> None:
    try:
        make_private_directory(directory)
    except OSError as error:
        raise SecretsUnavailable(
            gettext("cannot be created: {strerror}").format(strerror=error.strerror), where=str(directory)
        ) from error


def _previous(path: Path) -> Path:
    return path.with_name(path.name + _PREVIOUS)

"""A directory of our own: reached without following links, readable by its owner only, synced when told.

On POSIX every operation goes through an open directory, so a link planted in the middle of a path cannot lead
outside. Windows has no such calls; there the same operations go by path, and a directory cannot be synced.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from evidence_store.errors import EvidenceError, StorageFull, StorageUnavailable
from evidence_store.placing import while_held
from evidence_store.sentences import sentence

FILE_MODE = 0o600
DIR_MODE = 0o700
TEMP_PREFIX = ".tmp-"

_HAS_DIR_FD = os.open in os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_BINARY = getattr(os, "O_BINARY", 0)
# FIFOs planted under an item's name must not block the reader for ever.
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)


class PrivateDir:
    """An open private directory; use as a context manager.

    Attributes:
        path: Where it is, for messages.
    """

    def __init__(self, path: Path, fd: int | None) -> None:
        self.path = path
        self._fd = fd

    @classmethod
    def open_root(cls, path: Path) -> PrivateDir:
        """Opens a directory that the user named; the name itself may be a link."""
        with storage_errors(path):
            return cls(path, os.open(path, os.O_RDONLY | _DIRECTORY | _CLOEXEC) if _HAS_DIR_FD else None)

    def open_child(self, name: str) -> PrivateDir:
        """Opens a directory inside this one; a link under that name is refused.

        Raises:
            FileNotFoundError: there is none.
            StorageUnavailable: it is not a real directory, or not readable.
        """
        with storage_errors(self.path / name, passing=(FileNotFoundError,)):
            if not _HAS_DIR_FD:
                if not stat.S_ISDIR((self.path / name).lstat().st_mode):
                    raise NotADirectoryError(errno.ENOTDIR, "not a directory", name)
                return PrivateDir(self.path / name, None)
            flags = os.O_RDONLY | _DIRECTORY | _NOFOLLOW | _CLOEXEC
            return PrivateDir(self.path / name, os.open(name, flags, dir_fd=self._fd))

    def make_child(self, name: str) -> None:
        """Makes a directory with its final mode, unless it is there already, and makes its name durable."""
        with storage_errors(self.path / name), suppress(FileExistsError):
            os.mkdir(self._name(name), DIR_MODE, dir_fd=self._fd)
        self.sync()

    def open_file(self, name: str, flags: int) -> int:
        """Opens a file by name without following a link. Raises plain ``OSError`` for the caller to classify."""
        every = flags | _NOFOLLOW | _CLOEXEC | _BINARY | _NONBLOCK
        return os.open(self._name(name), every, FILE_MODE, dir_fd=self._fd)

    def lstat(self, name: str) -> os.stat_result:
        """Returns the status of the entry itself."""
        return os.stat(self._name(name), dir_fd=self._fd, follow_symlinks=False)

    def names(self) -> list[str]:
        """Lists the names in this directory, sorted."""
        with storage_errors(self.path):
            return sorted(os.listdir(self.path if self._fd is None else self._fd))  # noqa: PTH208 - by descriptor

    def remove(self, name: str) -> None:
        """Removes a file; does nothing when it is gone already."""
        with storage_errors(self.path / name), suppress(FileNotFoundError):
            os.unlink(self._name(name), dir_fd=self._fd)

    def write_durably(self, name: str, data: bytes) -> None:
        """Puts ``data`` under ``name`` so that after this call a power cut cannot take it away.

        Temporary file in the same directory, content synced, renamed, directory synced: a reader sees all or nothing.

        Raises:
            StorageFull: no room; nothing is left under ``name`` that was not there before.
            StorageUnavailable: any other failure to write, likewise.
        """
        temporary = f"{TEMP_PREFIX}{os.getpid()}-{secrets.token_hex(8)}"
        with storage_errors(self.path / name):
            try:
                self._write_synced(temporary, data)
                while_held(lambda: self._rename(temporary, name))
            except OSError:
                self._discard(temporary)
                raise
        self.sync()

    def sync(self) -> None:
        """Makes the names in this directory durable (nothing to do where the system has no such call)."""
        if self._fd is not None:
            with storage_errors(self.path):
                os.fsync(self._fd)

    def close(self) -> None:
        """Closes the directory."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> PrivateDir:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rename(self, old: str, new: str) -> None:
        os.replace(self._name(old), self._name(new), src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def _name(self, name: str) -> str | Path:
        return name if self._fd is not None else self.path / name

    def _write_synced(self, name: str, data: bytes) -> None:
        fd = self.open_file(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            write_all(fd, data)
            os.fsync(fd)
        finally:
            os.close(fd)

    def _discard(self, name: str) -> None:
        # Best effort: the failure that brought us here is the one to report, and a leftover is swept later.
        with suppress(OSError):
            os.unlink(self._name(name), dir_fd=self._fd)


def make_private_root(path: Path) -> None:
    """Makes a directory and its missing parents, each 0700 from the start, and makes their names durable.

    Raises:
        StorageUnavailable: it cannot be made, or something else has that name.
    """
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        with storage_errors(each):
            each.mkdir(mode=DIR_MODE, exist_ok=True)
        with PrivateDir.open_root(each.parent) as parent:
            parent.sync()
    if not missing:
        _sync_name_of(path)


def _sync_name_of(path: Path) -> None:
    # Whoever made the directory may have died before its name was durable. A parent that we may not open was made by
    # somebody else, together with this name.
    try:
        with PrivateDir.open_root(path.parent) as parent:
            parent.sync()
    except StorageUnavailable:
        return


def write_all(fd: int, data: bytes) -> None:
    """Writes every byte; a short write is not an error of the disk but must not be taken for success."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


@contextmanager
def storage_errors(where: Path, *, passing: tuple[type[OSError], ...] = ()) -> Iterator[None]:
    """Turns ``OSError`` into the typed errors of this package, apart from the types in ``passing``."""
    try:
        yield
    except passing:
        raise
    except OSError as error:
        raise classified(error, where) from error


def classified(error: OSError, where: Path) -> EvidenceError:
    """Returns the typed error for a failed system call: full, or unavailable. Never "damaged"."""
    reason = error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(
            sentence("no room left: {reason}", reason=reason),
            where=str(where),
            hint="Free space on this disk, then repeat.",
        )
    hint = "Too many open files: raise the limit." if error.errno in (errno.EMFILE, errno.ENFILE) else ""
    return StorageUnavailable(sentence("cannot use the store: {reason}", reason=reason), where=str(where), hint=hint)

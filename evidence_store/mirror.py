"""A copy of the action log as lines in a file, on disk before anything that cannot be taken back.

The table is the log; the mirror is what is left when the database is not. One file a chain. Every append is synced
before it returns. A line cut short by a kill or a power cut was never acknowledged; the next append removes it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from evidence_store.entries import Entry, parse_line, read_lines
from evidence_store.errors import Malformed
from evidence_store.findings import Finding, FindingKind
from evidence_store.private_dir import PrivateDir, make_private_root, storage_errors, write_all

_TAIL_BYTES = 64 * 1024  # bytes read at once when looking back for the last newline
_REMOVED = b'{"removed":"no entry, sha256 '
_MAX_FILE_BYTES = 8 * 1024 * 1024 * 1024  # bytes; far above a million entries


class Mirror:
    """The mirror of one chain.

    Args:
        directory: Where mirrors lie; made (0700) when it is not there.
        chain: The chain's id; the file is ``<chain>.jsonl``.

    Raises:
        StorageFull: no room for the directory.
        StorageUnavailable: the directory cannot be made or used.
    """

    def __init__(self, directory: Path, chain: str) -> None:
        self._directory = directory
        self._name = f"{chain}.jsonl"
        self.path = directory / self._name
        make_private_root(directory)

    def append(self, entries: Iterable[Entry]) -> None:
        """Adds entries at the end; when this returns they survive a power cut.

        Raises:
            Malformed: an entry's body is not in canonical form.
            StorageFull: no room; the lines may be there in part and will be removed by the next append.
            StorageUnavailable: the file could not be written.
        """
        data = b"".join(entry.to_line() for entry in entries)
        with PrivateDir.open_root(self._directory) as folder, storage_errors(self.path):
            fd = folder.open_file(self._name, os.O_RDWR | os.O_CREAT | os.O_APPEND)
            try:
                with _locked(fd):
                    _mend_tail(fd)
                    _write_or_take_back(fd, data)
            finally:
                os.close(fd)
            folder.sync()

    def read(self) -> tuple[list[Entry], list[Finding]]:
        """Reads everything back; a missing file is an empty mirror.

        Raises:
            StorageUnavailable: the file could not be read.
        """
        return read_mirror(self._directory, self._name)

    def catch_up(self, entries: Iterable[Entry]) -> int:
        """Appends those of the chain's entries that come after the last one mirrored.

        Returns:
            How many were appended.
        """
        mirrored, _findings = self.read()
        last = max((entry.header.seq for entry in mirrored), default=0)
        missing = [entry for entry in entries if entry.header.seq > last]
        if missing:
            self.append(missing)
        return len(missing)

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """Replaces the whole file by the given entries, all or nothing.

        Raises:
            Malformed: an entry's body is not in canonical form.
            StorageFull: no room; the old file stands.
            StorageUnavailable: the file could not be written; the old file stands.
        """
        data = b"".join(entry.to_line() for entry in entries)
        with PrivateDir.open_root(self._directory) as folder:
            folder.write_durably(self._name, data)

    def remove_bodies(self, is_gone: Callable[[Entry], bool], *, name: str | None = None) -> bool:
        """Removes bodies from the file, or from one of the chain's files that was set aside; all or nothing.

        Args:
            is_gone: Tells whether an entry loses its body.
            name: A file that was set aside; None takes the chain's own.

        Returns:
            Whether the file had anything to remove.

        Raises:
            StorageFull: no room; the old file stands.
            StorageUnavailable: the file could not be read or written; the old file stands.
        """
        with PrivateDir.open_root(self._directory) as folder, storage_errors(self._directory / (name or self._name)):
            with os.fdopen(folder.open_file(name or self._name, os.O_RDONLY), "rb") as stream:
                data = stream.read(_MAX_FILE_BYTES)
            kept = without_bodies(data, is_gone)
            if kept != data:
                folder.write_durably(name or self._name, kept)
        return kept != data


def read_mirror(directory: Path, name: str) -> tuple[list[Entry], list[Finding]]:
    """Reads one file of a mirror without making or changing anything; a missing one is empty.

    Raises:
        StorageUnavailable: the file could not be read, or is no plain file.
    """
    with PrivateDir.open_root(directory) as folder, storage_errors(directory / name):
        try:
            fd = folder.open_file(name, os.O_RDONLY)
        except FileNotFoundError:
            return [], []
        with os.fdopen(fd, "rb") as stream:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(errno.EINVAL, "not a plain file")
            return read_lines(stream.read(_MAX_FILE_BYTES))


def without_bodies(data: bytes, is_gone: Callable[[Entry], bool]) -> bytes:
    """Returns a file's bytes without the bodies of some entries; every other entry stays as it is, damaged or not.

    A line that is no entry may hold the very words that go, and nobody can tell: its digest takes its place. An
    unacknowledged piece at the end goes.

    Args:
        data: A file of a mirror.
        is_gone: Tells whether an entry loses its body.
    """
    *lines, tail = data.split(b"\n")
    kept = b"".join(_without_body(line, is_gone) + b"\n" for line in lines)
    try:
        parse_line(tail)
    except Malformed:
        return kept
    return kept + _without_body(tail, is_gone)


def _without_body(line: bytes, is_gone: Callable[[Entry], bool]) -> bytes:
    try:
        entry = parse_line(line)
        is_body_gone = entry.body is not None and is_gone(entry)
        return replace(entry, body=None).to_line().rstrip(b"\n") if is_body_gone else line
    except Malformed:
        return line if line.startswith(_REMOVED) else _REMOVED + hashlib.sha256(line).hexdigest().encode() + b'"}'


def compare(rows: Iterable[Entry], mirrored: Iterable[Entry]) -> list[Finding]:
    """Names every entry that table and mirror do not have alike. A body purged in the table only is such a one too."""
    table = {entry.name: entry for entry in rows}
    mirror = {entry.name: entry for entry in mirrored}
    findings = []
    for name in sorted(table.keys() | mirror.keys(), key=_by_number):
        if name not in mirror:
            findings.append(Finding(FindingKind.MIRROR_DIFFERS, name, "not in the mirror"))
        elif name not in table:
            findings.append(Finding(FindingKind.MIRROR_DIFFERS, name, "in the mirror, but not in the table"))
        elif table[name] != mirror[name]:
            findings.append(Finding(FindingKind.MIRROR_DIFFERS, name, "table and mirror differ"))
    return findings


def _by_number(name: str) -> tuple[str, int]:
    chain, _, seq = name.partition("#")
    return chain, int(seq)


def _write_or_take_back(fd: int, data: bytes) -> None:
    size = os.fstat(fd).st_size
    try:
        write_all(fd, data)
        os.fsync(fd)
    except OSError:
        # After a failed sync the system may believe that the pages are on disk; a second sync would not write them.
        with suppress(OSError):
            os.ftruncate(fd, size)
        raise


def _mend_tail(fd: int) -> None:
    """Removes an unacknowledged piece of a line, or gives a whole last line its newline back."""
    size = os.fstat(fd).st_size
    start = _start_of_last_line(fd, size)
    if start == size:
        return
    os.lseek(fd, start, os.SEEK_SET)
    tail = os.read(fd, size - start)
    try:
        parse_line(tail)
    except Malformed:
        os.ftruncate(fd, start)
    else:
        write_all(fd, b"\n")


def _start_of_last_line(fd: int, size: int) -> int:
    end = size
    while end > 0:
        begin = max(0, end - _TAIL_BYTES)
        os.lseek(fd, begin, os.SEEK_SET)
        newline = os.read(fd, end - begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return 0


@contextmanager
def _locked(fd: int) -> Iterator[None]:
    """Holds the file against other processes: two appends at once must not mend each other's half lines."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - there only

        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            os.lseek(fd, 0, os.SEEK_SET)
            msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - there only

        fcntl.flock(fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(fd, fcntl.LOCK_UN)

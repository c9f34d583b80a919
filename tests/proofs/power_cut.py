"""A disk that loses power: rebuilds what a file system may hold after a cut, from a recording of system calls.

The model is a journaling file system that keeps only what it was told to keep. Written bytes are safe after a sync of
their file, names after a sync of their directory (a sync of a new file also keeps its first name, as ext4 does). Of
everything else any part may be there: each write whole, torn at 512 bytes, as zeros, or not at all; each change of a
name made or not. Harsher than most real disks, and no harsher than what they promise.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

TRACED = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate"
SECTOR = 512  # bytes
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)(?:<([^>]*)>)?")
_TEXT = re.compile(r'"([^"]*)"')
_FD = re.compile(r"^(?:\d+|AT_FDCWD)<([^>]*)>")


@dataclass(frozen=True)
class Operation:
    """One thing that was asked of the disk."""

    kind: str  # create, mkdir, write, sync, rename, unlink, truncate, ack
    path: str = ""
    target: str = ""
    offset: int | None = None
    data: bytes = b""


def read_recording(text: str, folder: str) -> list[Operation]:
    """Reads the output of ``strace -f -y -xx`` and keeps what concerns one folder, and the acknowledgements."""
    return [operation for line in text.splitlines() for operation in _operations(line, folder)]


def _operations(line: str, folder: str) -> Iterator[Operation]:
    match = _CALL.match(line)
    if match is None or match[3].startswith("-"):
        return
    call, arguments = match[1], match[2]
    texts = [_unhexed(text) for text in _TEXT.findall(arguments)]
    fd = _FD.match(arguments)
    place = _unhexed(fd[1]) if fd else ""
    if call == "write" and arguments.startswith("1<"):
        if texts[0].startswith("ACK"):
            yield Operation("ack")
        return
    operation = _operation(call, arguments, texts, place, _unhexed(match[4] or ""))
    if operation is not None and f"{operation.path}/".startswith(f"{folder}/"):
        yield operation


def _operation(call: str, arguments: str, texts: list[str], place: str, opened: str) -> Operation | None:
    if call == "openat":
        if "O_CREAT" not in arguments:
            return None
        return Operation("create", opened, offset=0 if "O_TRUNC" in arguments else None)
    if call == "write":
        return Operation("write", place, data=texts[0].encode("latin-1"))
    if call == "pwrite64":
        return Operation("write", place, offset=_last_number(arguments), data=texts[0].encode("latin-1"))
    if call in ("fsync", "fdatasync"):
        return Operation("sync", place)
    if call == "ftruncate":
        return Operation("truncate", place, offset=_last_number(arguments))
    paths = [str(PurePosixPath(place, text)) for text in texts]
    if call.startswith("rename"):
        return Operation("rename", paths[0], paths[1])
    return Operation("mkdir" if call.startswith("mkdir") else "unlink", paths[0])


def _last_number(arguments: str) -> int:
    return int(arguments.rsplit(", ", 1)[1])


def _unhexed(text: str) -> str:
    if "\\x" not in text:
        return text
    return bytes.fromhex(text.replace("\\x", "")).decode("latin-1")


@dataclass
class _Inode:
    is_dir: bool = False
    kept: bytearray = field(default_factory=bytearray)
    size: int = 0
    pending: list[tuple[int | None, bytes]] = field(default_factory=list)  # (offset, data); None truncates to len


@dataclass(frozen=True)
class _NameChange:
    kind: str  # add, rename, remove
    path: str
    target: str = ""
    inode: int = 0


class Disk:
    """A disk on the way through a recording."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self._inodes: list[_Inode] = []
        self._names: dict[str, int] = {}
        self._kept_names: dict[str, int] = {}
        self._changes: list[_NameChange] = []

    def do(self, operation: Operation) -> None:
        """Takes one operation."""
        getattr(self, f"_do_{operation.kind}")(operation)

    def cut(self, rng: random.Random) -> None:
        """Takes the power away: of what was not synced, a random part stays."""
        for change in self._changes:
            if rng.random() < 0.5:
                self._keep(change)
        for inode in self._inodes:
            for offset, data in inode.pending:
                self._keep_some(inode, offset, data, rng)

    def content_of(self, path: str) -> bytes:
        """What is left under a name; nothing when the name is gone."""
        number = self._kept_names.get(path)
        return b"" if number is None else bytes(self._inodes[number].kept)

    def write_to(self, folder: Path, was: str) -> None:
        """Writes what is left to a real folder; ``was`` is the folder of the recording."""
        for path, number in sorted(self._kept_names.items()):
            if not self._is_reachable(path, was):
                continue
            target = folder / PurePosixPath(path).relative_to(was)
            inode = self._inodes[number]
            if inode.is_dir:
                target.mkdir(mode=0o700, exist_ok=True)
            else:
                target.write_bytes(inode.kept)
                target.chmod(0o600)

    def _is_reachable(self, path: str, was: str) -> bool:
        parents = [str(parent) for parent in PurePosixPath(path).parents]
        inside = parents[: parents.index(was)]
        return all(parent in self._kept_names for parent in inside)

    def _do_ack(self, _operation: Operation) -> None:
        self.acknowledged += 1

    def _do_create(self, operation: Operation) -> None:
        if operation.path not in self._names:
            self._add(operation.path, _Inode())
        elif operation.offset == 0:
            self._do_truncate(operation)

    def _do_mkdir(self, operation: Operation) -> None:
        self._add(operation.path, _Inode(is_dir=True))

    def _add(self, path: str, inode: _Inode) -> None:
        self._inodes.append(inode)
        self._names[path] = len(self._inodes) - 1
        self._changes.append(_NameChange("add", path, inode=len(self._inodes) - 1))

    def _do_write(self, operation: Operation) -> None:
        inode = self._inodes[self._names[operation.path]]
        # Without an offset the writer either appends or writes a new file from its start: both end at the end.
        offset = inode.size if operation.offset is None else operation.offset
        inode.pending.append((offset, operation.data))
        inode.size = max(inode.size, offset + len(operation.data))

    def _do_truncate(self, operation: Operation) -> None:
        inode = self._inodes[self._names[operation.path]]
        inode.size = operation.offset or 0
        inode.pending.append((None, b"\0" * inode.size))

    def _do_rename(self, operation: Operation) -> None:
        number = self._names.pop(operation.path)
        self._names[operation.target] = number
        self._changes.append(_NameChange("rename", operation.path, operation.target, number))

    def _do_unlink(self, operation: Operation) -> None:
        number = self._names.pop(operation.path)
        self._changes.append(_NameChange("remove", operation.path, inode=number))

    def _do_sync(self, operation: Operation) -> None:
        number = self._names.get(operation.path)
        if number is not None and not self._inodes[number].is_dir:
            inode = self._inodes[number]
            for offset, data in inode.pending:
                _apply(inode.kept, offset, data)
            inode.pending.clear()
            if any(change.kind == "add" and change.inode == number for change in self._changes):
                # With the new name goes all that happened to this name before: changes are kept in their order.
                self._keep_all(lambda change: operation.path in (change.path, change.target))
        else:
            self._keep_all(lambda change: str(PurePosixPath(change.path).parent) == operation.path)

    def _keep_all(self, is_meant: Callable[[_NameChange], bool]) -> None:
        for change in [each for each in self._changes if is_meant(each)]:
            self._keep(change)
            self._changes.remove(change)

    def _keep(self, change: _NameChange) -> None:
        if change.kind == "add":
            self._kept_names[change.path] = change.inode
        else:
            self._kept_names.pop(change.path, None)
        if change.kind == "rename":
            self._kept_names[change.target] = change.inode

    def _keep_some(self, inode: _Inode, offset: int | None, data: bytes, rng: random.Random) -> None:
        chance = rng.random()
        if chance < 0.4:
            _apply(inode.kept, offset, data)
        elif offset is not None and chance < 0.6 and len(data) > SECTOR:
            _apply(inode.kept, offset, data[: rng.randrange(0, len(data), SECTOR)])
        elif offset is not None and chance < 0.7:
            _apply(inode.kept, offset, b"\0" * len(data))


def _apply(content: bytearray, offset: int | None, data: bytes) -> None:
    if offset is None:
        del content[len(data) :]
        content.extend(b"\0" * (len(data) - len(content)))
        return
    if len(content) < offset:
        content.extend(b"\0" * (offset - len(content)))
    content[offset : offset + len(data)] = data

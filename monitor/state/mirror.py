"""The action log as text files beside the database: one JSON line an entry, one file a chain.

The rows are the truth and the mirror can always be rebuilt from them; it is for people, for other programs, and for the
day on which the database is lost. It is brought up to date and fsynced before any gesture and any acknowledgement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evidence_store.errors import EvidenceError
from evidence_store.journal import Entry, Head, parse_line
from monitor.state.private_files import append_durably, locked, sync_directory

_TAIL = 1 << 16


@dataclass(frozen=True)
class _Tail:
    size: int  # bytes up to the end of the last whole line
    seq: int
    digest: str


_EMPTY = _Tail(0, 0, "")

EntriesAfter = Callable[[str, int], list[Entry]]
"""Given a chain and a number, returns the chain's entries behind it, in order."""


class Mirror:
    """The files of all chains.

    Args:
        directory: Where they lie; made with mode 0700.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._seen: dict[str, int] = {}

    def catch_up(self, heads: list[Head], entries_after: EntriesAfter) -> int:
        """Appends what is missing, durably; returns how many lines were written."""
        behind = [head for head in heads if self._seen.get(head.chain) != head.seq]
        if not behind:
            return 0
        with locked(self._directory):
            return sum(self._extend(head, entries_after) for head in behind)

    def is_ahead_of(self, heads: list[Head]) -> bool:
        """Tells whether a file knows entries that its chain does not have: the database was restored."""
        return any(self._differs(head) for head in heads)

    def set_aside(self, heads: list[Head], epoch: int) -> list[Path]:
        """Renames the files that differ from their chain, so that new ones are built; nothing is thrown away."""
        moved: list[Path] = []
        with locked(self._directory):
            for head in heads:
                if self._differs(head):
                    target = self._directory / f"{head.chain}.before-restore-{epoch}.jsonl"
                    self._path(head.chain).replace(target)
                    self._seen.pop(head.chain, None)
                    moved.append(target)
            sync_directory(self._directory)
        return moved

    def _extend(self, head: Head, entries_after: EntriesAfter) -> int:
        tail = self._tail(head.chain)
        entries = entries_after(head.chain, tail.seq)
        if entries:
            data = b"".join(entry.to_line() for entry in entries)
            append_durably(self._path(head.chain), data, keep=tail.size)
        self._seen[head.chain] = entries[-1].header.seq if entries else tail.seq
        return len(entries)

    def _differs(self, head: Head) -> bool:
        tail = self._tail(head.chain)
        return tail.seq > head.seq or (tail.seq == head.seq and tail.seq > 0 and tail.digest != str(head.digest))

    def _tail(self, chain: str) -> _Tail:
        path = self._path(chain)
        if not path.exists():
            return _EMPTY
        data = _whole_lines_at_end(path)
        size = _end_of_last_line(path)
        last = data.rstrip(b"\n").rsplit(b"\n", 1)[-1]
        if not last:
            return _EMPTY
        try:
            entry = parse_line(last)
        except EvidenceError:
            # Not readable: rebuild the whole file from the rows rather than append to it.
            return _EMPTY
        return _Tail(size, entry.header.seq, str(entry.digest))

    def _path(self, chain: str) -> Path:
        return self._directory / f"{chain}.jsonl"


def _end_of_last_line(path: Path) -> int:
    size = path.stat().st_size
    with path.open("rb") as stream:
        position = size
        while position > 0:
            start = max(0, position - _TAIL)
            stream.seek(start)
            index = stream.read(position - start).rfind(b"\n")
            if index >= 0:
                return start + index + 1
            position = start
    return 0


def _whole_lines_at_end(path: Path) -> bytes:
    """Returns the file's last whole lines, at least one where there is one."""
    end = _end_of_last_line(path)
    with path.open("rb") as stream:
        length = _TAIL
        while True:
            start = max(0, end - length)
            stream.seek(start)
            data = stream.read(end - start)
            if start == 0 or data[:-1].rfind(b"\n") >= 0:
                return data
            length *= 4

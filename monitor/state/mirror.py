"""The action log as text files beside the database: one JSON line an entry, one file a chain.

The rows are the truth and the files can always be rebuilt from them; they are for people, for other programs, and for
the day on which the database is lost. They are brought up to date and fsynced before any gesture or acknowledgement.
``evidence_store.mirror`` writes the bytes; here is decided which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from evidence_store.errors import Malformed
from evidence_store.journal import Entry, Head, parse_line
from evidence_store.mirror import Mirror as ChainFile
from evidence_store.placing import while_held
from monitor.state.private_files import locked, sync_directory

_TAIL_BYTES = 1 << 16

EntriesAfter = Callable[[str, int], list[Entry]]
"""Given a chain and a number, returns the chain's entries behind it, in order."""


@dataclass(frozen=True)
class _Tail:
    """The last entry of a file; ``is_readable`` is false when its last line is no entry."""

    seq: int = 0
    digest: str = ""
    is_readable: bool = True


class Mirror:
    """The files of all chains.

    Args:
        directory: Where they lie; made with mode 0700.
        entries_after: Reads the rows.
    """

    def __init__(self, directory: Path, entries_after: EntriesAfter) -> None:
        self._directory = directory
        self._entries_after = entries_after
        self._seen: dict[str, int] = {}

    def catch_up(self, heads: list[Head]) -> int:
        """Appends what is missing, durably; returns how many lines were written."""
        behind = [head for head in heads if self._seen.get(head.chain) != head.seq]
        if not behind:
            return 0
        with locked(self._directory):
            return sum(self._extend(head) for head in behind)

    def remove_bodies(self, chain: str, is_gone: Callable[[Entry], bool]) -> None:
        """Removes bodies from a chain's file and from those of it that were set aside; all else in them stays."""
        with locked(self._directory):
            for path in sorted(self._directory.glob(f"{chain}*.jsonl")):
                ChainFile(self._directory, chain).remove_bodies(is_gone, name=path.name)
            self._seen.pop(chain, None)

    def replace(self, chain: str) -> None:
        """Writes a chain's file anew from the rows; the old one stays beside it."""
        with locked(self._directory):
            self._keep_unreadable(chain)
            ChainFile(self._directory, chain).rebuild(self._entries_after(chain, 0))
            self._seen.pop(chain, None)

    def missing(self, heads: list[Head]) -> list[str]:
        """Returns the chains with entries that have no file at all."""
        return [head.chain for head in heads if head.seq > 0 and not self._path(head.chain).exists()]

    def is_ahead_of(self, heads: list[Head]) -> bool:
        """Whether a file knows entries that its chain does not have: the database was restored."""
        return any(self._differs(head) for head in heads)

    def set_aside(self, heads: list[Head], epoch: int) -> list[Path]:
        """Renames the files that differ from their chain, so that new ones are built; nothing is thrown away."""
        moved: list[Path] = []
        with locked(self._directory):
            for head in heads:
                if self._differs(head):
                    target = self._directory / f"{head.chain}.before-restore-{epoch}.jsonl"
                    while_held(partial(self._path(head.chain).replace, target))
                    self._seen.pop(head.chain, None)
                    moved.append(target)
            sync_directory(self._directory)
        return moved

    def _extend(self, head: Head) -> int:
        tail = self._tail(head.chain)
        file = ChainFile(self._directory, head.chain)
        if not tail.is_readable:
            entries = self._entries_after(head.chain, 0)
            self._keep_unreadable(head.chain)
            file.rebuild(entries)
        else:
            entries = self._entries_after(head.chain, tail.seq)
            if entries:
                file.append(entries)
        self._seen[head.chain] = entries[-1].header.seq if entries else tail.seq
        return len(entries)

    def _keep_unreadable(self, chain: str) -> None:
        """Puts a file that is to be written anew aside: what is wrong with it is evidence too."""
        path = self._path(chain)
        taken = len(list(self._directory.glob(f"{chain}.unreadable-*.jsonl")))
        if path.exists():
            while_held(partial(path.replace, self._directory / f"{chain}.unreadable-{taken + 1}.jsonl"))

    def _differs(self, head: Head) -> bool:
        tail = self._tail(head.chain)
        return tail.seq > head.seq or (tail.seq == head.seq and tail.seq > 0 and tail.digest != str(head.digest))

    def _tail(self, chain: str) -> _Tail:
        path = self._path(chain)
        lines = _last_pieces(path) if path.exists() else []
        # The very last piece may be cut; it is whole when it can be read.
        for number, piece in enumerate(reversed(lines)):
            try:
                entry = parse_line(piece)
            except Malformed:
                if number == 0:
                    continue
                return _Tail(is_readable=False)
            return _Tail(entry.header.seq, str(entry.digest))
        return _Tail(is_readable=not lines)

    def _path(self, chain: str) -> Path:
        return self._directory / f"{chain}.jsonl"


def _last_pieces(path: Path) -> list[bytes]:
    """Returns the file's last two lines at least, where it has as many; an empty last piece is left out."""
    size = path.stat().st_size
    length = _TAIL_BYTES
    with path.open("rb") as stream:
        while True:
            start = max(0, size - length)
            stream.seek(start)
            pieces = stream.read(size - start).split(b"\n")
            if start > 0:
                pieces = pieces[1:]  # begins in the middle of a line
            pieces = [piece for piece in pieces if piece]
            if start == 0 or len(pieces) > 1:
                return pieces
            length *= 4

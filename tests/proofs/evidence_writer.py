"""The process that is killed: stores evidence, commits an intent with its log entry, mirrors it, says ACK.

    python -m tests.proofs.evidence_writer FOLDER UNITS [no-file-fsync | no-dir-fsync | relaxed-commit]

The third argument breaks it on purpose: a proof whose negative controls pass proves nothing. The table is SQLite with
the settings the program uses below the fixed versions (rollback journal, synchronous=EXTRA).
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.entries import Actor, Entry, EntryBody, Head, build_entry, entry_from_columns
from evidence_store.errors import EvidenceError
from evidence_store.mirror import Mirror
from evidence_store.private_dir import PrivateDir
from evidence_store.store import ArtifactStore

CHAIN = "d" * 32
START = datetime(2026, 1, 1, tzinfo=UTC)
STORAGE_EXIT = 5
_TABLE = "create table if not exists log(seq integer primary key, prev text, body_digest text, digest text, body blob)"


def main(argv: list[str]) -> int:
    folder, units, fault = Path(argv[0]), int(argv[1]), argv[2] if len(argv) > 2 else ""
    break_on_purpose(fault)
    try:
        write_units(folder, units, is_relaxed=fault == "relaxed-commit", acknowledge=say_acknowledged)
    except (EvidenceError, sqlite3.Error, OSError) as error:
        with suppress(OSError):
            os.write(2, f"storage: {type(error).__name__}: {error}\n".encode())
        return STORAGE_EXIT
    return 0


def write_units(
    folder: Path, units: int, *, is_relaxed: bool = False, acknowledge: Callable[[int], None] = lambda _number: None
) -> None:
    store = ArtifactStore(folder / "store")
    mirror = Mirror(folder / "log", CHAIN)
    with closing(sqlite3.connect(folder / "state.db", isolation_level=None)) as connection:
        connection.execute("pragma journal_mode=delete")
        connection.execute(f"pragma synchronous={'normal' if is_relaxed else 'extra'}")
        connection.execute(_TABLE)
        for _ in range(units):
            entry = write_unit(store, mirror, connection)
            acknowledge(entry.header.seq)


def write_unit(store: ArtifactStore, mirror: Mirror, connection: sqlite3.Connection) -> Entry:
    entries = stored_entries(connection)
    mirror.catch_up(entries)
    head = entries[-1].head if entries else Head.empty(CHAIN)
    digest = store.put(evidence_of(head.seq + 1))
    entry = build_entry(head, body_of(head.seq + 1, digest))
    commit(connection, entry)
    mirror.append([entry])
    return entry


def say_acknowledged(number: int) -> None:
    os.write(1, b"ACK %d\n" % number)


def evidence_of(number: int) -> bytes:
    return (b"evidence %d " % number) * 900


def body_of(number: int, digest: Digest) -> EntryBody:
    salt = f"{number:064x}"
    actor = Actor(kind="schedule", id="proof")
    return EntryBody(at=START, actor=actor, action="evidence.capture", artifacts=(digest,), salt=salt)


def commit(connection: sqlite3.Connection, entry: Entry) -> None:
    header = entry.header
    row = (header.seq, str(header.prev), str(header.body_digest), str(entry.digest), entry.body)
    connection.execute("begin immediate")
    connection.execute("insert into log values(?,?,?,?,?)", row)
    connection.execute("commit")


def stored_entries(connection: sqlite3.Connection) -> list[Entry]:
    rows = connection.execute("select seq, prev, body_digest, digest, body from log order by seq")
    return [
        entry_from_columns(chain=CHAIN, seq=seq, prev=prev, body_digest=body_digest, digest=digest, body=body)
        for seq, prev, body_digest, digest, body in rows
    ]


def break_on_purpose(fault: str) -> None:
    if fault == "no-dir-fsync":

        def nothing(self: PrivateDir) -> None:
            del self

        PrivateDir.sync = nothing  # type: ignore[method-assign]
    elif fault == "no-file-fsync":
        real_fsync = os.fsync

        def only_directories(fd: int) -> None:
            if stat.S_ISDIR(os.fstat(fd).st_mode):
                real_fsync(fd)

        os.fsync = only_directories  # type: ignore[assignment]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

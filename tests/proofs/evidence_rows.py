"""Changes an installation's rows, columns and files one at a time, and asks ``evidence verify`` what it sees.

Each change must be found as damage, or stand in the list of what is declared as not compared. A control leaves the
comparison of rows out and must miss changes.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from evidence_store.findings import Finding, Severity
from monitor.bootstrap import Installation
from monitor.custody import checking
from monitor.custody.rows.checking import EVERY, UNCOVERED
from monitor.errors import StorageError
from tests.proofs.counted import Counted

TABLES = (
    *("reviews", "review_versions", "cases", "verdicts", "artifacts", "appeals", "appeal_files", "appeal_transitions"),
    *("approvals", "appeal_looks", "questions", "channel_probes", "journal_entries", "journal_heads", "checkpoints"),
    "installation",
)
"""Everything that a case, a paper or a check draws from."""


@dataclass(frozen=True)
class Change:
    """One change: what it is called, and the table and column it is in (empty for files)."""

    name: str
    table: str = ""
    column: str = ""


def prove_rows(installation: Installation, count: int, intact: int, seed: int) -> Counted:
    """Makes ``count`` changes of a closed installation and undoes each; checks it ``intact`` times as it is."""
    counted = Counted("changes of an installation", seed)
    rng = random.Random(seed)
    for _ in range(intact):
        counted.expect(not damage(installation), f"false alarm: {damage(installation)[:1]}")
    declared = 0
    for _ in range(count):
        counted.injections += 1
        with changed(installation, rng) as change:
            is_seen = bool(damage(installation))
        declared += not is_seen and is_declared(change)
        counted.expect(is_seen or is_declared(change), f"{change.name}: neither found nor declared")
    counted.notes.append(f"{declared} in columns that are declared as not compared")
    counted.expect(
        _control(installation, random.Random(seed), count), "the control without the comparison of rows saw all"
    )
    return counted


def prove_bytes(installation: Installation, count: int, seed: int) -> Counted:
    """Overwrites one or fourteen bytes of a closed installation's state file, wherever they lie.

    What a reader of every table can then read must be the same (the bytes are free space, or kept for SQLite alone), or
    the check finds it, refuses to read the file, or declares the column. The tables are read by the driver itself.
    """
    counted = Counted("bytes of the state file", seed)
    rng = random.Random(seed)
    file = installation.home.database
    intact, before = file.read_bytes(), _read_all(file)
    tally = dict.fromkeys(("found", "refused", "declared", "free space"), 0)
    for _ in range(count):
        counted.injections += 1
        place, length = rng.randrange(len(intact) - 14), rng.choice((1, 14))
        file.write_bytes(intact[:place] + rng.randbytes(length) + intact[place + length :])
        after = _read_all(file)
        try:
            end = "found" if damage(installation) else ""
        except StorageError:
            end = "refused"
        if not end:
            end = "free space" if after == before else "declared" if _only_declared(before, after) else ""
        counted.expect(bool(end), f"{length} bytes at {place}: neither found nor declared")
        tally[end or "free space"] += bool(end)
    file.write_bytes(intact)
    counted.notes.append(", ".join(f"{number} {name}" for name, number in tally.items()))
    return counted


def _read_all(file: Path) -> dict[str, list[tuple[object, ...]]] | None:
    """Everything the file says: its schema and all rows of all tables; None when it cannot be read."""
    try:
        with closing(sqlite3.connect(file)) as db:
            db.text_factory = bytes
            names = [name.decode() for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = {name: db.execute(f'SELECT rowid, * FROM "{name}"').fetchall() for name in names}
            found["sqlite_master"] = db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            return found
    except (sqlite3.Error, UnicodeDecodeError):
        return None


def _only_declared(before: dict[str, list[tuple[object, ...]]] | None, after: object) -> bool:
    """Whether only tables differ of which the list says that no column is compared."""
    if before is None or not isinstance(after, dict) or before.keys() != after.keys():
        return False
    return all(before[name] == after[name] or name not in TABLES for name in before if name != "sqlite_master")


def is_declared(change: Change) -> bool:
    """Tells whether the list says that nobody compares this."""
    columns = UNCOVERED.get(change.table, ())
    return change.column in columns or EVERY in columns


def damage(installation: Installation) -> list[Finding]:
    """What a check calls damage."""
    return [one for one in checking.check_evidence(installation).findings if one.severity is Severity.DAMAGE]


def _control(installation: Installation, rng: random.Random, count: int) -> bool:
    with mock.patch.object(checking, "check_rows", return_value=[]):
        for _ in range(count):
            with changed(installation, rng) as change:
                if not damage(installation) and not is_declared(change):
                    return True
    return False


class changed:  # noqa: N801 - reads as a word in a with statement
    """Makes one change and takes it back."""

    def __init__(self, installation: Installation, rng: random.Random) -> None:
        self._home, self._rng = installation.home.root, rng
        self._database = installation.home.database
        self._kept: dict[Path, bytes | None] = {}

    def __enter__(self) -> Change:
        if self._rng.random() < 0.75:
            return self._change_row()
        return self._change_file()

    def __exit__(self, *_: object) -> None:
        for path, data in self._kept.items():
            if data is None:
                path.unlink()
            else:
                path.write_bytes(data)
                path.chmod(0o600)

    def _keep(self, path: Path) -> None:
        self._kept[path] = path.read_bytes() if path.exists() else None

    def _change_row(self) -> Change:
        self._keep(self._database)
        with sqlite3.connect(self._database) as db:
            filled = [name for name in TABLES if db.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()]
            table = self._rng.choice(filled)
            rows = [row for (row,) in db.execute(f"SELECT rowid FROM {table}")]
            row = self._rng.choice(rows)
            if self._rng.random() < 0.15:
                db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
                return Change(f"a row of {table} deleted", table, _DELETED.get(table, ""))
            columns = [line[1] for line in db.execute(f"PRAGMA table_info({table})")]
            column = self._rng.choice(columns)
            (old,) = db.execute(f'SELECT "{column}" FROM {table} WHERE rowid = ?', (row,)).fetchone()
            new = another(self._rng, old)
            try:
                db.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (new, row))
            except sqlite3.IntegrityError:  # a key that is taken: the store itself refuses
                db.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
                return Change(f"a row of {table} deleted", table, _DELETED.get(table, ""))
        return Change(f"{table}.{column}: {str(old)[:60]!r} -> {str(new)[:60]!r}", table, column)

    def _change_file(self) -> Change:
        folder = self._rng.choice(("evidence", "evidence", "action-log"))
        files = sorted(path for path in (self._home / folder).rglob("*") if path.is_file() and path.name[0] != ".")
        path = self._rng.choice(files)
        self._keep(path)
        data = path.read_bytes()
        name, make = self._rng.choice(list(_FILE_CHANGES.items()))
        if name == "removed":
            path.unlink()
        else:
            path.write_bytes(make(data, self._rng))
        return Change(f"{path.relative_to(self._home)}: {name}")


_DELETED = {"appeal_looks": EVERY, "questions": EVERY}
_FILE_CHANGES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "a bit turned": lambda data, rng: _turned(data, rng.randrange(len(data)), rng.randrange(8)),
    "cut": lambda data, rng: data[: rng.randrange(len(data))],
    "a line dropped": lambda data, rng: b"".join(_without(data.splitlines(keepends=True), rng)),
    "emptied": lambda _data, _rng: b"",
    "removed": lambda data, _rng: data,
}


def _turned(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ (1 << bit)]) + data[place + 1 :]


def _without(lines: list[bytes], rng: random.Random) -> Iterator[bytes]:
    gone = rng.randrange(len(lines))
    return (line for number, line in enumerate(lines) if number != gone)


def another(rng: random.Random, old: object) -> object:
    """Another value of the same kind, as somebody would put it who knows the table."""
    if isinstance(old, bool | int):
        return old + rng.choice((1, 2, 7)) if old not in (0, 1) or rng.random() < 0.3 else 1 - old
    if isinstance(old, bytes):
        return _turned(old, rng.randrange(len(old)), rng.randrange(8)) if old else b"x"
    if old is None:
        return rng.choice(("2026-01-01 00:00:00.000000", "42", 42))
    text = str(old)
    digits = [place for place, mark in enumerate(text) if mark.isdigit()]
    if digits and rng.random() < 0.6:
        place = rng.choice(digits)
        return f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"
    return f"{text} и ещё" if not text.endswith(("}", "]")) else text[:-1] + text[-1:] + " "

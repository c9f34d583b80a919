"""What must hold for a folder that ``evidence_writer`` left behind, however it was stopped."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.findings import Severity
from evidence_store.journal import Entry, verify_entries
from evidence_store.mirror import Mirror
from evidence_store.store import ArtifactStore
from tests.proofs.evidence_writer import CHAIN, stored_entries


def wrongs(folder: Path, acknowledged: int) -> list[str]:
    """Returns everything that is wrong in a folder after so many acknowledgements."""
    try:
        return _look(folder, acknowledged)
    except (EvidenceError, sqlite3.Error) as error:
        return [f"{type(error).__name__}: {error}"]


def _look(folder: Path, acknowledged: int) -> list[str]:
    rows = _rows(folder / "state.db")
    mirrored, findings = Mirror(folder / "log", CHAIN).read()
    store = ArtifactStore(folder / "store")
    digests = [digest for entry in rows for digest in _artifacts(entry)]
    findings += store.fsck(digests)
    findings += verify_entries(rows)
    found = [f"{finding.kind}: {finding.item}" for finding in findings if finding.severity is not Severity.NOTE]
    if len(rows) < acknowledged:
        found.append(f"table lost entries: {len(rows)} of {acknowledged}")
    if len(mirrored) < acknowledged:
        found.append(f"mirror lost entries: {len(mirrored)} of {acknowledged}")
    if mirrored[:acknowledged] != rows[:acknowledged]:
        found.append("table and mirror differ")
    return found


def _rows(path: Path) -> list[Entry]:
    if not path.exists():
        return []
    connection = sqlite3.connect(path)
    try:
        if connection.execute("pragma integrity_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("integrity check failed")
        if not connection.execute("select 1 from sqlite_master where name = 'log'").fetchone():
            return []
        return stored_entries(connection)
    finally:
        connection.close()


def _artifacts(entry: Entry) -> tuple[Digest, ...]:
    body = entry.read_body()
    return body.artifacts if body else ()

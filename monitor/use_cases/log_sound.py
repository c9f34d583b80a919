"""Whether the newest part of the action log holds together: cheap enough to be asked by every page."""

from __future__ import annotations

from collections.abc import Sequence

from evidence_store.digests import Digest
from evidence_store.entries import Entry, Head
from evidence_store.errors import EvidenceError
from monitor.state import State

TAIL = 100  # entries of each chain; `evidence verify` reads all


def find_break(state: State) -> str:
    """Returns where the newest entries of a chain contradict each other or its head; empty: nowhere."""
    with state.read() as tx:
        for account, head in tx.journal.heads().items():
            try:
                entries = [row.to_entry() for row in tx.journal.rows(head.chain, after=max(head.seq - TAIL, 0))]
                broken = _break_of(entries, head)
            except EvidenceError as error:
                broken = str(error)
            if broken:
                return f"{account or 'установка'}, {broken}"
    return ""


def _break_of(entries: Sequence[Entry], head: Head) -> str:
    """Names the first entry that is not what the one before it or its own digest says. Pure."""
    expected = max(head.seq - TAIL, 0)
    before: Digest | None = None
    for entry in entries:
        expected += 1
        header = entry.header
        is_body_right = entry.body is None or Digest.of(entry.body) == header.body_digest
        is_linked = before is None or header.prev == before
        if header.seq != expected or header.compute_digest() != entry.digest or not is_body_right or not is_linked:
            return f"запись № {expected}"
        before = entry.digest
    is_end_right = expected == head.seq and (before is None or before == head.digest)
    return "" if is_end_right else f"последняя запись: № {expected} вместо № {head.seq}"

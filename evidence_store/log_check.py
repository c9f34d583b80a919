"""Judging an action log: entries in, findings out. Pure, one pass, memory in proportion to the number of chains.

Rules, each with the finding it makes:

1. the entry's format is known (``version_unknown``);
2. numbers run from 1 without gap, doubling or disorder (``gap``, ``out_of_order``);
3. the stored digest is the header's digest (``header_changed``);
4. ``prev`` is the digest of the header before (``chain_broken``);
5. the body has the header's ``body_digest`` (``body_changed``) and is a body in canonical form (``malformed``);
6. an absent body was purged by a later entry of the chain, which says so (``body_purged``, else ``body_absent``), or
   withheld from an extract (``body_withheld``);
7. at every head of the checkpoint stands an entry with its digest (``chain_missing``, ``tail_cut``, ``rewritten``);
8. what comes after the checkpoint, and without one everything, is only as good as the one who holds the log
   (``after_checkpoint``, ``not_visible``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from evidence_store.canonical import format_utc
from evidence_store.digests import ZERO, Digest
from evidence_store.entries import FORMAT, Checkpoint, Entry, Head
from evidence_store.errors import Malformed, VersionUnknown
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.sentences import sentence

NOT_VISIBLE_WITHOUT_CHECKPOINT = (
    ("tail", sentence("entries cut off at the end of a chain")),
    ("rewrite", sentence("a chain rewritten from some entry on with fresh digests")),
    ("rollback", sentence("a log replaced by an older copy of itself")),
    ("removal", sentence("a whole chain, or the whole log, removed")),
    ("fork", sentence("entries added at the end by the one who holds the log")),
)
"""What no check of the log alone can see: class and description."""


def verify_entries(
    entries: Iterable[Entry], checkpoint: Checkpoint | None = None, *, is_extract: bool = False
) -> list[Finding]:
    """Judges the entries of one or several chains.

    Args:
        entries: In the stored order; chains may be interleaved.
        checkpoint: One kept outside the machine. Its signature is checked by ``seal``, not here.
        is_extract: Whether bodies may have been withheld on purpose.

    Returns:
        All findings; ``is_sound`` of them tells whether the log stands as far as this check can see.
    """
    check = _LogCheck(checkpoint, is_extract)
    for entry in entries:
        check.take(entry)
    return check.finish()


@dataclass(slots=True)
class _Chain:
    """What is remembered of one chain on the way through it."""

    last: int = 0
    digest: Digest = ZERO
    absent: list[int] = field(default_factory=list)
    purged: set[int] = field(default_factory=set)
    at_checkpoint: Digest | None = None


class _LogCheck:
    def __init__(self, checkpoint: Checkpoint | None, is_extract: bool) -> None:
        self._checkpoint = checkpoint
        self._is_extract = is_extract
        self._heads: dict[str, Head] = {head.chain: head for head in checkpoint.heads} if checkpoint else {}
        self._chains: dict[str, _Chain] = {}
        self._findings: list[Finding] = []

    def take(self, entry: Entry) -> None:
        chain = self._chains.setdefault(entry.header.chain, _Chain())
        if entry.header.format != FORMAT:
            detail = sentence("format {value!r} is not known here", value=entry.header.format[:60])
            self._add(FindingKind.VERSION_UNKNOWN, entry.name, detail, Severity.CANNOT_JUDGE)
        real = entry.header.compute_digest()
        if real != entry.digest:
            self._add(FindingKind.HEADER_CHANGED, entry.name, "the header does not have the digest stored with it")
        self._check_place(chain, entry)
        self._check_body(chain, entry)
        head = self._heads.get(entry.header.chain)
        if head is not None and head.seq == entry.header.seq:
            chain.at_checkpoint = real
        chain.last, chain.digest = entry.header.seq, real

    def finish(self) -> list[Finding]:
        for name, chain in self._chains.items():
            self._judge_absent(name, chain)
        for head in self._heads.values():
            self._judge_head(head)
        self._say_what_is_not_visible()
        return self._findings

    def _check_place(self, chain: _Chain, entry: Entry) -> None:
        expected = chain.last + 1
        if entry.header.seq > expected:
            missing = f"{expected}" if entry.header.seq == expected + 1 else f"{expected}-{entry.header.seq - 1}"
            self._add(
                FindingKind.GAP,
                f"{entry.header.chain}#{missing}",
                sentence("not there; the next is {seq}", seq=entry.header.seq),
            )
        elif entry.header.seq < expected:
            self._add(FindingKind.OUT_OF_ORDER, entry.name, sentence("stands after number {last}", last=chain.last))
        elif entry.header.prev != chain.digest:
            detail = "does not continue the entry before it: one of the two was changed"
            self._add(FindingKind.CHAIN_BROKEN, entry.name, detail)

    def _check_body(self, chain: _Chain, entry: Entry) -> None:
        if entry.body is None:
            chain.absent.append(entry.header.seq)
            return
        if Digest.of(entry.body) != entry.header.body_digest:
            self._add(FindingKind.BODY_CHANGED, entry.name, "the body is not the one that the header names")
            return
        try:
            body = entry.read_body()
        except Malformed as error:
            self._add(FindingKind.MALFORMED, entry.name, str(error))
        except VersionUnknown as error:
            self._add(FindingKind.VERSION_UNKNOWN, entry.name, str(error), Severity.CANNOT_JUDGE)
        else:
            chain.purged.update(seq for seq in (body.purges if body else ()) if seq < entry.header.seq)

    def _judge_absent(self, name: str, chain: _Chain) -> None:
        for seq in chain.absent:
            item = f"{name}#{seq}"
            if seq in chain.purged:
                self._add(FindingKind.BODY_PURGED, item, "removed by a later entry, which says so", Severity.NOTE)
            elif self._is_extract:
                self._add(FindingKind.BODY_WITHHELD, item, "not part of this extract", Severity.NOTE)
            else:
                self._add(FindingKind.BODY_ABSENT, item, "the body is gone and no entry says who removed it")

    def _judge_head(self, head: Head) -> None:
        if head.seq == 0:
            return
        chain = self._chains.get(head.chain)
        item = f"{head.chain}#{head.seq}"
        if chain is None:
            self._add(FindingKind.CHAIN_MISSING, item, "the checkpoint names this chain; no entry of it is here")
        elif chain.at_checkpoint is None:
            detail = sentence(
                "the checkpoint knows {count} entries; the last one here is {last}", count=head.count, last=chain.last
            )
            self._add(FindingKind.TAIL_CUT, item, detail)
        elif chain.at_checkpoint != head.digest:
            self._add(FindingKind.REWRITTEN, item, "another entry stood here when the checkpoint was made")

    def _say_what_is_not_visible(self) -> None:
        if self._checkpoint is None:
            for name, description in NOT_VISIBLE_WITHOUT_CHECKPOINT:
                detail = sentence(
                    "without an outside checkpoint nobody can see: {description}", description=description
                )
                self._add(FindingKind.NOT_VISIBLE, name, detail, Severity.NOTE)
            return
        moment = format_utc(self._checkpoint.at)
        told = sentence(
            "what was logged after {moment} and cut off or rewritten since cannot be seen with this checkpoint",
            moment=moment,
        )
        self._add(FindingKind.NOT_VISIBLE, "after the checkpoint", told, Severity.NOTE)
        for name, chain in self._chains.items():
            covered = self._heads[name].seq if name in self._heads else 0
            if chain.last > covered:
                later = "later than the checkpoint: changes here that keep the chain whole are not visible"
                item = f"{name}#{covered + 1}-{chain.last}"
                self._add(FindingKind.AFTER_CHECKPOINT, item, later, Severity.NOTE)

    def _add(self, kind: FindingKind, item: str, detail: str, severity: Severity = Severity.DAMAGE) -> None:
        self._findings.append(Finding(kind, item, detail, severity))

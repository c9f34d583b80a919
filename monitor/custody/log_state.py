"""Holding the action log's copies against each other: table, mirror files, signed checkpoints here and outside.

A log that was cut or put back is seen where any of the others knows more. Nothing is mended here; ``recovering`` does.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.journal import Entry
from evidence_store.mirror import read_mirror
from evidence_store.seal import SignedCheckpoint
from monitor.language import gettext as _

Chains = Mapping[str, Sequence[Entry]]
"""The table's entries by chain, in order."""

Named = tuple[str, SignedCheckpoint]
"""A signed checkpoint and what findings call it."""

CHAIN_FILE = re.compile(r"([0-9a-f]{32})\.jsonl")
ASIDE_FILE = re.compile(r"([0-9a-f]{32})\.(before-restore-\d+|unreadable-\d+)\.jsonl")
_PATIENCE_SECONDS = 3.0  # for a writer between its commit and its line in the mirror
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class MirrorFiles:
    """What the mirror's folder holds.

    Attributes:
        chains: Entries by chain; a chain without a file is not among them.
        aside: Entries of files that were set aside, by file name.
        findings: Lines that are torn or no entries, and files that do not belong there.
        is_there: Whether there is such a folder.
    """

    chains: dict[str, list[Entry]] = field(default_factory=dict)
    aside: dict[str, list[Entry]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    is_there: bool = True


def read_mirrors(folder: Path) -> MirrorFiles:
    """Reads every file of the mirror's folder; makes and changes nothing."""
    files = MirrorFiles(is_there=folder.is_dir())
    for path in sorted(folder.iterdir()) if files.is_there else ():
        name = path.name
        known = CHAIN_FILE.fullmatch(name) or ASIDE_FILE.fullmatch(name)
        if known is None:
            if name != ".lock" and not name.startswith(".tmp-"):
                files.findings.append(Finding(FindingKind.EXTRA, f"action-log/{name}"[:200], "not a file of the log"))
            continue
        try:
            entries, torn = read_mirror(folder, name)
        except EvidenceError as error:
            detail = _("cannot be read: {error}").format(error=error)
            files.findings.append(Finding(FindingKind.UNREADABLE, f"action-log/{name}", detail, Severity.CANNOT_JUDGE))
            continue
        if CHAIN_FILE.fullmatch(name):
            files.chains[known[1]] = entries
            files.findings.extend(replace(one, item=f"action-log/{name}, {one.item}") for one in torn)
        else:
            files.aside[name] = entries
    return files


def check_mirrors(folder: Path, before: MirrorFiles, rows: Chains, covered: Mapping[str, int]) -> list[Finding]:
    """Compares table and mirror, right also while others write.

    Args:
        folder: The mirror's folder.
        before: The files as they were before the table's picture was taken: each of their lines was committed then.
        rows: The table.
        covered: Up to which number a signed checkpoint covers each chain: a checkpoint is made after its entries are
            mirrored, so what it covers cannot be late.
    """
    if not before.is_there and any(rows.values()):
        detail = _("the folder of the log's mirror is gone: `fairreview evidence recover` makes it anew from the table")
        return [Finding(FindingKind.MIRROR_DIFFERS, "action-log", detail)]
    findings = list(before.findings)
    for chain in sorted(rows.keys() | before.chains.keys()):
        findings += _compare_before(chain, before.chains.get(chain, []), rows.get(chain, ()))
    late = _late(folder, rows)
    for chain, numbers in late.items():
        findings += _judge_late(chain, numbers, rows[chain], covered.get(chain, 0))
    return [*findings, *_judge_aside(before, rows)]


def check_checkpoints(signed: Iterable[Named], rows: Chains, *, epoch: int) -> list[Finding]:
    """Holds the heads of signed checkpoints against the table.

    Args:
        signed: What each is called, and the checkpoint.
        rows: The table.
        epoch: How often the log says that the store was restored.
    """
    known = {(chain, entry.header.seq): entry.digest for chain, entries in rows.items() for entry in entries}
    findings: list[Finding] = []
    for name, one in signed:
        for head in one.checkpoint.heads:
            found = known.get((head.chain, head.seq))
            if head.seq == 0 or found == head.digest:
                continue
            was_restored = one.checkpoint.epoch < epoch
            kind, detail = _describe_head(head.seq, found, len(rows.get(head.chain, ())))
            if was_restored:
                detail += _(
                    "; the log says that the store was restored since (epoch {epoch}): what came after is lost"
                ).format(epoch=epoch)
            severity = Severity.CANNOT_JUDGE if was_restored else Severity.DAMAGE
            findings.append(Finding(kind, f"{head.chain}#{head.seq}", f"{name}: {detail}", severity))
    return findings


def covered_by(signed: Iterable[SignedCheckpoint]) -> dict[str, int]:
    """Returns the highest number of each chain that a checkpoint names."""
    highest: dict[str, int] = {}
    for one in signed:
        for head in one.checkpoint.heads:
            highest[head.chain] = max(highest.get(head.chain, 0), head.seq)
    return highest


def _describe_head(number: int, found: Digest | None, count: int) -> tuple[FindingKind, str]:
    if found is not None:
        return FindingKind.REWRITTEN, _("another entry stood here when this checkpoint was signed")
    if count == 0:
        return FindingKind.CHAIN_MISSING, _("it names this chain; no entry of it is here")
    return FindingKind.TAIL_CUT, _("it knows {number} entries; {count} are here").format(number=number, count=count)


def _compare_before(chain: str, mirrored: Sequence[Entry], rows: Sequence[Entry]) -> list[Finding]:
    table = {entry.header.seq: entry for entry in rows}
    lost = [entry.header.seq for entry in mirrored if entry.header.seq not in table]
    unlike = [entry for entry in mirrored if entry.header.seq in table and table[entry.header.seq] != entry]
    findings = [
        Finding(FindingKind.MIRROR_DIFFERS, entry.name, _difference(table[entry.header.seq], entry)) for entry in unlike
    ]
    if lost:
        detail = _(
            "{count} entries are in the mirror and not in the table: the table was cut or put back; "
            "`fairreview evidence recover` shows what can be put back"
        ).format(count=len(lost))
        findings.append(Finding(FindingKind.MIRROR_DIFFERS, _span(chain, lost), detail))
    return findings


def _difference(row: Entry, mirrored: Entry) -> str:
    if row.header == mirrored.header and row.digest == mirrored.digest and row.body is None:
        return _("the body is in the mirror and not in the table")
    return _("table and mirror differ: digest {digest} in the table, {digest_2} in the mirror").format(
        digest=row.digest, digest_2=mirrored.digest
    )


def _late(folder: Path, rows: Chains) -> dict[str, list[int]]:
    """Finds what is in the table and not in the mirror; waits a little for writers that have just committed."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        mirrored = read_mirrors(folder).chains
        late: dict[str, list[int]] = {}
        for chain, entries in rows.items():
            have = {entry.header.seq for entry in mirrored.get(chain, ())}
            missing = [entry.header.seq for entry in entries if entry.header.seq not in have]
            if missing:
                late[chain] = missing
        if not late or time.monotonic() > end:
            return late
        time.sleep(_PAUSE_SECONDS)


def _judge_late(chain: str, missing: list[int], rows: Sequence[Entry], covered: int) -> list[Finding]:
    # A tail behind the last checkpoint may be late for good: its writer was killed between commit and mirror.
    tail = list(range(missing[0], rows[-1].header.seq + 1))
    is_tail = missing == tail and missing[0] > covered
    detail = _("in the table and not in the mirror")
    if is_tail:
        detail += _(
            ": a writer was stopped before it wrote them there, or the file was cut; the next command adds them"
        )
    severity = Severity.NOTE if is_tail else Severity.DAMAGE
    return [Finding(FindingKind.MIRROR_DIFFERS, _span(chain, missing), detail, severity)]


def _judge_aside(files: MirrorFiles, rows: Chains) -> list[Finding]:
    findings = []
    for name, entries in files.aside.items():
        table = {entry.header.seq: entry.digest for entry in rows.get(name[:32], ())}
        only_here = [entry.header.seq for entry in entries if table.get(entry.header.seq) != entry.digest]
        if only_here:
            detail = _("set aside when the log was found to be another; {count} entries are only there").format(
                count=len(only_here)
            )
            item = f"action-log/{name}: {_span(name[:32], only_here)}"
            findings.append(Finding(FindingKind.RESTORED, item, detail, Severity.CANNOT_JUDGE))
    return findings


def _span(chain: str, numbers: Sequence[int]) -> str:
    return f"{chain}#{numbers[0]}" if len(numbers) == 1 else f"{chain}#{numbers[0]}-{numbers[-1]}"

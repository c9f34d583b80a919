"""Checks everything evidential of an installation: each byte in the store, each manifest, each entry of the log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.journal import Entry
from evidence_store.log_check import verify_entries
from evidence_store.mirror import Mirror, compare
from evidence_store.seal import SignedCheckpoint
from evidence_store.verify import verify_capture
from monitor.bootstrap import Installation
from monitor.errors import SettingsError
from monitor.evidence.stamping import first_pictures
from monitor.evidence.third_parties import judge_capture_stamps, judge_checkpoint, judge_kept_checkpoints, read_roots
from monitor.state.cases import ArtifactRecord


@dataclass(frozen=True)
class EvidenceReport:
    """What was re-read and what was found."""

    artifacts: int
    manifests: int
    entries: int
    findings: tuple[Finding, ...]

    @property
    def damage(self) -> tuple[Finding, ...]:
        """The findings that mean something was changed, dropped or added."""
        return tuple(one for one in self.findings if one.severity is Severity.DAMAGE)


def check_evidence(
    opened: Installation,
    *,
    case_id: str | None = None,
    outside: SignedCheckpoint | None = None,
    trusted_keys: Collection[str] = (),
) -> EvidenceReport:
    """Re-reads the evidence of a case, or everything.

    Args:
        opened: The installation.
        case_id: Only this case's artifacts; the log is read as a whole.
        outside: A checkpoint that was kept elsewhere; without one the classes of tampering that stay unseen are named.
        trusted_keys: Public keys known from elsewhere.

    Raises:
        SettingsError: there is no such case.
        evidence_store.errors.StorageUnavailable: the store cannot be read; that is no finding.
    """
    rows = _rows(opened, case_id)
    entries = _entries(opened)
    manifests = {Digest("sha256", row.manifest_sha256) for row in rows if row.manifest_sha256}
    expected = {Digest("sha256", row.sha256) for row in rows} | manifests
    findings: list[Finding] = []
    if case_id is None:
        # What the log names counts as much as what the index names: an index entry that was deleted hides nothing.
        findings += opened.artifacts.fsck(expected | _named_in_log(entries) | _sent_files(opened))
    for digest in sorted(manifests):
        findings += _check_manifest(opened, digest)
    roots = read_roots(opened)
    findings += judge_capture_stamps(opened, rows, first_pictures(rows), roots)
    if case_id is None:
        findings += judge_kept_checkpoints(opened, roots)
    if outside is not None:
        findings += judge_checkpoint(outside, roots, trusted=trusted_keys)
    findings += verify_entries(entries, outside.checkpoint if outside else None)
    findings += _check_mirror(opened, entries)
    return EvidenceReport(len(expected), len(manifests), len(entries), tuple(findings))


def _rows(opened: Installation, case_id: str | None) -> list[ArtifactRecord]:
    with opened.state.read() as tx:
        if case_id is not None:
            case = tx.cases.get(case_id)
            if case is None:
                raise SettingsError(
                    f"there is no case {case_id[:80]!r}", where="CASE", hint="`fairreview case list` shows them."
                )
            return tx.artifacts.of_review(case.account_id, case.review_id)
        return [row for account in tx.accounts.all() for row in tx.artifacts.of_account(account.id)]


def _sent_files(opened: Installation) -> set[Digest]:
    """Attachments lie in the store as well: what was sent is evidence of the filing."""
    with opened.state.read() as tx:
        appeals = [appeal for account in tx.accounts.all() for appeal in tx.appeals.of_account(account.id)]
        return {Digest("sha256", file.sha256) for appeal in appeals for file in tx.appeals.files(appeal.id)}


def _check_manifest(opened: Installation, digest: Digest) -> list[Finding]:
    try:
        data = opened.artifacts.read(digest)
    except EvidenceError as error:
        return [Finding(FindingKind.MISSING, str(digest), str(error))]
    return verify_capture(data, opened.artifacts.read)


def _entries(opened: Installation) -> list[Entry]:
    with opened.state.read() as tx:
        return [row.to_entry() for head in tx.journal.heads().values() for row in tx.journal.rows(head.chain)]


def _named_in_log(entries: list[Entry]) -> set[Digest]:
    named: set[Digest] = set()
    for entry in entries:
        try:
            body = entry.read_body()
        except EvidenceError:
            continue  # the log's own check names it
        named |= set(body.artifacts) if body else set()
    return named


def _check_mirror(opened: Installation, entries: list[Entry]) -> list[Finding]:
    chains: dict[str, list[Entry]] = {}
    for entry in entries:
        chains.setdefault(entry.header.chain, []).append(entry)
    findings: list[Finding] = []
    for chain, rows in chains.items():
        mirrored, torn = Mirror(opened.home.action_log, chain).read()
        findings += [*torn, *compare(rows, mirrored)]
    return findings

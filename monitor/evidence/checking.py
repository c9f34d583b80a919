"""Checks everything evidential of an installation: each byte in the store, each manifest, each entry of the log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.journal import Entry
from evidence_store.layout import item_path
from evidence_store.log_check import verify_entries
from evidence_store.mirror import Mirror, compare
from evidence_store.seal import SignedCheckpoint
from evidence_store.verify import verify_capture
from monitor.bootstrap import Installation
from monitor.errors import SettingsError
from monitor.evidence.purging import purged
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
    with opened.state.read() as tx:
        gone = purged(tx)
    expected = ({Digest("sha256", row.sha256) for row in rows} | manifests) - gone
    findings: list[Finding] = []
    if case_id is None:
        # What the log names counts as much as what the index names: an index entry that was deleted hides nothing.
        named = expected | _named_in_log(entries) | _sent_files(opened)
        findings += _name_unfinished(opened.artifacts.fsck(named - gone), gone)
    for digest in sorted(manifests):
        findings += _check_manifest(opened, digest, gone)
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


def _name_unfinished(findings: list[Finding], gone: Collection[Digest]) -> list[Finding]:
    """A purge that was stopped in the middle leaves bytes that the log has announced to be gone."""
    unfinished = {item_path(digest) for digest in gone}
    detail = "announced as removed and still there: `fairreview evidence purge` finishes it"
    return [
        replace(one, kind=FindingKind.LEFTOVER, detail=detail)
        if one.kind is FindingKind.UNREFERENCED and one.item in unfinished
        else one
        for one in findings
    ]


def _check_manifest(opened: Installation, digest: Digest, gone: Collection[Digest]) -> list[Finding]:
    try:
        data = opened.artifacts.read(digest)
    except EvidenceError as error:
        return [Finding(FindingKind.MISSING, str(digest), str(error))]
    return verify_capture(data, opened.artifacts.read, purged=gone)


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

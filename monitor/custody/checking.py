"""Checks everything evidential of an installation: each byte in the store, each manifest, each entry of the log."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError, Malformed
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.journal import Entry
from evidence_store.layout import item_path
from evidence_store.log_check import verify_entries
from evidence_store.seal import SignedCheckpoint, parse_signed_checkpoint
from evidence_store.store import ArtifactStore
from evidence_store.verify import verify_capture
from monitor.config.home import Home
from monitor.custody.anchors import Anchored, check_anchored, check_copies, first_copies, list_anchored, read_anchored
from monitor.custody.checkpoints import read_outside_checkpoint
from monitor.custody.context import CustodyContext
from monitor.custody.log_state import (
    Chains,
    MirrorFiles,
    check_checkpoints,
    check_mirrors,
    covered_by,
    read_mirrors,
)
from monitor.custody.purging import purged
from monitor.custody.rows import check_rows, differences
from monitor.custody.stamping import first_pictures
from monitor.custody.third_parties import judge_capture_stamps, judge_checkpoint, judge_kept_checkpoints, read_roots
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.secrets.vault import has_signing_key
from monitor.state import State, StateSnapshot
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
    installation: CustodyContext,
    *,
    case_id: str | None = None,
    outside: Path | None = None,
    trusted_keys: Collection[str] = (),
    tell: Callable[[int, int], None] | None = None,
) -> EvidenceReport:
    """Re-reads the evidence of a case, or everything, as it is at one moment. Writes nothing below the home folder.

    Others may write meanwhile: what looks like damage is looked at a second time, from a later moment, for bytes may
    have gone by a purge in between.

    Args:
        installation: The installation; its state need not be open, and is not opened for writing.
        case_id: Only this case's artifacts; the log is read as a whole.
        outside: File of a checkpoint that was kept elsewhere; without one the classes of tampering that stay unseen are
            named.
        trusted_keys: Public keys known from elsewhere.
        tell: Hears how much of how much was read; it may raise to end the check.

    Raises:
        SettingsError: there is no such case, or the checkpoint cannot be used.
        StorageError, evidence_store.errors.StorageUnavailable: something cannot be read; that is no finding.
    """
    report = _check_once(installation, case_id, outside, trusted_keys, tell)
    return _check_once(installation, case_id, outside, trusted_keys, tell) if report.damage else report


def _check_once(
    installation: CustodyContext,
    case_id: str | None,
    outside: Path | None,
    trusted_keys: Collection[str],
    tell: Callable[[int, int], None] | None,
) -> EvidenceReport:
    mirrors = read_mirrors(installation.home.action_log)  # before the picture of the table: see check_mirrors
    anchored = list_anchored(installation.settings, installation.home)
    with installation.snapshot() as frozen:
        signed = read_outside_checkpoint(frozen.state, outside) if outside else None
        rows = _rows(frozen.state, case_id)
        chains, unreadable = _chains(frozen.state)
        entries = [entry for chain in chains.values() for entry in chain]
        manifests = {Digest("sha256", row.manifest_sha256) for row in rows if row.manifest_sha256}
        with frozen.state.read() as tx:
            gone = purged(tx)
        expected = ({Digest("sha256", row.sha256) for row in rows} | manifests) - gone
        findings = [
            *_malformed(frozen.state),
            *_doubts(frozen),
            *unreadable,
            *(_check_files(frozen, expected, entries, gone, tell) if case_id is None else ()),
        ]
        for at, digest in enumerate(sorted(manifests), start=1):
            if tell is not None:
                tell(at, len(manifests))
            findings += _check_manifest(frozen.artifacts, digest, gone)
        roots = read_roots(frozen.settings, frozen.home)
        findings += judge_capture_stamps(frozen.artifacts, frozen.settings, rows, first_pictures(rows), roots)
        if case_id is None:
            findings += judge_kept_checkpoints(frozen.state, frozen.settings, roots)
        if signed is not None:
            findings += judge_checkpoint(signed, roots, trusted=trusted_keys)
        findings += verify_entries(entries, signed.checkpoint if signed else None)
        findings += _compare_log(frozen.state, frozen.home, mirrors, anchored, chains)
        if signed is not None:
            findings += _compare_given(frozen.state, signed)
        findings += _compare_rows(frozen, case_id, chains, gone)
        return EvidenceReport(len(expected), len(manifests), len(entries), tuple(dict.fromkeys(findings)))


def _check_files(
    frozen: CustodyContext,
    expected: Collection[Digest],
    entries: list[Entry],
    gone: frozenset[Digest],
    tell: Callable[[int, int], None] | None,
) -> list[Finding]:
    # What the log names counts as much as what the index names: an index entry that was deleted hides nothing.
    named = set(expected) | _named_in_log(entries) | _sent_files(frozen.state)
    return _name_unfinished(frozen.artifacts.fsck(named - gone, tell=tell), gone)


def _compare_rows(
    frozen: CustodyContext, case_id: str | None, chains: Chains, gone: frozenset[Digest]
) -> list[Finding]:
    findings = check_rows(frozen.state, frozen.artifacts, chains, gone)
    if case_id is None:
        return findings
    with frozen.state.read() as tx:
        case = tx.cases.get(case_id)
    return differences(findings, case_id, case.review_id if case else "")


def _malformed(state: State) -> tuple[Finding, ...]:
    return state.malformed if isinstance(state, StateSnapshot) else ()


def _doubts(frozen: CustodyContext) -> list[Finding]:
    """Says what beside the store speaks against it: a mark that is gone, a signing key that is gone."""
    findings = []
    if isinstance(frozen.state, StateSnapshot) and frozen.state.doubt:
        detail = _("{doubt}: the next command that writes takes it for a copy that was put back").format(
            doubt=frozen.state.doubt
        )
        findings.append(Finding(FindingKind.RESTORED, "home", detail, Severity.CANNOT_JUDGE))
    with frozen.state.read() as tx:
        is_signed = bool(tx.journal.envelopes(newest=1))
    if is_signed and not frozen.settings.state.url and not has_signing_key(frozen.home.secrets):
        detail = _(
            "is gone: the next checkpoint and bundle would be signed by a new one that nobody knows; put "
            "back {secrets}/ from a backup"
        ).format(secrets=frozen.home.secrets.name)
        findings.append(Finding(FindingKind.MISSING, "the signing key", detail, Severity.CANNOT_JUDGE))
    return findings


def _compare_log(state: State, home: Home, mirrors: MirrorFiles, anchored: Anchored, chains: Chains) -> list[Finding]:
    """Holds mirror, table and all signed checkpoints against each other."""
    with state.read() as tx:
        installation = tx.installation.find()
        envelopes = tx.journal.envelopes()
        first = first_copies(tx, home)
    stored = _stored_checkpoints(envelopes)
    kept = [(f"checkpoint {one.checkpoint.number}", one) for one in stored]
    if installation is None:
        return [Finding(FindingKind.MISSING, "installation", _("the store does not say which installation it is"))]
    ours, unread = read_anchored(anchored, installation.installation_id)
    covered = covered_by(stored)
    return [
        *check_mirrors(home.action_log, mirrors, chains, covered),
        *check_checkpoints([*kept, *ours], chains, epoch=installation.epoch),
        *check_anchored(ours, stored, epoch=installation.epoch),
        *check_copies(anchored, ours, stored, installation.installation_id, first),
        *unread,
    ]


def _stored_checkpoints(envelopes: list[bytes]) -> list[SignedCheckpoint]:
    stored: list[SignedCheckpoint] = []
    for envelope in envelopes:
        with suppress(Malformed):  # judge_kept_checkpoints names it
            stored.append(parse_signed_checkpoint(envelope))
    return stored


def _compare_given(state: State, signed: SignedCheckpoint) -> list[Finding]:
    with state.read() as tx:
        epoch = tx.installation.get().epoch
        stored = _stored_checkpoints(tx.journal.envelopes())
    return list(check_anchored([("the checkpoint given", signed)], stored, epoch=epoch))


def _rows(state: State, case_id: str | None) -> list[ArtifactRecord]:
    with state.read() as tx:
        if case_id is not None:
            case = tx.cases.get(case_id)
            if case is None:
                raise SettingsError(
                    _("there is no case {case_id!r}").format(case_id=case_id[:80]),
                    where="CASE",
                    hint=_("`fairreview case list` shows them."),
                )
            return tx.artifacts.of_review(case.account_id, case.review_id)
        return [row for account in tx.accounts.all() for row in tx.artifacts.of_account(account.id)]


def _sent_files(state: State) -> set[Digest]:
    """Attachments lie in the store as well: what was sent is evidence of the filing."""
    with state.read() as tx:
        appeals = [appeal for account in tx.accounts.all() for appeal in tx.appeals.of_account(account.id)]
        return {Digest("sha256", file.sha256) for appeal in appeals for file in tx.appeals.files(appeal.id)}


def _name_unfinished(findings: list[Finding], gone: Collection[Digest]) -> list[Finding]:
    """A purge that was stopped in the middle leaves bytes that the log has announced to be gone."""
    unfinished = {item_path(digest) for digest in gone}
    detail = _("announced as removed and still there: `fairreview evidence purge` finishes it")
    return [
        replace(one, kind=FindingKind.LEFTOVER, detail=detail)
        if one.kind is FindingKind.UNREFERENCED and one.item in unfinished
        else one
        for one in findings
    ]


def _check_manifest(artifacts: ArtifactStore, digest: Digest, gone: Collection[Digest]) -> list[Finding]:
    try:
        data = artifacts.read(digest)
    except EvidenceError as error:
        return [Finding(FindingKind.MISSING, str(digest), str(error))]
    return verify_capture(data, artifacts.read, purged=gone)


def _chains(state: State) -> tuple[dict[str, list[Entry]], list[Finding]]:
    """Returns all entries by chain, and the rows that are none.

    The table is asked for its chains too: a head that is gone hides no entry.
    """
    chains: dict[str, list[Entry]] = {}
    unreadable: list[Finding] = []
    with state.read() as tx:
        for name in sorted({head.chain for head in tx.journal.heads().values()} | tx.journal.chains()):
            chains[name] = []
            for row in tx.journal.rows(name):
                try:
                    chains[name].append(row.to_entry())
                except EvidenceError as error:
                    unreadable.append(Finding(FindingKind.MALFORMED, f"{row.chain}#{row.seq}"[:100], str(error)))
    return chains, unreadable


def _named_in_log(entries: list[Entry]) -> set[Digest]:
    named: set[Digest] = set()
    for entry in entries:
        try:
            body = entry.read_body()
        except EvidenceError:
            continue  # the log's own check names it
        named |= set(body.artifacts) if body else set()
    return named

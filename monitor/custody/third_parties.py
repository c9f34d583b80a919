"""Judging what others gave or would see: time stamps, and the chain of the checkpoints that were signed here."""

from __future__ import annotations

from collections.abc import Collection

from evidence_store.digests import Digest
from evidence_store.errors import EvidenceError, Malformed
from evidence_store.findings import Finding, FindingKind, Severity
from evidence_store.seal import SignedCheckpoint, parse_signed_checkpoint, verify_checkpoint
from evidence_store.store import ArtifactStore
from evidence_store.time_stamps import verify_time_stamp
from monitor.config.home import Home
from monitor.config.settings import Settings
from monitor.custody.stamping import MOMENT, stamp_of
from monitor.errors import SettingsError
from monitor.files.private import read_plain
from monitor.language import gettext as _
from monitor.state import State
from monitor.state.cases import ArtifactRecord

_LARGEST_ROOT = 1_000_000  # bytes


def read_roots(settings: Settings, home: Home) -> tuple[bytes, ...]:
    """Reads the root certificates by which time stamps are judged.

    Raises:
        SettingsError: a file of ``evidence.time_roots`` cannot be read.
    """
    roots = []
    for path in settings.evidence.time_roots:
        try:
            roots.append(read_plain(home.root / path, max_bytes=_LARGEST_ROOT))
        except SettingsError as error:
            raise SettingsError(
                _("evidence.time_roots: {path}: {error}").format(path=path, error=error), where="config.toml"
            ) from error
    return tuple(roots)


def judge_capture_stamps(
    artifacts: ArtifactStore,
    settings: Settings,
    rows: list[ArtifactRecord],
    firsts: list[ArtifactRecord],
    roots: Collection[bytes],
) -> list[Finding]:
    """Judges the stamps among some rows, and names each first picture that has none.

    Args:
        artifacts: The evidence store.
        settings: Its settings.
        rows: The index, or the part of it that is checked.
        firsts: First pictures that should be stamped.
        roots: Certificates by which to judge.
    """
    findings: list[Finding] = []
    stamped: set[Digest] = set()
    for row in rows:
        if row.moment != MOMENT:
            continue
        try:
            stamp = stamp_of(row, artifacts.read(Digest("sha256", row.sha256)))
            findings += verify_time_stamp(stamp, artifacts.read(stamp.over), roots)
            stamped.add(stamp.over)
        except EvidenceError as error:
            findings.append(Finding(FindingKind.TIME_STAMP_WRONG, row.sha256, str(error)))
    for row in firsts:
        digest = Digest("sha256", row.manifest_sha256)
        if digest not in stamped:
            detail = _("first picture of {review_id}: no third-party time{pending}").format(
                review_id=row.review_id, pending=_pending(settings)
            )
            findings.append(Finding(FindingKind.NO_THIRD_PARTY_TIME, str(digest), detail, Severity.NOTE))
    return findings


def judge_kept_checkpoints(state: State, settings: Settings, roots: Collection[bytes]) -> list[Finding]:
    """Judges each checkpoint that was signed here: signature, stamps, and that each names the one before."""
    with state.read() as tx:
        envelopes = tx.journal.envelopes()
    findings: list[Finding] = []
    last: SignedCheckpoint | None = None
    for envelope in envelopes:
        try:
            signed = parse_signed_checkpoint(envelope)
        except Malformed as error:
            findings.append(Finding(FindingKind.MALFORMED, "a stored checkpoint", str(error)))
            continue
        findings += [one for one in judge_checkpoint(signed, roots) if one.severity is not Severity.NOTE]
        findings += _judge_order(last, signed)
        if not settings.state.url:  # machines that share a store have a key each
            findings += _judge_signer(last, signed)
        last = signed
    if last is not None and not last.time_stamps:
        detail = _("no third-party time{pending}").format(pending=_pending(settings))
        item = f"checkpoint {last.checkpoint.number}"
        findings.append(Finding(FindingKind.NO_THIRD_PARTY_TIME, item, detail, Severity.NOTE))
    return findings


def judge_checkpoint(
    signed: SignedCheckpoint, roots: Collection[bytes], *, trusted: Collection[str] = ()
) -> list[Finding]:
    """Judges one checkpoint with its signature and its stamps."""
    data = signed.checkpoint.to_bytes()
    findings = verify_checkpoint(signed, trusted=trusted)
    for stamp in signed.time_stamps:
        findings += verify_time_stamp(stamp, data, roots)
    return list(dict.fromkeys(findings))


def _judge_order(before: SignedCheckpoint | None, signed: SignedCheckpoint) -> list[Finding]:
    if before is None:
        return []
    point, last = signed.checkpoint, before.checkpoint
    item = f"checkpoint {point.number}"
    # A number between them may never have been signed, because the key was locked; its digest is not known here.
    if point.number == last.number + 1 and point.previous != last.digest:
        return [Finding(FindingKind.CHAIN_BROKEN, item, _("does not name the checkpoint before it"))]
    if point.epoch < last.epoch:
        return [Finding(FindingKind.CHECKPOINT_GOES_BACK, item, _("an earlier epoch than the checkpoint before it"))]
    return []


def _judge_signer(before: SignedCheckpoint | None, signed: SignedCheckpoint) -> list[Finding]:
    if before is None or signed.signature.public_key == before.signature.public_key:
        return []
    detail = _(
        "signed by the key {public_key}, the one before by {public_key_2}: the signing key was lost, "
        "or somebody else signed; whoever noted the old key must be told"
    ).format(public_key=signed.signature.public_key, public_key_2=before.signature.public_key)
    return [Finding(FindingKind.KEY_UNKNOWN, f"checkpoint {signed.checkpoint.number}", detail, Severity.CANNOT_JUDGE)]


def _pending(settings: Settings) -> str:
    return _(": it is pending and will be asked for again") if settings.evidence.time_authorities else ""

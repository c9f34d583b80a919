"""How a stranger checks evidence: bytes in, findings out. No I/O; whoever calls it says where bytes come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from evidence_store.artifacts import Artifact
from evidence_store.digests import Digest
from evidence_store.errors import ArtifactDamaged, ArtifactMissing, Malformed, StorageUnavailable, VersionUnknown
from evidence_store.findings import Finding, FindingKind, Severity, is_sound
from evidence_store.log_check import verify_entries
from evidence_store.manifest import CaptureManifest, parse_manifest
from evidence_store.seal import verify_checkpoint, verify_manifest_signature, verify_signature
from evidence_store.sentences import sentence

__all__ = [
    "ReadBytes",
    "expected_digests",
    "is_sound",
    "verify_capture",
    "verify_checkpoint",
    "verify_entries",
    "verify_manifest_chain",
    "verify_manifest_signature",
    "verify_signature",
]

ReadBytes = Callable[[Digest], bytes]
"""Returns the bytes of an item; raises as ``ArtifactStore.read`` does. A dict's ``__getitem__`` will not do."""


def verify_capture(data: bytes, read: ReadBytes, *, purged: Collection[Digest] = ()) -> list[Finding]:
    """Checks one capture: its manifest and every artifact that the manifest names.

    Args:
        data: The manifest's bytes as stored.
        read: Gives an artifact's bytes (``ArtifactStore.read``).
        purged: What the log says was removed (``purge.purged_digests``).
    """
    name = str(Digest.of(data))
    try:
        manifest = parse_manifest(data)
    except VersionUnknown as error:
        return [Finding(FindingKind.VERSION_UNKNOWN, name, str(error), Severity.CANNOT_JUDGE)]
    except Malformed as error:
        return [Finding(FindingKind.MALFORMED, name, str(error))]
    findings = [finding for artifact in manifest.artifacts for finding in _check_artifact(artifact, read, purged)]
    if manifest.is_partial:
        detail = "; ".join(manifest.partial_reasons()) or "marked partial by the capture"
        findings.append(Finding(FindingKind.PARTIAL, name, detail, Severity.NOTE))
    return findings


def _check_artifact(artifact: Artifact, read: ReadBytes, purged: Collection[Digest]) -> Iterator[Finding]:
    item = str(artifact.digest)
    if artifact.digest in purged:
        detail = sentence("{kind} was removed by rule; the log says so", kind=artifact.kind.value)
        yield Finding(FindingKind.PURGED, item, detail, Severity.NOTE)
        return
    try:
        data = read(artifact.digest)
    except ArtifactMissing:
        yield Finding(FindingKind.MISSING, item, sentence("{kind} is not there", kind=artifact.kind.value))
    except ArtifactDamaged as error:
        yield Finding(FindingKind.CHANGED, item, f"{artifact.kind.value}: {error}")
    except StorageUnavailable as error:
        yield Finding(FindingKind.UNREADABLE, item, f"{artifact.kind.value}: {error}", Severity.CANNOT_JUDGE)
    else:
        if Digest.of(data) != artifact.digest or len(data) != artifact.size:
            yield Finding(
                FindingKind.CHANGED,
                item,
                sentence("{kind}: not the bytes that the manifest names", kind=artifact.kind.value),
            )


def verify_manifest_chain(manifests: Iterable[CaptureManifest]) -> list[Finding]:
    """Checks that the manifests of one case name each other in order, the first one none."""
    findings = []
    previous: Digest | None = None
    for manifest in manifests:
        if manifest.previous != previous:
            detail = sentence(
                "names {previous} as the one before; that is {previous_2}",
                previous=manifest.previous or "none",
                previous_2=previous or "none",
            )
            findings.append(Finding(FindingKind.CHAIN_BROKEN, str(manifest.digest), detail))
        previous = manifest.digest
    return findings


def expected_digests(manifests: Iterable[CaptureManifest], *, purged: Collection[Digest] = ()) -> frozenset[Digest]:
    """Returns everything that must be in the store for these manifests: they themselves and what they name."""
    expected: set[Digest] = set()
    for manifest in manifests:
        expected.add(manifest.digest)
        expected.update(artifact.digest for artifact in manifest.artifacts)
    return frozenset(expected.difference(purged))

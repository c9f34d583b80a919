"""Seals captures: bytes into the evidence store first, then index and log entry in one transaction."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import Literal

from evidence_store.artifacts import ArtifactKind
from evidence_store.digests import Digest
from evidence_store.journal import SubjectId
from evidence_store.manifest import CaptureManifest, Operator, Subject, Tool
from flows.capture.values import Capture, CapturedArtifact
from flows.workbench import Workbench
from monitor.custody.readings import seal_reading
from monitor.software import describe_machine, own_version, playwright_version
from monitor.state import Transaction, subject
from monitor.state.cases import ArtifactRecord
from monitor.state.repository import new_id
from monitor.visiting.room import VisitRoom

_OPERATOR_KIND: dict[str, Literal["person", "schedule", "simulated"]] = {
    "operator": "person",
    "schedule": "schedule",
    "system": "schedule",
    "simulated": "simulated",
}


@dataclass(frozen=True)
class About:
    """What a capture belongs to."""

    review_id: str | None = None
    sku: str | None = None
    case_id: str | None = None
    appeal_id: str | None = None
    identity: str | None = None


@dataclass(frozen=True)
class SealedCapture:
    """A capture that is on disk: its manifest and the manifest's digest."""

    manifest: CaptureManifest
    digest: Digest


def seal_capture(room: VisitRoom, bench: Workbench, capture: Capture, about: About) -> SealedCapture:
    """Stores a capture durably and notes it. When this returns, the evidence survives a power cut.

    Raises:
        evidence_store.errors.StorageFull, evidence_store.errors.StorageUnavailable: nothing was noted.
        LeaseLost: the bytes are stored, but this visit may not write any more.
    """
    store = room.installation.artifacts
    capture = _with_reading(room, capture, about)
    for artifact in capture.artifacts:
        store.put(artifact.data)
    manifest = _describe(room, bench, capture, about)
    digest = store.put(manifest.to_bytes())
    with room.installation.state.transaction(room.lease) as tx:
        _index(tx, room, manifest, digest, about)
        action = room.action(
            "evidence.capture",
            subjects=_subjects(about),
            inputs={"moment": capture.moment, "url": capture.url},
            outputs={
                "partial": manifest.is_partial,
                "missing": list(manifest.missing),
                "problems": list(manifest.problems),
                "rung": manifest.rung,
            },
            artifacts=[str(digest), *(str(artifact.digest) for artifact in manifest.artifacts)],
        )
        tx.journal.record(room.account_id, action)
    return SealedCapture(manifest, digest)


def _with_reading(room: VisitRoom, capture: Capture, about: About) -> Capture:
    """Adds what was read of the review: papers quote this, and never a row that could be changed later."""
    if about.review_id is None:
        return capture
    with room.installation.state.read() as tx:
        review = tx.reviews.get(room.account_id, about.review_id)
        version = tx.reviews.newest_version(room.account_id, about.review_id)
        if review is None or version is None:
            return capture
        session = tx.sessions.get(room.account_id, about.identity) if capture.is_signed_in and about.identity else None
        data = seal_reading(tx, version, sku=review.sku, shown_as=session.witness if session else "")
    reading = CapturedArtifact(kind=ArtifactKind.REVIEW_READING, media_type="application/json", data=data)
    return replace(capture, artifacts=(*capture.artifacts, reading))


def _describe(room: VisitRoom, bench: Workbench, capture: Capture, about: About) -> CaptureManifest:
    return capture.manifest(
        subject=Subject(
            site=room.site.name,
            review_id=about.review_id,
            product_id=about.sku,
            case_id=about.case_id,
            appeal_id=about.appeal_id,
        ),
        operator=Operator(kind=_OPERATOR_KIND[room.actor.kind], id=room.actor.id, name=room.actor.name),
        machine=describe_machine(),
        tool=Tool(
            version=own_version(),
            python=".".join(map(str, sys.version_info[:3])),
            playwright=playwright_version(),
            browser=bench.browser.label,
            browser_version=bench.browser.version,
        ),
        account=room.account_id if capture.is_signed_in else None,
        identity=about.identity,
        previous=_previous(room, about),
    )


def _previous(room: VisitRoom, about: About) -> Digest | None:
    if about.review_id is None:
        return None
    with room.installation.state.read() as tx:
        sealed = [row for row in tx.artifacts.of_review(room.account_id, about.review_id) if row.manifest_sha256]
    return Digest("sha256", sealed[-1].manifest_sha256) if sealed else None


def _index(tx: Transaction, room: VisitRoom, manifest: CaptureManifest, digest: Digest, about: About) -> None:
    for artifact in manifest.artifacts:
        tx.artifacts.add(
            ArtifactRecord(
                id=new_id("artifact"),
                account_id=room.account_id,
                moment=manifest.moment,
                sha256=artifact.digest.hex,
                manifest_sha256=digest.hex,
                path=str(artifact.digest),
                media_type=artifact.media_type,
                size=artifact.size,
                review_id=about.review_id or "",
                case_id=about.case_id,
                appeal_id=about.appeal_id,
                visit_id=room.order.visit_id,
                captured_at=tx.now(),
                is_complete=not manifest.is_partial,
                notes={"kind": artifact.kind.value, "is_derived": artifact.is_derived},
            )
        )


def _subjects(about: About) -> list[SubjectId]:
    named = (("review", about.review_id), ("case", about.case_id), ("appeal", about.appeal_id), ("product", about.sku))
    return [subject(kind, name) for kind, name in named if name]

"""A small finished case, exported for the tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.export import Bundle, BundleOrder, Document, export_bundle
from evidence_store.extract import heads_of
from evidence_store.journal import Checkpoint, Entry, Head, SubjectId, build_entry
from evidence_store.manifest import CaptureManifest, Operator, Subject
from evidence_store.purge import purge_inputs
from evidence_store.seal import SignedCheckpoint, SigningKey, sign_checkpoint
from evidence_store.store import ArtifactStore
from tests.unit.evidence_store.samples import CHAIN, MOMENT, OTHER_CHAIN, sample_body, sample_chain, sample_manifest

KEY = SigningKey.load(b"k" * 32)
AUTHOR = "Мария Канарейкина"


def subjects_of(number: int) -> tuple[SubjectId, ...]:
    return (SubjectId(kind="review", id=f"r-{number}"), SubjectId(kind="case", id=f"case-{number}"))


SUBJECTS = subjects_of(1)


@dataclass(frozen=True)
class Case:
    store: ArtifactStore
    captures: tuple[CaptureManifest, ...]
    entries: tuple[Entry, ...]
    checkpoint: SignedCheckpoint
    number: int = 1

    def order(self, **changes: object) -> BundleOrder:
        order = BundleOrder(
            case_id=f"case-{self.number}",
            account="shop",
            subjects=subjects_of(self.number),
            title=f"Отзыв r-{self.number}",
            created=MOMENT,
            exported_by=Operator(kind="person", id="anna", name="Анна"),
            installation="i" * 32,
            variant="full",
            software={"fairreview": "0.1.0"},
            captures=self.captures,
            entries=self.entries,
            checkpoint=self.checkpoint,
            documents=(Document("akt.pdf", b"%PDF-1.7", "акт осмотра"),),
        )
        return replace(order, **changes)  # type: ignore[arg-type]

    def export(self, folder: Path, **changes: object) -> Bundle:
        return export_bundle(self.order(**changes), self.store.read, folder, key=KEY)


def sample_case(root: Path, moments: tuple[str, ...] = ("public", "account"), *, number: int = 1) -> Case:
    store = ArtifactStore(root)
    captures: list[CaptureManifest] = []
    for moment in moments:
        artifacts = tuple(
            _stored(store, kind, media_type, f"{moment} {kind} {AUTHOR} {number}".encode())
            for kind, media_type in (
                (ArtifactKind.ELEMENT_PNG, "image/png"),
                (ArtifactKind.HTML, "text/html"),
                (ArtifactKind.RESPONSE_HEADERS, "text/plain"),
            )
        )
        previous = captures[-1].digest if captures else None
        subject = Subject(site="ozon", review_id=f"r-{number}", product_id="100", case_id=f"case-{number}")
        captures.append(sample_manifest(moment=moment, artifacts=artifacts, previous=previous, subject=subject))
    entries = _log(captures, subjects_of(number))
    checkpoint = Checkpoint(installation="i" * 32, number=1, at=MOMENT, heads=heads_of(entries))
    return Case(store, tuple(captures), entries, sign_checkpoint(checkpoint, KEY), number)


def _stored(store: ArtifactStore, kind: ArtifactKind, media_type: str, data: bytes) -> Artifact:
    if kind is ArtifactKind.RESPONSE_HEADERS:
        data = data.replace(AUTHOR.encode(), b"")
    return Artifact(kind=kind, media_type=media_type, digest=store.put(data), size=len(data))


def _log(captures: list[CaptureManifest], subjects: tuple[SubjectId, ...]) -> tuple[Entry, ...]:
    head, ours = Head.empty(CHAIN), []
    sealed = [named_by(capture) for capture in captures]
    for number, digests in enumerate([(), *sealed, ()], 1):
        action = "evidence.capture" if digests else "case.opened"
        body = sample_body(number, action=action, artifacts=digests, subjects=subjects)
        ours.append(build_entry(head, body))
        head = ours[-1].head
    others = [entry.without_body() for entry in sample_chain(2, OTHER_CHAIN)]
    return (*ours[:2], *others, *ours[2:])


def named_by(capture: CaptureManifest) -> tuple[Digest, ...]:
    """What the log's entry about a capture names: its description, then its artifacts."""
    return (capture.digest, *(artifact.digest for artifact in capture.artifacts))


def with_tombstone(case: Case, *gone: Digest) -> Case:
    """Returns the case after a purge that the log tells of."""
    *_, last = (entry for entry in case.entries if entry.header.chain == CHAIN)
    body = sample_body(9, action="evidence.purge", artifacts=(), subjects=SUBJECTS, inputs=purge_inputs(gone, "rule"))
    return relogged(case, (*case.entries, build_entry(last.head, body)))


def relogged(case: Case, entries: tuple[Entry, ...]) -> Case:
    """Returns the case with another log and a checkpoint over it."""
    checkpoint = Checkpoint(installation="i" * 32, number=1, at=MOMENT, heads=heads_of(entries))
    return replace(case, entries=entries, checkpoint=sign_checkpoint(checkpoint, KEY))

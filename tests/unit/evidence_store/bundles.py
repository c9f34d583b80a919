"""A small finished case, exported for the tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.export import Bundle, BundleOrder, Document, export_bundle
from evidence_store.extract import heads_of
from evidence_store.journal import Checkpoint, Entry, Head, build_entry
from evidence_store.manifest import CaptureManifest, Operator
from evidence_store.seal import SignedCheckpoint, SigningKey, sign_checkpoint
from evidence_store.store import ArtifactStore
from tests.unit.evidence_store.samples import CHAIN, MOMENT, OTHER_CHAIN, sample_body, sample_chain, sample_manifest

KEY = SigningKey.load(b"k" * 32)
AUTHOR = "Мария Канарейкина"


@dataclass(frozen=True)
class Case:
    store: ArtifactStore
    captures: tuple[CaptureManifest, ...]
    entries: tuple[Entry, ...]
    checkpoint: SignedCheckpoint

    def order(self, **changes: object) -> BundleOrder:
        order = BundleOrder(
            case_id="case-1",
            title="Отзыв r-1",
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


def sample_case(root: Path) -> Case:
    store = ArtifactStore(root)
    captures: list[CaptureManifest] = []
    for moment in ("public", "account"):
        artifacts = tuple(
            _stored(store, kind, media_type, f"{moment} {kind} {AUTHOR}".encode())
            for kind, media_type in (
                (ArtifactKind.ELEMENT_PNG, "image/png"),
                (ArtifactKind.HTML, "text/html"),
                (ArtifactKind.RESPONSE_HEADERS, "text/plain"),
            )
        )
        previous = captures[-1].digest if captures else None
        captures.append(sample_manifest(moment=moment, artifacts=artifacts, previous=previous))
    entries = _log(captures)
    checkpoint = Checkpoint(installation="i" * 32, number=1, at=MOMENT, heads=heads_of(entries))
    return Case(store, tuple(captures), entries, sign_checkpoint(checkpoint, KEY))


def _stored(store: ArtifactStore, kind: ArtifactKind, media_type: str, data: bytes) -> Artifact:
    if kind is ArtifactKind.RESPONSE_HEADERS:
        data = data.replace(AUTHOR.encode(), b"")
    return Artifact(kind=kind, media_type=media_type, digest=store.put(data), size=len(data))


def _log(captures: list[CaptureManifest]) -> tuple[Entry, ...]:
    head, ours = Head.empty(CHAIN), []
    for number, digests in enumerate([(), *((capture.digest,) for capture in captures), ()], 1):
        artifacts: tuple[Digest, ...] = digests
        ours.append(build_entry(head, sample_body(number, artifacts=artifacts)))
        head = ours[-1].head
    others = [entry.without_body() for entry in sample_chain(2, OTHER_CHAIN)]
    return (*ours[:2], *others, *ours[2:])

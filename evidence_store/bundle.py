"""What a bundle says about itself: its files, what is missing, and what it does not prove."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evidence_store.artifacts import Artifact, ArtifactKind, Sealed
from evidence_store.canonical import UtcTime, canonical_bytes
from evidence_store.digests import Digest
from evidence_store.entries import Head, SubjectId
from evidence_store.manifest import CaptureMoment, Operator

FORMAT: Literal["fairreview-bundle/2"] = "fairreview-bundle/2"

BUNDLE_PATH = "data/bundle.json"
SIGNATURE_PATH = "data/bundle-signature.json"
LOG_PATH = "data/log/log.jsonl"
CHECKPOINT_PATH = "data/log/checkpoint.json"

Variant = Literal["full", "shareable"]

SHAREABLE_KINDS = frozenset({ArtifactKind.RESPONSE_HEADERS, ArtifactKind.TLS_CERTIFICATE, ArtifactKind.MASKED_PNG})
"""Kinds that may leave in a shareable bundle as they are: they hold nothing a buyer wrote, and no picture of it."""

DOES_NOT_PROVE = (
    "что эту страницу отдал именно сервер площадки: защищённое соединение не оставляет доказательств для третьих лиц",
    "что увиденное было правдой: подтверждено только то, что файлы не изменились с момента записи",
    "кто на самом деле автор отзыва",
    "что сказанное в отзыве неверно: мнение нельзя опровергнуть, опровергнуть можно только сведения о фактах",
    "момент записи, если нет независимой отметки времени: тогда известны лишь часы компьютера и заголовок Date сервера",
    "что владелец ключа подписи не мог подготовить записи сам: ключ хранится у того, кто вёл запись",
)
"""Said in every bundle, in the reader's language."""


class BundleFile(Sealed):
    """One file, under ``data/`` or beside it. ``what`` says it in words; derived files were made from originals."""

    path: str
    digest: Digest
    size: int = Field(ge=0)
    what: str
    is_derived: bool = False


class Withheld(Sealed):
    """An artifact that a capture names and that is not in this bundle, and why."""

    digest: Digest
    kind: ArtifactKind
    reason: Literal["personal_data", "purged"]
    replaced_by: str | None = None


class CaptureInBundle(Sealed):
    """One capture: where its manifest lies."""

    moment: CaptureMoment
    path: str
    digest: Digest


class StampInBundle(Sealed):
    """One RFC 3161 time stamp: where the authority's answer lies, and what it is over."""

    path: str
    authority: str
    at: UtcTime
    covers: Literal["capture", "checkpoint"]
    over: Digest


class BundleManifest(Sealed):
    """The whole bundle. Covers every file but itself, its signature, and the two lists that follow from the rest.

    Attributes:
        account: Whose log entries may be here with their bodies, where they are about one of the ``subjects``.
        heads: Heads of the log extract; the extract ends exactly there.
        missing: What should be here and is not, in words.
        does_not_prove: The limits, in words.
        third_party_time: ``none``, or in words what was stamped when and by whom.
    """

    format: Literal["fairreview-bundle/2"] = FORMAT
    case_id: str
    account: str
    subjects: tuple[SubjectId, ...]
    title: str
    created: UtcTime
    exported_by: Operator
    installation: str
    variant: Variant
    software: dict[str, str]
    files: tuple[BundleFile, ...]
    captures: tuple[CaptureInBundle, ...]
    withheld: tuple[Withheld, ...] = ()
    time_stamps: tuple[StampInBundle, ...] = ()
    heads: tuple[Head, ...] = ()
    missing: tuple[str, ...] = ()
    does_not_prove: tuple[str, ...] = DOES_NOT_PROVE
    third_party_time: str = "none"

    def to_bytes(self) -> bytes:
        """Returns the canonical bytes: what is signed."""
        return canonical_bytes(self)


def may_be_shared(artifact: Artifact) -> bool:
    """Whether an artifact may be in a shareable bundle unmasked."""
    return artifact.kind in SHAREABLE_KINDS

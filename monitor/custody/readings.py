"""What was read of a review when it was captured, sealed as an artifact of the capture: what papers quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from evidence_store.artifacts import ArtifactKind
from evidence_store.canonical import UtcTime
from evidence_store.digests import Digest
from evidence_store.errors import Malformed
from evidence_store.manifest import CaptureManifest, parse_manifest
from evidence_store.store import ArtifactStore
from flows.readings.models import ReviewReading
from monitor.language import gettext as _
from monitor.state import State, Transaction
from monitor.state.cases import ArtifactRecord
from monitor.state.reviews import ReviewVersion

FORMAT: Literal["fairreview-reading/1"] = "fairreview-reading/1"


class SealedReading(BaseModel):
    """One review as it was read for the capture that holds this.

    Attributes:
        version: Number of the stored version.
        seen_at: When it was read.
        reading: The whole reading (``flows.readings.models.ReviewReading``).
        product_title: Of the product's page.
        product_url: The product's full address.
        shown_as: Under which name the site showed the account that looked; empty without sign-in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    format: Literal["fairreview-reading/1"] = FORMAT
    review_id: str
    version: int
    content_digest: str
    seen_at: UtcTime
    reading: dict[str, JsonValue]
    product_title: str = ""
    product_url: str = ""
    shown_as: str = ""

    def to_review(self) -> ReviewReading:
        """Returns the reading itself.

        Raises:
            Malformed: it is no reading that this program knows.
        """
        try:
            return ReviewReading.model_validate(self.reading)
        except ValidationError as error:
            raise Malformed(_("the sealed reading cannot be read")) from error


@dataclass(frozen=True)
class FoundReading:
    """A sealed reading and the artifact that holds it."""

    sealed: SealedReading
    digest: Digest


def seal_reading(tx: Transaction, version: ReviewVersion, *, sku: str, shown_as: str) -> bytes:
    """Returns the artifact's bytes for the newest version of a review."""
    product = tx.products.get(version.account_id, sku)
    sealed = SealedReading(
        review_id=version.review_id,
        version=version.version,
        content_digest=version.content_digest,
        seen_at=version.seen_at,
        reading=version.reading if isinstance(version.reading, dict) else {},
        product_title=product.title if product else "",
        product_url=product.url if product else "",
        shown_as=shown_as,
    )
    return sealed.model_dump_json(indent=1).encode()


def parse_reading(data: bytes) -> SealedReading:
    """Reads the artifact back.

    Raises:
        Malformed: no sealed reading.
    """
    try:
        return SealedReading.model_validate_json(data)
    except ValidationError as error:
        raise Malformed(_("not a sealed reading of a review")) from error


def find_readings(state: State, artifacts: ArtifactStore, account_id: str, review_id: str) -> list[FoundReading]:
    """Returns the sealed readings of a review, the oldest first; those that a purge removed are not among them.

    Raises:
        evidence_store.errors.ArtifactDamaged: one is not as it was stored.
    """
    with state.read() as tx:
        rows = tx.artifacts.of_review(account_id, review_id)
    found: list[FoundReading] = []
    for manifest in _manifests(artifacts, rows):
        for artifact in manifest.artifacts:
            if artifact.kind is ArtifactKind.REVIEW_READING and manifest.subject.review_id == review_id:
                found += _read(artifacts, artifact.digest, rows_gone={row.sha256 for row in rows if row.is_purged})
    return found


def manifests_of(state: State, artifacts: ArtifactStore, account_id: str, review_id: str) -> list[CaptureManifest]:
    """Returns the captures of a review, the oldest first.

    Raises:
        evidence_store.errors.EvidenceError: one is not as it was stored.
    """
    with state.read() as tx:
        rows = tx.artifacts.of_review(account_id, review_id)
    return list(_manifests(artifacts, rows))


def _manifests(artifacts: ArtifactStore, rows: Sequence[ArtifactRecord]) -> Iterator[CaptureManifest]:
    for name in dict.fromkeys(row.manifest_sha256 for row in rows if row.manifest_sha256):
        yield parse_manifest(artifacts.read(Digest("sha256", name)))


def _read(artifacts: ArtifactStore, digest: Digest, *, rows_gone: set[str]) -> list[FoundReading]:
    if digest.hex in rows_gone:
        return []
    return [FoundReading(parse_reading(artifacts.read(digest)), digest)]

"""What one artifact is: its kind, its type, its digest. The bytes themselves lie in the store."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from evidence_store.digests import Digest


class Sealed(BaseModel):
    """Base of everything that is written into evidence: frozen, strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ArtifactKind(StrEnum):
    """What the bytes show. Originals first, then what was derived from them (never to replace them)."""

    ELEMENT_PNG = "element_png"
    FULL_PAGE_PNG = "full_page_png"
    VIEWPORT_PNG = "viewport_png"
    MHTML = "mhtml"
    HTML = "html"
    WARC = "warc"
    VISIBLE_TEXT = "visible_text"
    RESPONSE_HEADERS = "response_headers"
    TLS_CERTIFICATE = "tls_certificate"
    STATE_JSON = "state_json"
    REVIEW_READING = "review_reading"
    FORM_DUMP = "form_dump"
    SCREENSHOT_FAILURE = "screenshot_failure"
    CONSOLE_LOG = "console_log"
    OWN_EVIDENCE = "own_evidence"
    MANIFEST = "manifest"
    SHEET_PNG = "sheet_png"
    SHEET_PDF = "sheet_pdf"
    MASKED_PNG = "masked_png"
    WACZ = "wacz"


DERIVED = frozenset(
    {ArtifactKind.SHEET_PNG, ArtifactKind.SHEET_PDF, ArtifactKind.MASKED_PNG, ArtifactKind.WACZ},
)
"""Kinds made from originals. A bundle says so beside each."""


class Artifact(Sealed):
    """One stored artifact.

    Attributes:
        kind: What the bytes show.
        media_type: Their type, for example ``image/png``.
        digest: Their name in the store.
        size: Their length in bytes.
        note: Anything a person must know; empty for the usual.
        derived_from: What a derived artifact was made of.
    """

    kind: ArtifactKind
    media_type: str
    digest: Digest
    size: int = Field(ge=0)
    note: str = ""
    derived_from: Digest | None = None

    @property
    def is_derived(self) -> bool:
        """Whether this was made from an original."""
        return self.kind in DERIVED

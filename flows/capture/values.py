"""What a capture is ordered with and what it gives back. The caller stores the bytes and seals the manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_store.artifacts import Artifact, ArtifactKind
from evidence_store.digests import Digest
from evidence_store.manifest import CaptureManifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from evidence_store.manifest import (
        Box,
        BrowserView,
        CaptureMoment,
        CaptureStep,
        CaptureTimes,
        Completeness,
        Machine,
        Operator,
        Subject,
        Tool,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOrder:
    """What to capture.

    Attributes:
        moment: Which of the moments of a case this is.
        url: The page.
        page_name: Its name in the site's catalog, whose required entries are the witness that it is there.
        review_id: The review that must be on it; None captures the page as such.
        review_text: The text the review's element must show, when known.
        author_name: As the site shows it, so that its place in the picture can be noted for masking.
        private: Stretches of the review's text that tell who somebody is; their places are noted likewise.
        made_by: Who ordered it, for the sheet.
        account_label: Who is signed in, for the sheet; "" for nobody.
        software: Name and version of what captures, for the archive.
        limit_seconds: Hard limit for the whole capture; what is not done by then is missing and named.
        tallest_pixels: Tallest full-page picture; a taller page is cut there and flagged.
        tell_address: How addresses are written down, where they carry what must not be handed on.
    """

    moment: CaptureMoment
    url: str
    page_name: str = "reviews"
    review_id: str | None = None
    review_text: str | None = None
    author_name: str = ""
    private: tuple[str, ...] = ()
    made_by: str = ""
    account_label: str = ""
    software: str = "fairreview"
    limit_seconds: float = 60.0
    tallest_pixels: int = 30_000
    tell_address: Callable[[str], str] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedArtifact:
    """The bytes of one artifact. ``derived_from`` names the original a derived one was made of."""

    kind: ArtifactKind
    media_type: str
    data: bytes
    note: str = ""
    derived_from: Digest | None = None

    def described(self) -> Artifact:
        """Returns what the manifest says about it."""
        return Artifact(
            kind=self.kind,
            media_type=self.media_type,
            digest=Digest.of(self.data),
            size=len(self.data),
            note=self.note,
            derived_from=self.derived_from,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A finished capture: its artifacts and everything the manifest needs from the browser."""

    moment: CaptureMoment
    url: str
    final_url: str
    http_status: int | None
    remote_ip: str
    review_id: str | None
    is_signed_in: bool
    times: CaptureTimes
    view: BrowserView
    steps: tuple[CaptureStep, ...]
    rung: str
    completeness: Completeness
    boxes: tuple[Box, ...]
    alterations: tuple[str, ...]
    artifacts: tuple[CapturedArtifact, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def is_partial(self) -> bool:
        """Whether anything that should be there is not, or was not checked."""
        return bool(self.missing or self.completeness.shortfalls())

    def artifact(self, kind: ArtifactKind) -> CapturedArtifact | None:
        """Returns the artifact of a kind, or None."""
        return next((artifact for artifact in self.artifacts if artifact.kind == kind), None)

    def manifest(
        self,
        *,
        subject: Subject,
        operator: Operator,
        machine: Machine,
        tool: Tool,
        account: str | None = None,
        identity: str | None = None,
        previous: Digest | None = None,
    ) -> CaptureManifest:
        """Builds the manifest out of what the browser showed and what only the caller knows."""
        return CaptureManifest(
            moment=self.moment,
            subject=subject,
            url=self.url,
            final_url=self.final_url,
            http_status=self.http_status,
            remote_ip=self.remote_ip,
            times=self.times,
            operator=operator,
            account=account,
            identity=identity,
            is_signed_in=self.is_signed_in,
            machine=machine,
            tool=tool,
            view=self.view,
            steps=self.steps,
            rung=self.rung,
            completeness=self.completeness,
            alterations=self.alterations,
            boxes=self.boxes,
            artifacts=tuple(artifact.described() for artifact in self.artifacts),
            missing=self.missing,
            problems=self.problems,
            is_partial=self.is_partial,
            previous=previous,
        )

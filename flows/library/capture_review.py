"""Captures a review (or any page) as evidence: untouched pictures, the page's source, its traffic, and how it was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flows.channels import Moment

if TYPE_CHECKING:
    from flows.workbench import Tab, Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOrder:
    """What to capture.

    Attributes:
        moment: Which of the moments of a case this is.
        url: The page.
        review_id: The review that must be on it; None captures the page as such.
        review_text: The text the review's element must show, when known.
        limit_seconds: Hard limit for the whole capture; what is not done by then is missing and named.
        full_page_pixels: Tallest full-page picture; a taller page is cut there and flagged.
    """

    moment: Moment
    url: str
    review_id: str | None = None
    review_text: str | None = None
    limit_seconds: float = 60.0
    full_page_pixels: int = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedArtifact:
    """One file of a capture.

    ``role`` is one of: element_png, full_page_png, viewport_png, mhtml, html, visible_text, response_headers, boxes,
    sheet_png (derived, never the original).
    """

    role: str
    media_type: str
    name: str
    data: bytes
    is_derived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureStep:
    """One step of a capture with its time and result, for the protocol."""

    at: datetime
    name: str
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A finished capture. The caller seals it."""

    moment: Moment
    url: str
    final_url: str
    review_id: str | None
    started_at: datetime
    finished_at: datetime
    rung: str
    is_partial: bool
    problems: tuple[str, ...]
    steps: tuple[CaptureStep, ...]
    artifacts: tuple[CapturedArtifact, ...]
    facts: tuple[tuple[str, str], ...] = field(default=())


def capture_review(bench: Workbench, order: CaptureOrder, *, state: bytes | None = None) -> Capture:
    """Opens the page in a context of its own with the recorder on and captures it.

    Raises:
        flows.errors.SiteUnavailable: the page could not be opened at all. Everything else ends in the capture's problems.
    """
    raise NotImplementedError


def capture_tab(tab: Tab, order: CaptureOrder) -> Capture:
    """Captures a page that is open already (filled form, confirmation, failure), without traffic."""
    raise NotImplementedError

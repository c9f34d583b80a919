"""What one capture was: which page, when, by whom, with what, step by step, and what is missing.

A manifest is stored like any artifact, so its digest names it, and the log entry of the capture names that digest.
It holds no word a buyer wrote and no buyer's name: those are in the artifacts, so a copy that leaves the house can
mask them without touching the manifest.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from evidence_store.artifacts import Artifact, Sealed
from evidence_store.canonical import UtcTime, canonical_bytes, parse_canonical
from evidence_store.digests import Digest
from evidence_store.errors import Malformed, VersionUnknown

FORMAT: Literal["fairreview-capture/1"] = "fairreview-capture/1"

CaptureMoment = Literal[
    "public",
    "account",
    "filled_form",
    "confirmation",
    "status",
    "afterwards",
    "product_card",
    "probe",
    "buyer_chat",
    "failure",
    "own_evidence",
]


class Subject(Sealed):
    """What the capture is about. ``None`` and empty mean "none", not "unknown"."""

    site: str
    review_id: str | None = None
    product_id: str | None = None
    case_id: str | None = None
    appeal_id: str | None = None


class CaptureTimes(Sealed):
    """When, by three clocks: UTC, monotonic (cannot be set back), and the local zone for readers.

    Attributes:
        zone: IANA name of the local zone, or the offset as ``+03:00``.
        clock_source: What the wall clock was compared with.
        offset_ms: Ours minus theirs in milliseconds; None when nothing was compared.
        server_date: The server's Date header as it came.
    """

    started: UtcTime
    finished: UtcTime
    started_monotonic_ns: int
    finished_monotonic_ns: int
    zone: str
    utc_offset_minutes: int
    clock_source: Literal["server_date", "ntp", "none"] = "none"
    offset_ms: int | None = None
    server_date: str = ""


class Operator(Sealed):
    """Who made the capture: a person, a schedule, or the demo's simulated person."""

    kind: Literal["person", "schedule", "simulated"]
    id: str
    name: str = ""
    role: str = ""


class Machine(Sealed):
    """Where the capture was made."""

    name: str
    system: str
    locale: str


class Tool(Sealed):
    """With what the capture was made. ``browser_sha256`` is the digest of the browser's executable."""

    version: str
    commit: str = ""
    python: str = ""
    playwright: str
    browser: str
    browser_version: str
    browser_sha256: Digest | None = None


class BrowserView(Sealed):
    """How the browser looked to the site. ``scale_percent`` is the device pixel ratio times 100."""

    width: int
    height: int
    scale_percent: int = 100
    user_agent: str
    locale: str = ""
    zone: str = ""
    proxy: str = "none"


class CaptureStep(Sealed):
    """One step of the capture, in order."""

    number: int
    at: UtcTime
    action: str
    target: str = ""
    outcome: str = ""
    waited_ms: int = 0
    retries: int = 0


class Completeness(Sealed):
    """What was checked about the pictures. None means "not checked", which makes the capture partial."""

    images_total: int | None = None
    images_decoded: int | None = None
    is_text_in_shot: bool | None = None
    dom_before: Digest | None = None
    dom_after: Digest | None = None

    @property
    def images_unloaded(self) -> int:
        """How many pictures of the page did not load; 0 also where nobody counted."""
        if self.images_total is None or self.images_decoded is None:
            return 0
        return self.images_total - self.images_decoded

    def shortfalls(self) -> tuple[str, ...]:
        """Names what was not complete or not checked."""
        checks = (
            (self.images_total is not None and self.images_total == self.images_decoded, "images_not_all_decoded"),
            (self.is_text_in_shot is True, "text_not_proven_in_shot"),
            (self.dom_before is not None and self.dom_before == self.dom_after, "page_not_proven_unchanged"),
        )
        return tuple(name for holds, name in checks if not holds)


class Box(Sealed):
    """Where personal data stands in a picture, in its pixels from the upper left corner."""

    what: Literal["author_name", "author_picture", "review_photo", "order_number", "phone", "other"]
    picture: Digest
    x: int
    y: int
    width: int = Field(ge=0)
    height: int = Field(ge=0)


class CaptureManifest(Sealed):
    """One capture of one moment. See the classes above for the parts.

    Attributes:
        url: The address that was asked for; ``final_url`` the one that answered.
        account: The account's own id here, None when nobody was signed in.
        identity: Which sign-in of the account (``site_profile``, ``seller_cabinet``).
        rung: Which way of taking the picture worked (``full_page``, ``tiles``, ``viewport``, ``none`` …).
        alterations: What was hidden or expanded or injected in the page; empty says that nothing was.
        missing: Kinds of artifacts that should be there and are not, each with the reason.
        problems: What went wrong on the way.
        is_partial: Whether anything is missing. May not be False when a part of the manifest says otherwise.
        previous: Digest of the case's manifest before this one, None for the first.
    """

    format: Literal["fairreview-capture/1"] = FORMAT
    moment: CaptureMoment
    subject: Subject
    url: str
    final_url: str
    http_status: int | None = None
    remote_ip: str = ""
    times: CaptureTimes
    operator: Operator
    account: str | None
    identity: str | None
    is_signed_in: bool
    machine: Machine
    tool: Tool
    view: BrowserView
    steps: tuple[CaptureStep, ...] = ()
    rung: str
    completeness: Completeness
    alterations: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    artifacts: tuple[Artifact, ...]
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    is_partial: bool
    previous: Digest | None = None

    @model_validator(mode="after")
    def _never_silently_partial(self) -> Self:
        if self.partial_reasons() and not self.is_partial:
            raise ValueError(f"must be marked partial: {'; '.join(self.partial_reasons())}")
        return self

    def partial_reasons(self) -> tuple[str, ...]:
        """Names everything that makes this capture partial."""
        if self.moment == "own_evidence":
            return self.missing  # a file was taken in; there was no page whose picture could be incomplete
        return (*self.missing, *self.completeness.shortfalls())

    def to_bytes(self) -> bytes:
        """Returns the canonical bytes: what is stored, hashed and signed."""
        return canonical_bytes(self)

    @property
    def digest(self) -> Digest:
        """The digest of the canonical bytes."""
        return Digest.of(self.to_bytes())


def parse_manifest(data: bytes) -> CaptureManifest:
    """Reads a manifest back.

    Raises:
        VersionUnknown: written by a newer program; it cannot be judged here.
        Malformed: not a manifest, or not in canonical form.
    """
    value = parse_canonical(data)
    if not isinstance(value, dict) or not isinstance(value.get("format"), str):
        raise Malformed("not a capture manifest")
    if value["format"] != FORMAT:
        raise VersionUnknown("a manifest of an unknown version", where=str(value["format"])[:100])
    try:
        return CaptureManifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Malformed(f"not a capture manifest: {first['msg']}", where=place) from error

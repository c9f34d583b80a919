"""The contract of a channel: one way to appeal, in four methods. Imports no browser.

``monitor.appeals`` calls the methods in order and commits between them; a channel never touches a database.
Order before the gesture: prepare, inspect (picture of the filled form sealed on disk), fence and deadline
re-checked, then gesture. See DESIGN §4 and ``docs/adr``.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from flows.readings.models import AppealListReading


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Attachment(_Value):
    """A file to attach: where it lies now, under which name it goes out, and the digest it must have."""

    path: Path
    name: str
    sha256: str
    media_type: str


class FilingOrder(_Value):
    """Everything a channel needs to fill one form. Frozen: the approval is bound to its hash."""

    appeal_id: str
    generation: int
    site: str
    identity: str
    channel: str
    review_id: str
    review_text: str
    product_url: str
    order_number: str | None
    ground: str
    reason_label: str
    text: str
    sender_name: str = ""
    sender_email: str = ""
    attachments: tuple[Attachment, ...] = ()


class FilledForm(_Value):
    """What the open form shows when read back, just before the gesture.

    ``problems`` is empty when the form matches the order; any entry stops before the gesture.
    ``review_id`` and ``review_text`` come from the page, not from the order. ``is_opening``: the gesture opens a ticket
    and says nothing; text and files follow by a gesture of their own, so the page shows neither, and the review is the
    one that the approved text names.
    """

    url: str
    review_id: str | None
    review_text: str | None
    reason_label: str | None
    text: str | None
    attachment_names: tuple[str, ...] = ()
    reasons_offered: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    is_opening: bool = False
    screenshot: bytes = b""


class ObservedKind(StrEnum):
    """What the site said after the gesture. Nothing but NUMBER is a confirmation by itself."""

    NUMBER = "number"
    SUCCESS_TEXT = "success_text"
    FORM_ERROR = "form_error"
    ALREADY_REPORTED = "already_reported"
    SIGNED_OUT = "signed_out"
    WALL = "wall"
    UNCLEAR = "unclear"


class Observation(_Value):
    """The site's answer to the gesture, raw text first.

    ``released`` counts submit requests the gate let go; ``blocked`` everything it stopped, and ``stopped`` names the
    first of that; ``passed`` names what the page needed and got; ``status_code`` is the HTTP status of the released one
    where a whole answer was seen; ``retry_after`` is what a wall asked to wait, in seconds.
    """

    kind: ObservedKind
    raw_text: str = ""
    number: str | None = None
    status_code: int | None = None
    released: int = 0
    blocked: int = 0
    stopped: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    retry_after: float | None = None
    url: str = ""
    screenshot: bytes = b""

    @property
    def is_waiting(self) -> bool:
        """A request left and has no answer: the browser may send it again as long as its page is open (measured)."""
        return self.released > 0 and self.status_code is None


class Channel(Protocol):
    """One way to appeal on one site. Each method is called at most once per visit and in this order."""

    name: str
    has_list: bool

    def prepare(self, order: FilingOrder) -> None:
        """Opens the form, fills it, attaches the files and waits for every upload witness.

        Raises:
            flows.errors.FormMismatch: a control, reason or required field is not as the catalog says.
            flows.errors.AlreadyReported: the site shows that this review was reported before.
            flows.errors.WallMet: the page asks for a person.
            flows.errors.SignInRequired: the session is gone.
        """

    def inspect(self) -> FilledForm:
        """Reads every field back from the page and takes the picture of the filled form."""

    def gesture(self) -> None:
        """Makes the one click that sends. Returns when the click is over; says nothing about delivery."""

    def observe(self) -> Observation:
        """Reads what the site said, within the channel's answer window. Never clicks."""


class AppealLister(Protocol):
    """Reads the site's own list of appeals in a fresh context: the ground of every reconciliation."""

    def read_list(self) -> AppealListReading:
        """Reads the list to its end, or says that it could not."""

"""What the command line and its child say to each other. Imports no browser: the parent uses it too.

The parent writes one order as a JSON line to the child's standard input and keeps it open; the child writes events as
JSON lines to its standard output, the last of which is ``Done`` or ``Failed``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

ON_MOCK = "mock"


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BrowserWish(_Message):
    """Which browser to take."""

    path: Path | None = None
    channel: str | None = None
    endpoint: str | None = None
    is_headless: bool = True
    has_sandbox: bool = True


class Place(_Message):
    """Where to run.

    Attributes:
        against: ``mock`` for a mock of its own, or an origin of the site (or of a mock that is being served).
        scenario: The mock's scenario, by name or file.
        seed: Overrides the scenario's seed.
        site: The site's catalog.
        catalogs: Folder of the sites' catalogs; None takes the packaged ones.
        layers: ``catalogs/`` of a home, whose overrides and own sites count as well.
        account: Whose layer lies on top.
    """

    against: str = ON_MOCK
    scenario: str = "calm"
    seed: int | None = None
    site: str = "ozon"
    catalogs: Path | None = None
    layers: Path | None = None
    account: str = ""


class Subject(_Message):
    """What a flow is about; on a mock of its own, what is left out is picked from its world."""

    product_url: str | None = None
    review_id: str | None = None
    order_number: str | None = None
    author_id: str | None = None
    shop: str | None = None
    identity: str | None = None


class FlowOrder(_Message):
    """Run one named flow."""

    kind: Literal["flow"] = "flow"
    name: str
    place: Place = Place()
    browser: BrowserWish = BrowserWish()
    subject: Subject = Subject()
    trace: Path | None = None


class CheckOrder(_Message):
    """Check the selectors of a site's catalog.

    Attributes:
        recorded: Folder of recorded pages to look at in place of a live place.
        pages: Only these pages; empty is all.
        snapshot: How everything looked when all was well; compared with, where it exists.
        saves_snapshot: Writes what is seen now there.
        patch: Where to write the proposed change.
        proposals: Folder for each proposed change by itself, with its two pictures, for ``catalog adopt``.
    """

    kind: Literal["check"] = "check"
    place: Place = Place()
    browser: BrowserWish = BrowserWish()
    subject: Subject = Subject()
    recorded: Path | None = None
    pages: tuple[str, ...] = ()
    snapshot: Path | None = None
    saves_snapshot: bool = False
    patch: Path | None = None
    proposals: Path | None = None


class RecordOrder(_Message):
    """Save one page as a recorded case ``<out>/<page>/<case>``."""

    kind: Literal["record"] = "record"
    url: str
    page: str
    case: str
    out: Path
    is_signed_in: bool = False
    place: Place = Place()
    browser: BrowserWish = BrowserWish()


class ReplayOrder(_Message):
    """Read recorded pages again; ``is_pure`` leaves the browser out."""

    kind: Literal["replay"] = "replay"
    folder: Path
    is_pure: bool = False
    place: Place = Place()
    browser: BrowserWish = BrowserWish()


class StepTold(_Message):
    """One step, as it happens."""

    kind: Literal["step"] = "step"
    text: str


class Done(_Message):
    """The end, with what was read or made. ``has_findings`` makes it exit code 1."""

    kind: Literal["done"] = "done"
    data: JsonValue = None
    has_findings: bool = False


class Failed(_Message):
    """The other end: the error by its type's name, as ``flows.errors`` (or ``OrderRefused``) has it."""

    kind: Literal["failed"] = "failed"
    error: str
    message: str
    where: str = ""
    hint: str = ""


AnyOrder = FlowOrder | CheckOrder | RecordOrder | ReplayOrder
Order = Annotated[AnyOrder, Field(discriminator="kind")]
Event = Annotated[StepTold | Done | Failed, Field(discriminator="kind")]

ORDERS: TypeAdapter[AnyOrder] = TypeAdapter(Order)
EVENTS: TypeAdapter[StepTold | Done | Failed] = TypeAdapter(Event)

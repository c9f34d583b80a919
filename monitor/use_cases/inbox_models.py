"""What the inbox shows: frozen values, ready for a page. Moments are in the installation's zone."""

from __future__ import annotations

from pydantic import AwareDatetime

from monitor.language.words import Tone
from monitor.use_cases.models import Value


class Piece(Value):
    """A part of a review's text; ``is_marked``: the verdict rests on it."""

    text: str
    is_marked: bool = False


class Row(Value):
    """One review in the list.

    Attributes:
        key: Where the next page of the list begins.
        kind: The verdict's stored name.
        verdict: The verdict's word.
    """

    account: str
    review_id: str
    version: int
    key: str
    kind: str
    verdict: str
    ground: str
    product: str
    stars: int | None
    seen_at: AwareDatetime
    pieces: tuple[Piece, ...]
    has_draft: bool
    note: str = ""


class Listed(Value):
    """A page of the list.

    Attributes:
        counts: How many wait in each view.
        unseen: How many new bad reviews have not been captured and judged yet.
        as_of: Changes whenever anything of this may have changed.
        after: Key that the next page begins behind; empty: this is the last one.
    """

    rows: tuple[Row, ...]
    counts: dict[str, int]
    unseen: int
    as_of: str
    after: str


class Check(Value):
    """One of the four checks: ``outcome`` is its stored name, ``word`` what it is called."""

    title: str
    outcome: str
    word: str
    text: str


class Shot(Value):
    """One capture.

    Attributes:
        artifact: The picture's id; empty where there is no picture.
        standing: ``complete``, ``partial``, ``none`` or ``purged``.
        word: What that is called.
        lacks: What a partial one lacks.
    """

    artifact: str
    caption: str
    standing: str
    word: str
    tone: Tone
    lacks: str
    taken_at: AwareDatetime | None


class FileShown(Value):
    """A file that goes out with an appeal."""

    name: str
    media_type: str
    digest: str


class OwnFileShown(Value):
    """A seller's own file in custody; ``told``: what a person should know before it goes out."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str
    note: str
    told: tuple[str, ...]
    is_picture: bool
    taken_at: AwareDatetime


class Draft(Value):
    """What would be sent, exactly.

    Attributes:
        shown: The hash that an approval is bound to.
        longest: The most characters the form takes; None where it states no limit.
        wait: How long it can be taken back, in seconds.
        most_files: How many files the channel takes.
    """

    appeal_id: str
    ground: str
    ground_title: str
    channel: str
    channel_title: str
    reason: str
    text: str
    longest: int | None
    sender: str
    order: str
    files: tuple[FileShown, ...]
    shown: str
    wait: int
    most_files: int


class Cost(Value):
    """What the decision costs or is bounded by, in words."""

    label: str
    value: str
    is_short: bool = False


class Standing(Value):
    """What was decided already: an appeal on its way, or a decision that nothing is sent."""

    word: str
    title: str
    tone: Tone
    by: str
    at: AwareDatetime | None
    until: AwareDatetime | None = None
    note: str = ""
    undo: str = ""
    appeal_id: str = ""


class Pane(Value):
    """One review with everything a decision needs.

    Attributes:
        version: The version that is shown; a decision is bound to it.
        refusal: Why it cannot be approved now; empty: it can.
        standing: What was decided about this version; None while it waits.
        address: The review's page on the site.
    """

    account: str
    review_id: str
    version: int
    case_id: str
    product: str
    sku: str
    item: str
    stars: int | None
    author: str
    published: str
    seen_at: AwareDatetime
    address: str
    pieces: tuple[Piece, ...]
    kind: str
    verdict: str
    verdict_title: str
    tone: Tone
    ground: str
    reasons: tuple[str, ...]
    would_change: tuple[str, ...]
    checks: tuple[Check, ...]
    shots: tuple[Shot, ...]
    own_files: tuple[OwnFileShown, ...]
    draft: Draft | None
    refusal: str
    costs: tuple[Cost, ...]
    standing: Standing | None


class Decided(Value):
    """One decision of the day, with the way to take it back."""

    account: str
    review_id: str
    product: str
    text: str
    standing: Standing

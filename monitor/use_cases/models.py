"""What use cases return: frozen values with types, which are also what ``--json`` prints.

Moments carry an offset, what is not known is null, texts are whole, and states are the stored names. ``version`` is
raised when a key goes away or changes its meaning; a new key may come at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Listed(Generic[RowT]):
    """Rows of a list with a limit; ``has_more`` when it left out older ones."""

    rows: tuple[RowT, ...]
    has_more: bool


class Value(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Answer(Value):
    """A whole answer: one JSON document, or one line of JSON Lines."""

    version: Literal[1] = 1


class CatalogOverride(Answer):
    """One value of a site's catalog that an installation or an account says otherwise than the package.

    Attributes:
        layer: ``installation``, or ``account NAME``.
        name: ``PAGE.KEY``, as ``catalog drop`` takes it.
        standing: ``in force``; ``caught up`` where the package says the same now; ``changed below`` where it says
            something else than when this was taken; ``orphan`` where it no longer has such an entry.
        mark: Where the fact comes from.
        is_logged: The action log's last word about it is that it was taken, with just this value; false where somebody
            changed the file by hand.
    """

    site: str
    layer: str
    name: str
    standing: str
    who: str
    at: AwareDatetime
    reason: str
    mark: str
    file: str
    is_logged: bool


class FileOfAppeal(Value):
    """A file that goes out with an appeal; ``sha256`` is bare hex."""

    name: str
    media_type: str
    sha256: str


class Appeal(Answer):
    """One generation of an appeal: what would be sent, or was, and where it stands.

    Attributes:
        review_version: The version of the review that the text speaks of.
        is_own_item: Whether the review is about one of the account's own products, as far as anybody knows.
        channel_kind: How the channel filed when this was drafted; null for appeals of before that was kept.
        payload_hash: What an approval is bound to (``appeal approve --hash``).
        moderation: What the site says of it; null before it said anything.
        outcome: What the public page shows; null before that.
        send_from: From when on a schedule may send it, where it is approved.
        closed_at: When this generation was over; null while it is open.
    """

    id: str
    account: str
    case_id: str
    review_id: str
    review_version: int
    generation: int
    site: str
    identity: str
    product_url: str
    item: str
    is_own_item: bool
    channel: str
    channel_kind: str | None
    ground: str
    reason: str | None
    order_number: str | None
    text: str
    sender_name: str | None
    sender_email: str | None
    files: tuple[FileOfAppeal, ...]
    payload_hash: str
    state: str
    number: str | None
    moderation: str | None
    outcome: str | None
    created_at: AwareDatetime
    send_from: AwareDatetime | None
    gesture_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    closed_why: str | None


class Verdict(Value):
    """A verdict about a review; ``sentences`` are its reasons in Russian."""

    kind: str
    ground: str | None
    review_version: int
    decided_by: str
    decided_at: AwareDatetime
    sentences: tuple[str, ...]


class Case(Answer):
    """One case with its newest verdict and its newest appeal."""

    id: str
    account: str
    review_id: str
    item: str
    opened_at: AwareDatetime
    verdict: Verdict | None
    appeal_id: str | None
    appeal_state: str | None
    moderation: str | None
    outcome: str | None


class Review(Answer):
    """One review as it was read last.

    Attributes:
        stars: 1 to 5; null where they were not read.
        published_at: The earliest moment the page's own words allow; null where they could not be read.
        published_raw: The page's own words.
        published: When it was published, as exactly as that is known, in words.
        item: The item it is about, in words.
        presence: ``present``, ``unlisted``, ``missing`` or ``gone``.
        is_baseline: It was there before watching began.
    """

    id: str
    account: str
    sku: str
    item_id: str | None
    item_name: str | None
    variant: str | None
    item: str
    stars: int | None
    author: str | None
    url: str | None
    published_at: AwareDatetime | None
    published_raw: str
    published: str
    first_seen_at: AwareDatetime
    presence: str
    is_baseline: bool
    text: str


class ReviewVersion(Value):
    """One version of a review."""

    number: int
    seen_at: AwareDatetime
    stars: int | None
    text: str


class AppealOfReview(Value):
    """An appeal as a review's page names it."""

    id: str
    channel: str
    state: str
    number: str | None
    moderation: str | None
    outcome: str | None


class Sighting(Value):
    """What another source of reviews says of one; ``is_counted``: whether it counts in the rating.

    ``remarks`` is what it says besides, in words for people.
    """

    source: str
    first_seen_at: AwareDatetime
    order_status: str | None
    is_counted: bool | None
    remarks: tuple[str, ...]


class Evidence(Value):
    """One artifact of a review; ``sha256`` is bare hex."""

    moment: str
    media_type: str
    sha256: str


class ReviewChange(Value):
    """What a page told of a review after its first reading: ``edited``, ``missing``, ``gone`` or ``back``."""

    change: str
    at: AwareDatetime


class ReviewStory(Answer):
    """A review with everything that is kept about it."""

    review: Review
    versions: tuple[ReviewVersion, ...]
    changes: tuple[ReviewChange, ...]
    case_id: str | None
    verdict: Verdict | None
    appeals: tuple[AppealOfReview, ...]
    sources: tuple[Sighting, ...]
    evidence: tuple[Evidence, ...]

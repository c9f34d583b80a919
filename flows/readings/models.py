"""What a page says, as frozen values. Imports no browser: the parent process and the tests use it too.

Every reading keeps the raw text beside the parsed value, because a wrong parse must never be able to
replace what the site printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Reading(BaseModel):
    """Base of all readings: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class TimeReading(Reading):
    """A moment as a page shows it.

    Attributes:
        raw: The text (or number) exactly as shown.
        earliest: Start of the interval in which the moment lies, or None when the text was not understood.
        latest: End (inclusive) of that interval, or None when the text was not understood.
        basis: How the interval was found.
    """

    raw: str
    earliest: AwareDatetime | None = None
    latest: AwareDatetime | None = None
    basis: Literal["unix_seconds", "uuid7", "iso_time", "date_text", "relative_text", "unparsed"] = "unparsed"


ValueName = Literal[
    "rating",
    "text",
    "author",
    "published",
    "edited",
    "version",
    "status",
    "item",
    "variants",
    "photos",
    "questions",
    "votes",
    "marks",
]
"""The values of a review that a source may tell: what is watched, compared and stored of it."""

Origin = Literal["state", "attribute", "text", "api", "cut", "unread"]
"""Where a value was read: the site's state JSON, an attribute, visible text, the API. ``cut``: only its beginning was
shown; ``unread``: the source has it, and it was not there or not understood."""

VITAL: tuple[ValueName, ...] = ("text", "rating", "published", "author", "item", "version")
"""Values without which a row says nothing that may be acted on, in the order in which they are named to people."""


class Question(Reading):
    """What the site asked the author beside the text, and the answer that was picked."""

    question: str
    answer: str


class Photo(Reading):
    """A picture or video preview attached to a review."""

    media_id: str
    url: str
    kind: Literal["photo", "video"] = "photo"


class Variant(Reading):
    """One property of the variant that was bought, for example «Цвет товара» = «синий»."""

    name: str
    value: str


class ReviewReading(Reading):
    """One review as one reading of one page saw it.

    ``text`` is what the author wrote (comment, advantages and disadvantages joined by newlines in that
    order), after the one documented normalisation (``flows.readings.text.normalise``); ``flags`` names its changes.
    ``rating`` is None when the site's value was not one of 1..5; ``rating_raw`` keeps it. ``item_id`` and ``item_name``
    are the very item that was bought, empty where the page does not say it: a listing shows the reviews of all items of
    a card. ``origins`` says of each value that the source tells where it was read; a value that is not named there this
    source does not tell. ``flags`` names what the normalisation changed, and what the page said against itself.
    """

    site: str
    review_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    item_id: str
    item_name: str = ""
    version: int = 0
    rating: int | None = Field(default=None, ge=1, le=5)
    rating_raw: str = ""
    text: str = ""
    author_name: str = ""
    author_id: str = ""
    is_anonymous: bool = False
    published: TimeReading
    created: TimeReading | None = None
    edited: TimeReading | None = None
    is_edited: bool = False
    is_reportable: bool | None = None
    is_reported: bool | None = None
    status: str = ""
    variants: tuple[Variant, ...] = ()
    photos: tuple[Photo, ...] = ()
    questions: tuple[Question, ...] = ()
    useful: int = 0
    not_useful: int = 0
    comments_count: int = 0
    url: str = ""
    source: Literal["state_json", "dom_attributes", "dom_text", "cabinet_page", "cabinet_answer", "seller_api"] = (
        "state_json"
    )
    flags: tuple[str, ...] = ()
    origins: Mapping[ValueName, Origin] = {}

    @property
    def unread(self) -> tuple[ValueName, ...]:
        """The values that the source has and that were not read."""
        return tuple(name for name, origin in self.origins.items() if origin == "unread") or _unread_of_old(self.flags)

    @property
    def has_unread_mark(self) -> bool:
        """Whether the mark of an edit would stand beside a date that was not understood: nobody knows if it does."""
        if self.source not in {"dom_attributes", "dom_text"} or not self.origins:
            return False
        return self.origin("edited") is None or self.origin("published") == "unread"

    def origin(self, name: ValueName) -> Origin | None:
        """Tells where a value was read; None where the source does not tell it (or an older reading did not say)."""
        return self.origins.get(name)

    def was_read(self, name: ValueName) -> bool:
        """Whether a value is the site's own word, whole.

        Readings stored before origins were kept count as read, but for what their flags say.
        """
        if not self.origins:
            return name in _TOLD_OF_OLD[self.source == "state_json"] and name not in self.unread
        return self.origin(name) not in {None, "unread", "cut"}


def _unread_of_old(flags: tuple[str, ...]) -> tuple[ValueName, ...]:
    """Readings stored by earlier versions said it by flags."""
    known: dict[str, ValueName] = {
        "text_unparsed": "text",
        "rating_unparsed": "rating",
        "published_unparsed": "published",
        "version_unknown": "version",
        "author_unknown": "author",
    }
    return tuple(known[flag] for flag in flags if flag in known)


_TOLD_OF_OLD: tuple[frozenset[ValueName], ...] = (
    frozenset({"rating", "text", "published", "item"}),
    frozenset({"rating", "text", "published", "item", "author", "version"}),
)
"""What readings without origins count as having read: those of other sources than the state, and of the state."""


class PageHealth(StrEnum):
    """What kind of page was met. Only HEALTHY and EMPTY may be counted as an answer about reviews."""

    HEALTHY = "healthy"
    EMPTY = "empty"
    PARTIAL = "partial"
    BROKEN = "broken"
    WALL = "wall"
    SIGNED_OUT = "signed_out"
    PRODUCT_GONE = "product_gone"
    OFFLINE = "offline"


class ListingPage(Reading):
    """One page of a review listing.

    ``health`` is EMPTY only when a positive witness of emptiness was seen (the site's own empty state or a
    counter that says zero). ``witnesses`` names what was seen, ``problems`` what was missed or contradictory.
    ``has_next`` is the site's own offer of a further page, ``next_cursor`` the token to ask for it, if it uses one.
    ``portions`` is how many pages of the listing are on this one, ``has_guest_wall`` that the list goes on for
    signed-in people only.
    """

    health: PageHealth
    reviews: tuple[ReviewReading, ...] = ()
    page: int = 1
    per_page: int | None = None
    total: int | None = None
    next_cursor: str | None = None
    portions: int = 1
    has_next: bool = False
    has_guest_wall: bool = False
    product_sku: str = ""
    product_title: str = ""
    product_rating: str = ""
    witnesses: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    bad_rows: int = 0


Cut = Literal["", "site_limit", "sign_in_wall", "page_limit", "partial"]
"""Why a reading of a listing lacks reviews that the site counts: ``site_limit``: the site itself led no further;
``sign_in_wall``: it goes on for signed-in people only; ``page_limit``: our own bound; ``partial``: something on the way
could not be read. Empty where nothing lacks, or nothing was read at all."""


class Coverage(Reading):
    """What one poll of one product read, proven, and what it did not.

    ``is_complete`` is true only when every page up to the stop rule was healthy and the site's own counter
    agrees with the rows seen (``stop`` tells the rule: ``all`` read to the end, ``known`` reached reviews already
    stored, ``limit`` hit the page budget, ``problem`` gave up). ``cut`` says why fewer rows were seen than counted.
    ``orders`` names the site's orders that were read, where there was more than one; ``site_began_at`` is the beginning
    by the site's own clock, as its first answer told it.
    """

    sku: str
    way: Literal["fetch_json", "rendered_page", "seller_api", "cabinet"]
    started_at: datetime
    finished_at: datetime
    pages_read: int
    rows_seen: int
    site_total: int | None
    first_review_id: str | None
    last_review_id: str | None
    stop: Literal["all", "known", "limit", "unchanged", "problem"]
    is_complete: bool
    cut: Cut = ""
    orders: tuple[str, ...] = ()
    site_began_at: datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def began_at(self) -> datetime:
        """The beginning by the site's clock, else by ours."""
        return self.site_began_at or self.started_at


class ListingRead(Reading):
    """The result of polling one product: merged reviews, the worst health met, and the coverage."""

    health: PageHealth
    reviews: tuple[ReviewReading, ...]
    coverage: Coverage
    is_unchanged: bool = False


class AuthorReading(Reading):
    """The public profile of a review's author: the first of the four credibility checks."""

    author_id: str
    name: str
    is_anonymous: bool
    reviews_count: int | None
    ratings: tuple[int, ...] = ()
    first_review: TimeReading | None = None
    last_review: TimeReading | None = None
    url: str = ""
    problems: tuple[str, ...] = ()


class OrderReading(Reading):
    """Facts of the order a review belongs to, as «Мои заказы» shows them."""

    order_number: str
    status_raw: str
    is_delivered: bool | None
    is_cancelled: bool | None
    ordered: TimeReading | None = None
    delivered: TimeReading | None = None
    item_id: str = ""
    title: str = ""
    variants: tuple[Variant, ...] = ()
    review_id: str | None = None
    has_appeal_button: bool | None = None
    url: str = ""
    problems: tuple[str, ...] = ()


class OrderAbsence(Reading):
    """No order that was opened shows the review.

    ``is_whole`` is false where the search ended at its limit: there are more orders, and one of them may be the one.
    """

    review_id: str
    product_title: str = ""
    is_whole: bool = True
    pages_read: int = 0
    orders_opened: int = 0


class ProductCardReading(Reading):
    """The product card of the day: what the seller promised when the review was written."""

    sku: str
    title: str
    price_raw: str = ""
    rating_raw: str = ""
    reviews_total: int | None = None
    description: str = ""
    characteristics: tuple[tuple[str, str], ...] = ()
    url: str = ""
    problems: tuple[str, ...] = ()


class AppealStatusReading(Reading):
    """One row of the site's own list of appeals.

    ``status`` is ``unknown`` for every wording the catalog does not list: never guessed.
    """

    number: str
    review_id: str | None
    channel_raw: str = ""
    status_raw: str
    status: Literal["received", "in_review", "needs_information", "accepted", "rejected", "unknown"]
    submitted: TimeReading | None = None
    decided: TimeReading | None = None
    answer_raw: str = ""
    reason_raw: str = ""


class AppealListReading(Reading):
    """The site's own list of appeals, with the witness that it was read to its end.

    ``clock_offset`` is how far the site's clock was ahead of ours when it answered; None when it did not say.
    """

    health: PageHealth
    rows: tuple[AppealStatusReading, ...] = ()
    total: int | None = None
    is_complete: bool = False
    clock_offset: timedelta | None = None
    problems: tuple[str, ...] = ()

"""What a page says, as frozen values. Imports no browser: the parent process and the tests use it too.

Every reading keeps the raw text beside the parsed value, because a wrong parse must never be able to
replace what the site printed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Reading(BaseModel):
    """Base of all readings: frozen, and strict about unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    ``rating`` is None when the site's value was not one of 1..5; ``rating_raw`` keeps it.
    """

    site: str
    review_id: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    item_id: str
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
    useful: int = 0
    not_useful: int = 0
    comments_count: int = 0
    url: str = ""
    source: Literal["state_json", "dom_attributes", "dom_text", "cabinet_page", "seller_api"] = "state_json"
    flags: tuple[str, ...] = ()


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
    """

    health: PageHealth
    reviews: tuple[ReviewReading, ...] = ()
    page: int = 1
    per_page: int | None = None
    total: int | None = None
    next_cursor: str | None = None
    has_next: bool = False
    sort: str = ""
    product_sku: str = ""
    product_title: str = ""
    product_rating: str = ""
    witnesses: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    bad_rows: int = 0


class Coverage(Reading):
    """What one poll of one product read, proven, and what it did not.

    ``is_complete`` is true only when every page up to the stop rule was healthy and the site's own counter
    agrees with the rows seen (``stop`` tells the rule: ``all`` read to the end, ``known`` reached reviews already
    stored, ``limit`` hit the page budget, ``problem`` gave up).
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
    problems: tuple[str, ...] = ()


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

"""What ``insight`` and ``change`` print with ``--json``."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, JsonValue

from monitor.use_cases.models import Answer, Value


class MarkedPeriod(Value):
    """Days that the seller marked in the settings, both ends among them: a remark, never an explanation."""

    first: date
    last: date
    name: str


class Estimate(Value):
    """A figure with the bounds of its 95 % interval."""

    value: float
    lower: float
    upper: float


class Hits(Value):
    """So many of so many reviews."""

    hits: int
    total: int


class Aspect(Value):
    """What a group of reviews says of one aspect.

    Attributes:
        share: The share of reviews that complain; null where there are too few to say one.
        examples: Ids of reviews.
    """

    aspect: str
    title: str
    team: str
    complaints: int
    praises: int
    share: Estimate | None
    examples: tuple[str, ...]


class ReviewGroup(Value):
    """Reviews put together; ``low`` have at most three stars. The aspect with the highest lower bound comes first.

    Attributes:
        marked: Marked days within a group that is a week or a month.
    """

    group: str
    reviews: int
    low: int
    aspects: tuple[Aspect, ...]
    marked: tuple[MarkedPeriod, ...]


class Complaints(Answer):
    """What buyers complain of; ``silent`` reviews of at most three stars name no aspect."""

    by: str
    silent: int
    groups: tuple[ReviewGroup, ...]


class Period(Value):
    """A period of days; ``until`` is the day after its last."""

    since: date
    until: date
    reviews: int


class Move(Value):
    """A share that moved.

    Attributes:
        product: Of which product; null for the whole shop.
        fall: By how much it fell; below zero it rose.
        chance: How odd it is if nothing moved, corrected for everything looked at.
        is_own: Whether it moved more than with the shop's other products; null where there is nothing to compare.
    """

    product: str | None
    aspect: str
    before: Hits
    after: Hits
    fall: Estimate
    chance: float
    is_own: bool | None


class RisingWord(Value):
    """A word that no aspect names and that more reviews use now."""

    word: str
    before: int
    after: int


class Moves(Answer):
    """What moved between two periods; an empty list is the usual answer."""

    before: Period
    after: Period
    moves: tuple[Move, ...]
    words: tuple[RisingWord, ...]
    marked: tuple[MarkedPeriod, ...]


class ChangeStep(Value):
    """A move of a change, or a look at it; ``result`` is the look as it was kept, null where nobody looked."""

    state: str
    by: str
    note: str | None
    at: AwareDatetime
    result: JsonValue


class Change(Answer):
    """What the seller changed.

    Attributes:
        aspect: Which complaint is to become rarer; null for all reviews of at most three stars.
        comparable: Products (sku) it is held against; empty for all that did not change.
        look_at: Before this moment no verdict is given.
    """

    id: str
    account: str
    what: str
    why: str | None
    aspect: str | None
    products: tuple[str, ...]
    comparable: tuple[str, ...]
    reviews: tuple[str, ...]
    owner: str | None
    risk: str | None
    state: str
    begins_at: AwareDatetime | None
    look_at: AwareDatetime | None
    added_by: str
    steps: tuple[ChangeStep, ...]


class BeforeAfter(Value):
    """Bad reviews, or complaints, before and after a change."""

    before: Hits
    after: Hits


class Days(Value):
    """Days from the first to the last, both among them."""

    first: date
    last: date


class ChangeLook(Answer):
    """What one look at a change found.

    Attributes:
        answer: ``too_early`` before the day that was set; then ``own``, ``compared_with`` and ``fall`` are null.
        sentence: What may be said, in Russian.
        looks: The how manyth look with a verdict this is.
        again_on: When it is worth looking again; null where that is not known, or not needed.
        before, after: The days whose reviews were counted.
        fall: By how much the share fell beyond that of the products compared with.
        more_reviews: About so many more until a halving would be shown; null where no number can.
    """

    change: str
    answer: str
    sentence: str
    reviews_after: int
    looks: int
    again_on: date | None
    before: Days
    after: Days
    others: tuple[str, ...]
    own: BeforeAfter | None
    compared_with: BeforeAfter | None
    fall: Estimate | None
    more_reviews: int | None

"""What the use cases of learning return: frozen values with types, which are also what ``--json`` prints."""

from __future__ import annotations

from pydantic import AwareDatetime

from monitor.insight.worth import Advice
from monitor.use_cases.models import Answer, Value


class AppealKind(Value):
    """Sent appeals of one kind.

    Attributes:
        kind: The values of what it was asked by, in that order.
        removed: Of how many the review is gone from the page.
        share: Accepted among accepted and rejected: value, lower and upper bound (exact, 95 %); null below the floor.
        days_to_answer: Shortest, median, longest; null where none is known.
        advice: ``little``: too few to say; ``stop``: surely fewer than one in four are accepted; ``go_on``.
    """

    kind: tuple[str, ...]
    filed: int
    accepted: int
    rejected: int
    unknown: int
    waiting: int
    removed: int
    share: tuple[float, float, float] | None
    days_to_answer: tuple[float, float, float] | None
    advice: Advice


class ProductStars(Value):
    """The mean of a product's stored reviews that count: with those that an appeal removed, and without them."""

    product: str
    shown: int
    removed: int
    stars_with_removed: float | None
    stars: float | None


class AppealsWorth(Answer):
    """What an account's appeals were worth.

    Attributes:
        hours_spent: By what the seller says a review and an appeal take; null where that is not set.
    """

    account: str
    by: tuple[str, ...]
    filed: int
    kinds: tuple[AppealKind, ...]
    hours_spent: float | None
    products: tuple[ProductStars, ...]


class ShowingNoted(Answer):
    """One time that a digest (``digest:TEAM``) or a training sheet (``sheet:COMPLAINT``) was shown to people."""

    account: str
    what: str
    to: str
    by: str
    note: str | None
    at: AwareDatetime

"""The values triage takes and gives. Frozen dataclasses, because the bulk path makes thousands of them a second."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from flows.readings.models import AuthorReading, OrderReading, ProductCardReading, ReviewReading, Variant
from monitor.closed_lists.states import Decision

TYPED = "(text)"
"""Stands for the id of a review that only exists as a text on the command line."""


class Outcome(StrEnum):
    """What one of the four credibility checks says about the review."""

    NOT_SEEN = "not_seen"
    SEEN = "seen"
    SPEAKS_FOR = "speaks_for_filing"
    SPEAKS_AGAINST = "speaks_against_filing"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the review's own text: ``text == review.text[start:end]``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Signal:
    """One observation about a review.

    Attributes:
        kind: Stable name of the signal, for example ``obscene``.
        meaning: What the signal claims, in Russian, for a person.
        confidence: 0..1; how sure the signal is of its own claim, not of the verdict.
        spans: The places of the text it rests on.
        facts: The facts outside the text it rests on, in Russian.
        ground: The ground of the site's rules it would support, or None for a hint.
        doubt: Code of the reason why only a person can tell, for example ``told``; empty when there is none.
    """

    kind: str
    meaning: str
    confidence: float
    spans: tuple[Span, ...] = ()
    facts: tuple[str, ...] = ()
    ground: str | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another review, as far as a comparison needs it."""

    review_id: str
    text: str
    rating: int | None = None
    published: datetime | None = None
    author_id: str = ""
    product_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that can be shown to a moderator: its kind (``order``, ``document``, …) and where it lies."""

    kind: str
    reference: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageInput:
    """One review and everything that is known about it. Only ``review_id`` and ``text`` are required.

    Attributes:
        item: Number and variant of the very item it was written about, in words for the site; empty when not known.
        already_reported: True when the site or our own ledger shows an open or past complaint.
        window_closes_at: When the site stops taking complaints on this review; None when no window is known.
        attempts_left: How many complaints the channel still allows; None when not limited or not known.
        evidence: What is at hand besides the review itself.
        own_facts: Files of the seller's own that stand behind the check of facts; nothing here reads them.
        asserted_ground: A ground a person believes in although no signal shows it, for example ``competitor``.
        neighbours: Other reviews to compare with: the same product's, and others of the same seller.
    """

    review_id: str
    text: str
    rating: int | None = None
    product_title: str = ""
    product_id: str = ""
    product_url: str = ""
    item: str = ""
    published: datetime | None = None
    author_id: str = ""
    author_name: str = ""
    is_anonymous: bool = False
    variants: tuple[Variant, ...] = ()
    media_count: int = 0
    author: AuthorReading | None = None
    order: OrderReading | None = None
    product_card: ProductCardReading | None = None
    neighbours: tuple[Neighbour, ...] = ()
    already_reported: bool = False
    window_closes_at: datetime | None = None
    attempts_left: int | None = None
    evidence: tuple[Evidence, ...] = ()
    own_facts: tuple[Evidence, ...] = ()
    asserted_ground: str | None = None

    @property
    def is_unstored(self) -> bool:
        """Whether it is a text that was only typed in and has no number on the site."""
        return self.review_id == TYPED

    @classmethod
    def from_review(cls, review: ReviewReading, **known: Any) -> Self:
        """Takes what a sighting knows; ``known`` adds or overrides any other attribute."""
        values: dict[str, Any] = {
            "review_id": review.review_id,
            "text": review.text,
            "rating": review.rating,
            "product_id": review.item_id,
            "published": review.published.earliest,
            "author_id": review.author_id,
            "author_name": review.author_name,
            "is_anonymous": review.is_anonymous,
            "variants": review.variants,
            "media_count": len(review.photos),
            "already_reported": bool(review.is_reported),
        }
        return cls(**(values | known))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code for programs and a Russian sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """One of the four credibility checks: author, content, timing, facts."""

    name: str
    title: str
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Routing:
    """The class of the complaint and the seller's department it concerns."""

    complaint_class: str
    class_title: str
    department: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A proposal a person can check in ten seconds.

    Attributes:
        ground: The strongest ground, or None.
        grounds: All grounds that were found, the strongest first.
        spans: The places of the text the grounds rest on.
    """

    review_id: str
    decision: Decision
    ground: str | None
    grounds: tuple[str, ...] = ()
    confidence: float
    reasons: tuple[Reason, ...]
    spans: tuple[Span, ...] = ()
    facts: tuple[str, ...] = ()
    what_would_change: tuple[Reason, ...] = ()
    checks: tuple[Check, ...] = ()
    routing: Routing | None = None
    signals: tuple[Signal, ...] = field(default=())
    policy_version: str = ""

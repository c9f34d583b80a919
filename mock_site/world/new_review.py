"""A review that is added to a running world: what is special about it, and who wrote it."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from mock_site import ids, texts
from mock_site.world import generation
from mock_site.world.changes import Change
from mock_site.world.models import Author, CabinetMark, Profile, ReviewKind, SourceName


@dataclass(frozen=True, slots=True)
class NewReview:
    """What is special about a review to add; everything left out is composed.

    Attributes:
        rating: Stars; None follows from the kind.
        text: The exact text; None is composed from the kind.
        uuid: The exact id; None is made from the world's clock.
        published_at: Unix seconds; None is now.
        item_id: The variant bought; None picks one.
        hidden_from: Where it is not listed.
        is_order_cancelled: Its order was cancelled.
        is_counted: It takes part in the rating.
        cabinet_marks: What the cabinet's own answers say of it besides.
    """

    kind: ReviewKind = "fair_negative"
    rating: int | None = None
    text: str | None = None
    positive: str = ""
    negative: str = ""
    author: Author | None = None
    profile: Profile = "regular"
    photos: int = 0
    item_id: str | None = None
    uuid: str | None = None
    published_at: int | None = None
    useful: int = 0
    with_order: bool = True
    hidden_from: tuple[SourceName, ...] = ()
    is_order_cancelled: bool = False
    is_counted: bool = True
    cabinet_marks: tuple[CabinetMark, ...] = ()


def author_of(uuid: str, profile: Profile, rng: random.Random) -> Author:
    """Makes who wrote an added review."""
    if profile == "anonymous":
        return Author(guid="", name="Пользователь OZON", is_anonymous=True)
    made = generation.author(uuid, rng)
    if made.is_anonymous:
        made = Author(guid=ids.author_guid(uuid), name=texts.author_name(rng))
    return replace(made, profile=profile)


def wanted_by(change: Change) -> NewReview:
    """Says which review a scheduled change adds."""
    return NewReview(
        kind=change.kind,
        rating=change.rating,
        text=change.text,
        profile=change.author,
        photos=change.photos,
        with_order=change.with_order,
    )

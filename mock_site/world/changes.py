"""What happens to the world by itself: at a time, or after something was seen."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mock_site.world.models import Profile, ReviewKind

Action = Literal["add_review", "edit_review", "delete_review", "restore_review", "kill_sessions"]
EventName = Literal["listing_read", "signed_in", "orders_read", "review_opened", "filed"]


class Event(BaseModel):
    """Something the site saw.

    Attributes:
        name: What it was.
        product: Index of the product concerned; None matches any.
        count: The change is due after so many of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: EventName
    product: int | None = None
    count: int = Field(default=1, ge=1)


class Change(BaseModel):
    """One change of the world; exactly one of ``at`` and ``after`` says when.

    Attributes:
        at: Seconds after the world's start.
        after: The event that triggers it, once.
        delay: Seconds between the event and the change.
        action: What happens.
        product: Index of the product, for ``add_review``.
        label: Names the added review, so that later changes can say which one they mean.
        review: Uuid or label of the review to change.
        kind: Kind of the added review; its text is composed unless ``text`` is given.
        rating: Stars; None follows from the kind.
        text: The exact text to write.
        with_order: Whether the added review's order is listed in «Мои заказы».
        photos: How many pictures the added review carries.
        author: Profile of the added review's author.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: float | None = Field(default=None, ge=0)
    after: Event | None = None
    delay: float = Field(default=0.0, ge=0)
    action: Action
    product: int = 0
    label: str = ""
    review: str = ""
    kind: ReviewKind = "fair_negative"
    rating: int | None = Field(default=None, ge=1, le=5)
    text: str | None = None
    with_order: bool = True
    photos: int = Field(default=0, ge=0, le=5)
    author: Profile = "regular"

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if (self.at is None) == (self.after is None):
            raise ValueError("a change needs exactly one of 'at' and 'after'")
        return self


class Schedule:
    """The changes still to come. Evaluated when somebody looks, never by a timer, so nothing runs behind a test.

    Attributes:
        labels: Labels of all reviews that are added some day.
    """

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Change]] = []
        self._waiting: list[Change] = []
        self._seen: Counter[tuple[str, int | None]] = Counter()
        self._order = itertools.count()
        self.labels: set[str] = set()

    def add(self, change: Change) -> None:
        """Takes a change in."""
        if change.label:
            self.labels.add(change.label)
        if change.at is not None:
            self._push(change.at, change)
        else:
            self._waiting.append(change)

    def emit(self, name: EventName, elapsed: float, product: int | None = None) -> None:
        """Notes an event and makes what waited for it due.

        Args:
            name: The event.
            elapsed: Seconds since the world's start.
            product: Index of the product concerned.
        """
        self._seen[name, None] += 1
        if product is not None:
            self._seen[name, product] += 1
        for change in [change for change in self._waiting if self._is_met(change, name)]:
            self._waiting.remove(change)
            self._push(elapsed + change.delay, change)

    def add_due(self, change: Change, elapsed: float) -> None:
        """Puts a change back that could not happen yet."""
        self._push(elapsed, change)

    def take_due(self, elapsed: float) -> list[Change]:
        """Removes and returns what is due, in order."""
        taken = []
        while self._due and self._due[0][0] <= elapsed:
            taken.append(heapq.heappop(self._due)[2])
        return taken

    def pending(self) -> int:
        """How many changes have not happened yet."""
        return len(self._due) + len(self._waiting)

    def _is_met(self, change: Change, name: EventName) -> bool:
        event = change.after
        return event is not None and event.name == name and self._seen[name, event.product] >= event.count

    def _push(self, moment: float, change: Change) -> None:
        heapq.heappush(self._due, (moment, next(self._order), change))

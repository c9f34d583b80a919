"""What to look at next, within a budget of requests, so that a new review is found soon. Pure.

A shop window shows the counters of many products in one request, so a product whose counter stands still is not read.
The others are read by an index, rate × (time since the last look)^2: often what often changes, yet everything in the
end, since the time grows. A floor says after how long even the quietest product is read again.
"""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

HASTE = 2.0
"""The index's exponent: with two the mean is best and the slowest twentieth is still found sooner than by turns; with
three both are a little worse (`run.py bench planner`)."""

_HOUR = timedelta(hours=1)
_LONG_MEMORY = 14 * 24.0  # hours after which a review counts half in the usual rate
_SHORT_MEMORY = 3.0  # the same for a burst
_USUAL_DOUBT = 0.5  # reviews' worth of trust in the shop's average, against the product's own past
_BURST_DOUBT = 0.5  # reviews' worth of trust in the usual rate, against the last hours
_QUIETEST = 1e-4  # reviews an hour of a shop nobody ever reviewed; only the order matters


class Why(IntEnum):
    """Why a product is read now, the most pressing first."""

    FIRST = 1
    CHANGED = 2
    FLOOR = 3
    RATE = 4


@dataclass(frozen=True, slots=True)
class Pulse:
    """How often a product gets reviews: counts that fade, and the time they were counted in, fading alike (hours)."""

    usual: float = 0.0
    usual_hours: float = 0.0
    recent: float = 0.0
    recent_hours: float = 0.0

    def beat(self, new: int, span: timedelta) -> Pulse:
        """Returns the pulse after a look that found ``new`` reviews of the ``span`` since the look before."""
        hours = max(span / _HOUR, 0.0)
        return Pulse(
            *_fade(self.usual, self.usual_hours, new, hours, _LONG_MEMORY),
            *_fade(self.recent, self.recent_hours, new, hours, _SHORT_MEMORY),
        )

    def rate(self, average: float) -> float:
        """Returns reviews an hour: the usual rate, or the last hours' where that is higher (a burst).

        Args:
            average: Reviews an hour of the shop's average product; a product with little past of its own is like it.
        """
        average = max(average, _QUIETEST)
        usual = (_USUAL_DOUBT + self.usual) / (_USUAL_DOUBT / average + self.usual_hours)
        recent = (_BURST_DOUBT + self.recent) / (_BURST_DOUBT / usual + self.recent_hours)
        return max(usual, recent)

    def pack(self) -> str:
        """Writes the pulse as one short text."""
        return json.dumps([round(value, 6) for value in self._values()])

    @classmethod
    def unpack(cls, text: str) -> Pulse:
        """Reads a packed pulse; an empty text is a product nobody has read yet."""
        return cls(*json.loads(text)) if text else cls()

    def _values(self) -> tuple[float, float, float, float]:
        return self.usual, self.usual_hours, self.recent, self.recent_hours


def pulse_of_past(published: Iterable[datetime], *, now: datetime) -> Pulse:
    """Returns the pulse of a product that is read for the first time, from the dates of its reviews."""
    ages = sorted(max((now - moment) / _HOUR, 0.0) for moment in published)
    usual = sum(_weight(age, _LONG_MEMORY) for age in ages)
    recent = sum(_weight(age, _SHORT_MEMORY) for age in ages)
    span = ages[-1] if ages else 0.0
    return Pulse(usual, _exposure(span, _LONG_MEMORY), recent, _exposure(span, _SHORT_MEMORY))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One watched product, as far as it decides whether to read it.

    Attributes:
        polled_at: When it was last read; None for never.
        is_counted: A counter of the shop window speaks for it: unless that changed, nothing did.
        has_changed: Its counter is not what it was at the last reading, or that reading left a doubt.
    """

    sku: str
    polled_at: datetime | None
    pulse: Pulse = Pulse()
    is_counted: bool = False
    has_changed: bool = False


@dataclass(frozen=True, order=True)
class Choice:
    """One product to read, and why."""

    why: Why
    sku: str


def choose(
    candidates: Sequence[Candidate], *, now: datetime, budget: int | None = None, floor: timedelta, haste: float = HASTE
) -> list[Choice]:
    """Chooses the products to read now, the most pressing first.

    Args:
        candidates: All watched products.
        now: The moment.
        budget: Products at most; None reads all that no counter speaks for.
        floor: Nobody is left unread for longer. A budget too small for that turns into reading the oldest first.
        haste: The index's exponent.
    """
    pressing: list[tuple[Why, float, Candidate]] = []
    waiting: list[Candidate] = []
    for one in candidates:
        why = _pressing(one, now, floor)
        if why is not None:
            pressing.append((why, one.polled_at.timestamp() if one.polled_at else 0.0, one))
        elif not one.is_counted:
            waiting.append(one)
    pressing.sort(key=lambda item: (item[0], item[1], item[2].sku))
    chosen = [Choice(why, one.sku) for why, _, one in pressing[:budget]]
    left = None if budget is None else budget - len(chosen)
    return chosen + [Choice(Why.RATE, one.sku) for one in _by_index(waiting, now, left, haste)]


def pages_to_read(pages: int, next_page: int, *, budget: int | None) -> list[int]:
    """Returns the pages of the shop window to read now: all, or as many as the budget has, from where the last stopped.

    Args:
        pages: How many pages the window has, as far as known.
        next_page: Where the last sweep stopped, 1 for the first.
        budget: Requests at most; None has no limit.
    """
    count = pages if budget is None else min(pages, budget)
    start = next_page - 1 if 1 <= next_page <= pages else 0
    return [(start + step) % pages + 1 for step in range(max(count, 0))]


def average_rate(pulses: Iterable[Pulse]) -> float:
    """Returns the reviews an hour of the average product."""
    count, hours = 0.0, 0.0
    for pulse in pulses:
        count, hours = count + pulse.usual, hours + pulse.usual_hours
    return max(count / hours if hours else 0.0, _QUIETEST)


def _pressing(one: Candidate, now: datetime, floor: timedelta) -> Why | None:
    if one.polled_at is None:
        return Why.FIRST
    if one.has_changed:
        return Why.CHANGED
    return Why.FLOOR if now - one.polled_at >= floor else None


def _by_index(waiting: Sequence[Candidate], now: datetime, count: int | None, haste: float) -> list[Candidate]:
    if count == 0 or not waiting:
        return []
    average = average_rate(one.pulse for one in waiting)
    ranked = [(-_index(one, now, average, haste), one.sku, one) for one in waiting]
    picked = sorted(ranked) if count is None else heapq.nsmallest(count, ranked)
    return [one for _, _, one in picked]


def _index(one: Candidate, now: datetime, average: float, haste: float) -> float:
    waited = (now - one.polled_at) / _HOUR if one.polled_at else 0.0
    return float(one.pulse.rate(average) * max(waited, 0.0) ** haste)


def _fade(count: float, hours: float, new: int, span: float, memory: float) -> tuple[float, float]:
    left = _weight(span, memory)
    return count * left + new, hours * left + _exposure(span, memory)


def _weight(age: float, memory: float) -> float:
    return float(0.5 ** (age / memory))


def _exposure(span: float, memory: float) -> float:
    return memory / math.log(2) * (1 - _weight(span, memory))

"""When an interval task is next due, and which slots were missed. Pure: moments in, moments out.

Slots lie on a grid that starts at the stored due time, so a late run does not push all later ones. After sleep or
downtime there is one catch-up run for all missed slots, and each missed slot is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_NAMED = 500
"""Missed slots that are named one by one; of a longer gap only the newest, with a count of the others."""


@dataclass(frozen=True)
class Turn:
    """What happens at a moment when a task is due.

    Attributes:
        slot_at: The slot that runs now.
        missed: Earlier slots that did not run, oldest first.
        unnamed: How many still earlier ones are not listed.
        next_at: The next slot, always after ``now``.
    """

    slot_at: datetime
    missed: tuple[datetime, ...]
    unnamed: int
    next_at: datetime


def take_turn(due_at: datetime, *, now: datetime, interval: timedelta) -> Turn | None:
    """Says what to run at ``now``, or None when nothing is due yet.

    A clock that was set back makes the task wait for at most one interval: a due time further away than that is
    drawn near by ``mend``.

    Args:
        due_at: The stored due time.
        now: The wall clock.
        interval: Time between two slots; positive.
    """
    if now < due_at:
        return None
    passed = (now - due_at) // interval
    slot_at = due_at + passed * interval
    named = min(passed, MOST_NAMED)
    missed = tuple(slot_at - (named - index) * interval for index in range(named))
    return Turn(slot_at, missed, passed - named, slot_at + interval)


def mend(due_at: datetime, *, now: datetime, interval: timedelta) -> datetime:
    """Returns the due time, drawn near when it lies further away than one interval (the clock was set back)."""
    return min(due_at, now + interval)

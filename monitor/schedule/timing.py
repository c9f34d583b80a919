"""The slots of one task: its rule within its hours, and what happens when one of them is due. Pure.

A slot is a moment at which the rule fires; one that falls outside the hours is moved to their opening. After sleep or
downtime there is one catch-up for all missed slots, and each missed slot is named, so that it gets its row.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.schedule.hours import ALWAYS, Hours
from monitor.schedule.rules import Every, Rule

MOST_NAMED = 500
"""Missed slots that are named one by one; those before them are one stretch."""

_NAMED_FOR = timedelta(days=14)
"""Missed slots further back belong to the stretch: a machine that was off for a year is not told hour by hour."""


@dataclass(frozen=True)
class Timing:
    """When one task of one account is to be done."""

    rule: Rule
    zone: ZoneInfo
    hours: Hours = ALWAYS

    def slot_after(self, slot: datetime) -> datetime:
        """Returns the slot that follows a slot, in UTC."""
        return self.hours.next_open(self.rule.after(slot, self.zone), self.zone)

    def latest_due(self, now: datetime) -> datetime:
        """Returns the furthest moment that can be due next; a stored one beyond it comes from a clock set back.

        For a cron line that is the second slot from now: the first may just have run when a clock is set back by
        seconds, and must not run again.
        """
        first = self.slot_after(now)
        return first if isinstance(self.rule, Every) else self.slot_after(first)

    def is_open(self, at: datetime) -> bool:
        """Whether the task may be done at a moment."""
        return self.hours.is_open(at, self.zone)

    @property
    def told(self) -> str:
        """The rule and the hours in words, without the zone."""
        words = f"every {self.rule}" if isinstance(self.rule, Every) else f"cron {self.rule}"
        within = f", {self.hours}" if self.hours.stretches else ""
        return f"{words}{within}"

    def __str__(self) -> str:
        return f"{self.told} ({self.zone.key})"


@dataclass(frozen=True)
class Turn:
    """What happens at a moment when a task is due.

    Attributes:
        slot_at: The slot that runs now; None when the hours are over and the catch-up waits for their opening.
        missed: Earlier slots that did not run, oldest first.
        stretch: Still earlier slots that are not named one by one: all from its first moment up to its second.
        next_at: The next slot, always after now.
    """

    slot_at: datetime | None
    missed: tuple[datetime, ...]
    stretch: tuple[datetime, datetime] | None
    next_at: datetime


def take_turn(due_at: datetime, timing: Timing, *, now: datetime) -> Turn | None:
    """Says what to do at ``now`` about a task with this stored due time; None when it is not due yet.

    Args:
        due_at: The stored due time.
        timing: The task's rule and hours.
        now: The wall clock.
    """
    due_at, now = due_at.astimezone(UTC), now.astimezone(UTC)
    if now < due_at:
        return None
    # One more than is named: the last one runs.
    passed = deque(_slots_until(due_at, timing, now), maxlen=MOST_NAMED + 1)
    stretch = (due_at, passed[0]) if passed[0] > due_at else None
    if timing.is_open(now):
        return Turn(passed[-1], tuple(passed)[:-1], stretch, timing.slot_after(passed[-1]))
    # Nothing may be done now. What was missed is caught up with at the opening.
    return Turn(None, tuple(passed), stretch, timing.hours.next_open(now, timing.zone))


def clamp_due(due_at: datetime, timing: Timing, *, now: datetime) -> datetime:
    """Returns the due time, drawn near when it lies further away than any slot can (the clock was set back)."""
    return min(due_at.astimezone(UTC), timing.latest_due(now))


def _slots_until(due_at: datetime, timing: Timing, now: datetime) -> Iterator[datetime]:
    """Yields the slots from a due time up to now; what lies far back is jumped over."""
    slot = due_at
    horizon = now - _NAMED_FOR
    if due_at < horizon:
        near = _first_after(due_at, timing, horizon)
        slot = near if near <= now else slot  # a rule so sparse that it did not fire since: few slots, walk them all
    while slot <= now:
        yield slot
        slot = timing.slot_after(slot)


def _first_after(due_at: datetime, timing: Timing, at: datetime) -> datetime:
    if isinstance(timing.rule, Every):
        on_grid = due_at + (at - due_at) // timing.rule.length * timing.rule.length
        return timing.slot_after(on_grid)
    return timing.slot_after(at)

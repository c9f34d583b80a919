"""Time as the program sees it: the wall clock in UTC for records, a clock that never jumps for deadlines.

Wall clocks jump (NTP, a person, daylight saving); a deadline measured by one can end early or never. Deadlines and
leases are therefore measured by ``boottime``, which only goes forward and keeps counting while a laptop sleeps.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the program gets its time from."""

    def now(self) -> datetime:
        """Returns the wall clock: aware, in UTC."""

    def boottime(self) -> float:
        """Returns seconds since an arbitrary start; never jumps, counts sleep where the system can tell."""


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Returns the wall clock: aware, in UTC."""
        return datetime.now(UTC)

    def boottime(self) -> float:
        """Returns seconds since boot including sleep; without sleep where the system has no such clock."""
        if sys.platform == "win32" or not hasattr(time, "CLOCK_BOOTTIME"):
            return time.monotonic()
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class ManualClock:
    """A clock that only moves when told to: for tests and simulations."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be an aware datetime")
        self._now = start.astimezone(UTC)
        self._boottime = 1000.0

    def now(self) -> datetime:
        """Returns the moment last set."""
        return self._now

    def boottime(self) -> float:
        """Returns the seconds advanced so far."""
        return self._boottime

    def advance(self, step: timedelta) -> None:
        """Moves both clocks forward, as time passing does."""
        self._now += step
        self._boottime += step.total_seconds()

    def jump(self, step: timedelta) -> None:
        """Moves only the wall clock, in either direction, as a person or NTP does."""
        self._now += step

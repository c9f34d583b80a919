"""A hard limit that is asked before each step. Playwright's own calls get what is left of it as their time-out."""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """Counts down from the moment it is made (monotonic)."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def seconds_left(self) -> float:
        """What is left, never below 0."""
        return max(0.0, self._end - self._clock())

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.seconds_left <= 0

    def milliseconds(self, *, at_most: float) -> float:
        """Returns a time-out for one call: what is left, capped, and never 0 (which Playwright reads as "for ever")."""
        return max(1.0, min(self.seconds_left, at_most) * 1000)

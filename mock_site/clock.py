"""The world's clock: starts at a known moment, runs with the process, can be frozen and moved."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class WorldClock:
    """Time as the mock site sees it.

    Args:
        epoch: The world's moment of start; None takes the real one, cut to whole seconds.
        frozen: A frozen clock moves by ``advance`` only.
    """

    def __init__(self, epoch: datetime | None = None, *, frozen: bool = False) -> None:
        self.epoch = epoch or datetime.now(UTC).replace(microsecond=0)
        self._frozen = frozen
        self._started = time.monotonic()
        self._offset = 0.0
        self._lock = threading.Lock()

    def elapsed(self) -> float:
        """Seconds since the start of the world."""
        running = 0.0 if self._frozen else time.monotonic() - self._started
        with self._lock:
            return running + self._offset

    def now(self) -> datetime:
        """The current moment of the world, in UTC."""
        return self.epoch + timedelta(seconds=self.elapsed())

    def unix(self) -> int:
        """Whole seconds since 1970."""
        return int(self.now().timestamp())

    def advance(self, seconds: float) -> None:
        """Moves the clock forward (or back, with a negative number)."""
        with self._lock:
            self._offset += seconds

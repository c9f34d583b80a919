"""Since when the wall clock has gone evenly: waiting times that prove something must not be cut short by a jump.

Two looks "a settle window apart" prove nothing when the clock was set forward between them, and an approval may not
ripen by it. The clock that never jumps is of one boot only, so what is kept is the difference of the two: as long as
it stays, both went evenly. Another difference is a jump, a new boot, or a sleep that one of them did not see; then what
was measured before counts from now on only, which costs one more wait.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from monitor.clock import Clock

_DRIFT = 30.0
"""Seconds between two observations that are no jump: what a network's time corrects bit by bit, never a window."""


class EvenClock:
    """Observes the machine's clocks; the file belongs to the machine, not to the store.

    Args:
        path: Where the last observation is kept, in a folder that exists once anything was done.
        clock: The program's clock.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    def observe(self) -> datetime:
        """Returns since when the wall clock has gone evenly, at the latest now; aware, in UTC.

        What cannot be kept (a full disk) is observed anew by the next one: nothing is taken for even without a proof.
        """
        now = self._clock.now()
        offset = now.timestamp() - self._clock.boottime()
        kept = self._read()
        since = kept[1] if kept is not None and abs(offset - kept[0]) <= _DRIFT and kept[1] <= now else now
        if kept is None or kept[1] != since or abs(offset - kept[0]) > 1.0:
            self._write(offset, since)
        return since

    def _read(self) -> tuple[float, datetime] | None:
        try:
            value = json.loads(self._path.read_bytes())
            return float(value["offset"]), datetime.fromisoformat(value["since"]).astimezone(UTC)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write(self, offset: float, since: datetime) -> None:
        """Not synced: a power cut begins a new boot, of which nothing was observed anyway."""
        data = json.dumps({"offset": offset, "since": since.isoformat()})
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(data)
            draft.replace(self._path)

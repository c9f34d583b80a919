"""Stops and wakes a real watching process and moves its wall clock: one catch-up each time, a row for each slot."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from monitor.bootstrap import Installation
from monitor.clock import SystemClock
from monitor.config.home import Home
from monitor.state.schedule import SlotRecord
from tests.meta.checkout import ROOT
from tests.proofs.counted import Counted
from tests.proofs.watch_process import ACCOUNT, EVERY, make_settings

SHIM = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""Moves the wall clock of a process and leaves the clock that never jumps alone (Debian's package faketime)."""

_STOPPED = 3 * EVERY  # seconds of sleep: a few slots are missed
_PATIENCE = 60.0  # seconds until the next run, whatever happened


@dataclass
class Watched:
    """The process, its home, and the file that says how far its wall clock is off."""

    child: subprocess.Popen[str]
    home: Path
    clock: Path
    told: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)

    def listen(self) -> None:
        """Takes up what the process says, until it ends; each line at once, however late somebody asks for it."""
        assert self.child.stdout is not None
        for line in self.child.stdout:
            self.told.put(line)

    def runs_within(self, seconds: float) -> str | None:
        """Returns the id of the next visit that nobody has asked for yet, None when none was made in time."""
        try:
            return str(json.loads(self.told.get(timeout=seconds))["visit"])
        except queue.Empty:
            return None

    def set_clock(self, seconds: int) -> None:
        """Sets the wall clock so far off; what the process said before it is forgotten, or it would pass for later."""
        self.clock.write_text(f"{seconds:+d}\n")
        with suppress(queue.Empty):
            while True:
                self.told.get_nowait()

    def slots(self) -> list[SlotRecord]:
        """Returns the rows of the polls, oldest first."""
        installation = Installation(Home(self.home), make_settings(), SystemClock())
        with installation.state.read() as tx:
            rows = [row for row in tx.schedule.slots(ACCOUNT, limit=100_000) if row.kind == "poll"]
        installation.state.close()
        return rows[::-1]


@contextmanager
def watched(home: Path) -> Iterator[Watched]:
    """Runs the process under the shim."""
    clock = home.parent / "clock"
    clock.write_text("+0\n")
    variables = {
        **os.environ,
        "LD_PRELOAD": str(SHIM),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-u", "-m", "tests.proofs.watch_process", str(home)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=variables)
    process = Watched(child, home, clock)
    threading.Thread(target=process.listen, daemon=True).start()
    try:
        yield process
    finally:
        child.kill()
        child.wait()


def stop_and_wake(home: Path, times: int) -> Counted:
    """Freezes the process for a while, as a closed lid does, and wakes it."""
    counted = Counted("sleep", 0)
    with watched(home) as process:
        counted.expect(process.runs_within(_PATIENCE) is not None, "it never began")
        for _ in range(times):
            counted.injections += 1
            process.child.send_signal(signal.SIGSTOP)
            while process.runs_within(0.2):  # what it had said before it was stopped
                pass
            counted.expect(process.runs_within(_STOPPED) is None, "a run while it was stopped")
            process.child.send_signal(signal.SIGCONT)
            counted.expect(process.runs_within(_PATIENCE) is not None, "no run after it woke")
        rows = process.slots()
    distances = {later.slot_at - row.slot_at for row, later in pairwise(rows)}
    counted.expect(distances == {timedelta(seconds=EVERY)}, f"slots without a row: {sorted(distances)}")
    catch_ups = sum(row.is_catch_up for row in rows)
    counted.expect(catch_ups >= times, f"{catch_ups} catch-ups")
    counted.notes.append(f"{len(rows)} slots, {sum(row.state == 'skipped' for row in rows)} skipped")
    return counted


def move_the_clock(home: Path, jumps: list[int]) -> Counted:
    """Sets the process's wall clock by these seconds, one after the other; after each of them it must run soon."""
    counted = Counted("clock", 0)
    off = 0
    seen: set[str] = set()
    with watched(home) as process:
        counted.expect(process.runs_within(_PATIENCE) is not None, "it never began")
        for jump in jumps:
            counted.injections += 1
            off += jump
            process.set_clock(off)
            for _ in range(2):  # the first of them may have been under way
                visit = process.runs_within(_PATIENCE)
                counted.expect(visit is not None and visit not in seen, f"after {jump:+d} s: {visit}")
                seen.add(str(visit))
        rows = process.slots()
    ran = [row for row in rows if row.state in {"ran", "running"}]
    counted.expect(len({row.visit_id for row in ran}) == len(ran), "a visit for two slots")
    counted.expect(any(row.until_at for row in rows), "no row for the long gap")
    counted.notes.append(f"{len(ran)} runs")
    return counted

"""Killing a visit's whole process tree, and nobody else's processes.

Chromium has its own process group and its children outlive a killed parent when the driver is frozen
(measured: facts of the project, ADR 0002), so neither ``killpg`` nor killing the child alone is enough. A process is
known by pid *and* start time: a reused pid is never touched.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

import psutil

_LOOK_EVERY_SECONDS = 0.02


@dataclass(frozen=True)
class ProcessMark:
    """One process, safe against pid reuse.

    Attributes:
        pid: Process id.
        started: Start time in seconds since the epoch, as the operating system tells it.
    """

    pid: int
    started: float

    def process(self) -> psutil.Process | None:
        """Returns the live process this mark names, or None when it is gone or the pid belongs to another."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < 0.01
        except psutil.Error:
            return None
        return found if same else None


def mark_tree(pid: int) -> frozenset[ProcessMark]:
    """Returns the marks of a process and all its descendants that are alive now."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return frozenset()
    return frozenset(filter(None, map(_mark, family)))


def kill_tree(marks: frozenset[ProcessMark], *, wait_seconds: float = 5.0) -> frozenset[ProcessMark]:
    """Kills every process that is still the one its mark names, with what they have started since.

    Args:
        marks: Processes to end, normally the union of several snapshots.
        wait_seconds: How long to wait for the dead to be gone.

    Returns:
        The marks that are still alive after the wait; empty is the normal case.
    """
    grown = set(marks)
    for mark in marks:
        if mark.process() is not None:
            grown |= mark_tree(mark.pid)
    for mark in grown:
        process = mark.process()
        if process is not None:
            with contextlib.suppress(psutil.Error):
                process.kill()
    return _wait_for_end(frozenset(grown), wait_seconds)


def _wait_for_end(marks: frozenset[ProcessMark], seconds: float) -> frozenset[ProcessMark]:
    """Returns what still runs after the wait. A zombie is dead: in a container its init may never collect it."""
    until = time.monotonic() + seconds
    while (running := frozenset(filter(_is_running, marks))) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY_SECONDS)
    return running


def _is_running(mark: ProcessMark) -> bool:
    process = mark.process()
    try:
        return process is not None and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _mark(process: psutil.Process) -> ProcessMark | None:
    try:
        return ProcessMark(process.pid, process.create_time())
    except psutil.Error:
        return None

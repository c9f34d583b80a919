"""Stops the writer at every system call that matters and looks at what is left. Needs strace.

    python -m tests.proofs.evidence_crashes [INJECTIONS] [SEED]

At each call: killed; no room (once, for good); input/output error (once, for good). After each: nothing acknowledged
is lost, the check is clean, the failure was told in one typed line, and the next run goes on.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from evidence_store.errors import EvidenceError
from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.evidence_world import wrongs
from tests.proofs.evidence_writer import STORAGE_EXIT, write_units

UNITS = 7  # a thousand different points
CALLS = (
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "ftruncate",
)
FAULTS = ("signal=KILL", "error=ENOSPC", "error=ENOSPC+", "error=EIO", "error=EIO+")
WRITER = [sys.executable, "-B", "-m", "tests.proofs.evidence_writer"]
KILLED = (-9, 137)


def main(argv: list[str]) -> int:
    injections, seed = (int(value) for value in (argv + ["1000", "6"][len(argv) :]))
    return prove_crashes(injections, seed).report()


def prove_crashes(injections: int, seed: int) -> Counted:
    counted = Counted("crashes", seed)
    with scratch_folder() as base:
        calls = count_calls(base / "count").items()
        every = [(call, when, fault) for call, total in calls for fault in FAULTS for when in range(1, total + 1)]
        random.Random(seed).shuffle(every)
        chosen = list(itertools.islice(itertools.cycle(every), injections))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            folders = [base / f"world-{number}" for number in range(len(chosen))]
            for found in pool.map(_inject_and_look, folders, chosen):
                counted.injections += 1
                counted.violations.extend(found)
    counted.notes.append(f"{len(every)} different points")
    return counted


def count_calls(folder: Path) -> dict[str, int]:
    folder.mkdir()
    command = ["strace", "-f", "-qq", "-c", "-e", f"trace={','.join(CALLS)}", *WRITER, str(folder), str(UNITS)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", result.stderr, re.MULTILINE)
    return {name: int(calls) for calls, name in rows if name in CALLS}


def _inject_and_look(folder: Path, chosen: tuple[str, int, str]) -> list[str]:
    """Runs the writer with one injection and goes on afterwards; returns what is wrong."""
    call, when, fault = chosen
    point = f"{call}:{fault.rstrip('+')}:when={when}{'+' if fault.endswith('+') else ''}"
    folder.mkdir()
    tracing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={point}"]
    stopped = _run([*tracing, *WRITER, str(folder), str(UNITS)])
    acknowledged = stopped.stdout.count("ACK")
    found = []
    if stopped.returncode not in ((0, *KILLED) if "KILL" in fault else (0, STORAGE_EXIT)):
        found.append(f"exit {stopped.returncode}: {stopped.stderr[-300:]}")
    found += wrongs(folder, acknowledged)
    try:
        write_units(folder, 1)
    except (EvidenceError, sqlite3.Error) as error:
        found.append(f"the next run failed: {type(error).__name__}: {error}")
    found += [f"after the next run: {wrong}" for wrong in wrongs(folder, acknowledged + 1)]
    shutil.rmtree(folder)
    return [f"{point}: {wrong}" for wrong in found]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Stops the writer at every system call that matters and looks at what is left. Needs strace.

    python -m tests.proofs.evidence_crashes [INJECTIONS] [SEED]

At each call: killed; no room (once, for good); input/output error (once, for good). After each: nothing acknowledged
is lost, the check is clean, the failure was told in one typed line, and the next run goes on.
"""

from __future__ import annotations

import itertools
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.evidence_world import wrongs
from tests.proofs.evidence_writer import STORAGE_EXIT

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
    rng = random.Random(seed)
    with scratch_folder() as base:
        points = list(itertools.product(count_calls(base / "count").items(), FAULTS))
        every = [(call, when, fault) for (call, total), fault in points for when in range(1, total + 1)]
        rng.shuffle(every)
        for call, when, fault in itertools.islice(itertools.cycle(every), injections):
            counted.injections += 1
            _inject_and_check(counted, base / "world", call, when, fault)
    counted.notes.append(f"{len(every)} different points")
    return counted


def count_calls(folder: Path) -> dict[str, int]:
    folder.mkdir()
    command = ["strace", "-f", "-qq", "-c", "-e", f"trace={','.join(CALLS)}", *WRITER, str(folder), str(UNITS)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", result.stderr, re.MULTILINE)
    return {name: int(calls) for calls, name in rows if name in CALLS}


def _inject_and_check(counted: Counted, folder: Path, call: str, when: int, fault: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    point = f"{call}:{fault.rstrip('+')}:when={when}{'+' if fault.endswith('+') else ''}"
    tracing = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={point}"]
    stopped = _run([*tracing, *WRITER, str(folder), str(UNITS)])
    acknowledged = stopped.stdout.count("ACK")
    expected = (0, *KILLED) if "KILL" in fault else (0, STORAGE_EXIT)
    counted.expect(stopped.returncode in expected, f"{point}: exit {stopped.returncode}: {stopped.stderr[-300:]}")
    for wrong in wrongs(folder, acknowledged):
        counted.expect(False, f"{point}: {wrong}")  # noqa: FBT003 - found wrong already
    resumed = _run([*WRITER, str(folder), "1"])
    counted.expect(resumed.returncode == 0, f"{point}: the next run failed: {resumed.stderr[-300:]}")
    for wrong in wrongs(folder, acknowledged + resumed.stdout.count("ACK")):
        counted.expect(False, f"{point}: after the next run: {wrong}")  # noqa: FBT003


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Cuts the power at every moment of the writer's work and looks at what the disk may hold. Needs strace.

    python -m tests.proofs.evidence_power_cuts [STATES] [CONTROL_STATES] [SEED]

Three writers that are broken on purpose must be caught, or the proof itself is broken.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.evidence_world import wrongs
from tests.proofs.power_cut import TRACED, Disk, Operation, read_recording

UNITS = 3
CONTROLS = ("no-file-fsync", "no-dir-fsync", "relaxed-commit")
MUST_FAIL = 0.1  # share of a control's states that must be found wrong


def main(argv: list[str]) -> int:
    states, control_states, seed = (int(value) for value in (argv + ["2000", "300", "7"][len(argv) :]))
    return prove_power_cuts(states, control_states, seed).report()


def prove_power_cuts(states: int, control_states: int, seed: int) -> Counted:
    counted = Counted("power cuts", seed)
    rng = random.Random(seed)
    with scratch_folder() as base:
        operations = record(base / "recorded", "")
        for wrong in _wrong_states(operations, base, states, rng):
            counted.expect(wrong == "", wrong)
            counted.injections += 1
        for control in CONTROLS:
            broken = record(base / f"recorded-{control}", control)
            was = base / f"recorded-{control}"
            caught = sum(wrong != "" for wrong in _wrong_states(broken, base, control_states, rng, was=was))
            counted.notes.append(f"{control} caught in {caught} of {control_states}")
            is_caught = caught >= MUST_FAIL * control_states
            counted.expect(is_caught, f"the proof is blind: {control} was caught in {caught} of {control_states}")
    return counted


def record(folder: Path, fault: str) -> list[Operation]:
    folder.mkdir()
    log = folder.with_suffix(".strace")
    command = ["strace", "-f", "-qq", "-y", "-xx", "-s", "1000000", "-o", str(log), "-e", f"trace={TRACED}"]
    writer = [sys.executable, "-B", "-m", "tests.proofs.evidence_writer", str(folder), str(UNITS), fault]
    result = subprocess.run([*command, *writer], capture_output=True, text=True, check=True)
    assert result.stdout.count("ACK") == UNITS, result.stderr
    operations = read_recording(log.read_text(), str(folder))
    assert sum(operation.kind == "ack" for operation in operations) == UNITS
    return operations


def _wrong_states(
    operations: list[Operation], base: Path, states: int, rng: random.Random, was: Path | None = None
) -> list[str]:
    """Returns for each state what is wrong with it, empty where nothing is."""
    found = []
    for number in range(states):
        # First every moment once, then random ones.
        is_in_order = number < len(operations) <= states
        moment = number + 1 if is_in_order else rng.randrange(len(operations) + 1)
        disk = Disk()
        for operation in operations[:moment]:
            disk.do(operation)
        disk.cut(rng)
        folder = base / "state"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        disk.write_to(folder, str(was or base / "recorded"))
        wrong = wrongs(folder, disk.acknowledged)
        found.append(f"after {moment} of {len(operations)} operations: {'; '.join(wrong)}" if wrong else "")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The proofs of the appeal ledger at full length; tests/faults and tests/browser run a share of them.

``python3 run.py prove appeals`` prints one line a suite: ``injections / violations / seed``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs.filing_kills import PROTECTIONS, prove_kills, prove_sabotage

pytestmark = pytest.mark.timeout(6 * 3600)
ROOT = Path(__file__).parents[2]


def test_216_crash_points_modes_and_sites() -> None:
    assert _pytest("216 crash cases", "tests/faults/test_submit_boundary.py") == 0


def test_every_fault_of_the_boundary_in_real_chromium() -> None:
    assert _pytest("faults of the boundary", "tests/browser/test_filing_faults.py", "--every-fault") == 0


def test_300_kills_of_real_visits() -> None:
    assert prove_kills(300, 1).report() == 0


@pytest.mark.parametrize("protection", PROTECTIONS)
def test_without_a_protection_the_kills_show_violations(protection: str) -> None:
    found = prove_sabotage(protection, 2)
    found.report()
    assert found.violations


def test_six_workers_file_1000_appeals_on_postgresql() -> None:
    assert _workers("--store postgres --workers 6 --appeals 1000 --injections 300 --seed 3") == 0


def test_three_workers_file_300_appeals_on_sqlite() -> None:
    assert _workers("--store sqlite --workers 3 --appeals 300 --injections 200 --seed 4") == 0


def _workers(arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "tests.proofs.appeals_workers", *arguments.split()], cwd=ROOT, check=False
    ).returncode


def _pytest(suite: str, *arguments: str) -> int:
    """Runs a suite whose cases are fixed: every case is one injection, every failure one violation."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    passed = done.stdout.rpartition(" passed")[0].split()[-1:] or ["0"]
    cases = int(passed[0]) + len(failed) if passed[0].isdigit() else len(failed)
    for line in failed:
        sys.stdout.write(f"  {line}\n")
    sys.stdout.write(f"{suite}: {cases} injections / {len(failed)} violations / seed none, every case is fixed\n")
    return done.returncode

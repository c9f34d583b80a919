"""The ledger under sequences of commands, faults and copies, and the commands' last word under strikes.

``python3 run.py prove ledger`` prints one line a suite: ``injections / violations / seed``. ``FAIRREVIEW_SEQUENCES``
sets how many sequences are run. Ordinary runs make a share: ``tests/proofs/test_ledger_sequences.py`` and
``tests/browser/test_commands_tell.py``.
"""

from __future__ import annotations

import os
import sys
from multiprocessing import get_context
from pathlib import Path

import pytest

from mock_site.server import MockSite
from tests.filing_world import OPTIONS
from tests.proofs.command_strikes import STRIKES, strike_once
from tests.proofs.counted import Counted
from tests.proofs.installed_sequences import prove_typed_sequences
from tests.proofs.ledger_sequences import Count, approve_as_it_was, run_sequences

pytestmark = pytest.mark.timeout(8 * 3600)
SEED = 20261129
SEQUENCES = int(os.environ.get("FAIRREVIEW_SEQUENCES", "5000"))
SLICE = 50
TYPED = int(os.environ.get("FAIRREVIEW_TYPED_SEQUENCES", "60"))
ROUNDS = 5


def test_sequences_of_commands_in_one_process() -> None:
    """Two slices at a time, each in a process of its own; a slice's seed repeats it."""
    counted = Counted("sequences of commands", SEED)
    total = Count()
    slices = [(min(SLICE, SEQUENCES - number), SEED + number) for number in range(0, SEQUENCES, SLICE)]
    with get_context("spawn").Pool(2, maxtasksperchild=5) as pool:  # an executor that renews its children may hang
        for (_, seed), (done, violation) in zip(slices, pool.imap(_run_slice, slices), strict=True):
            total.add(done)
            counted.injections += done.sequences
            counted.expect(not violation, f"seed {seed}: {violation}")
            sys.stdout.write(f"  seed {seed}: {counted.injections} so far, {len(counted.violations)} violations\n")
            sys.stdout.flush()
    counted.notes.append(
        f"{total.commands.total()} commands, {total.faults.total()} faults, "
        f"{total.gestures} gestures of filings, {total.answers} of answers"
    )
    assert counted.report() == 0


def _run_slice(given: tuple[int, int]) -> tuple[Count, str]:
    count, seed = given
    return run_sequences(count, seed_value=seed)


def test_sequences_of_the_installed_command_in_chromium() -> None:
    assert prove_typed_sequences(TYPED, SEED).report() == 0


def test_approve_as_it_was_shows_violations() -> None:
    with approve_as_it_was():
        done, violation = run_sequences(600, seed_value=SEED)
    sys.stdout.write(f"control, approve as it was: found after {done.sequences} sequences: {violation[:200]}\n")
    assert violation


def test_strikes_against_the_installed_command(tmp_path: Path) -> None:
    counted = Counted("strikes against the installed command", 0)
    with MockSite.start(OPTIONS) as site:
        for number in range(ROUNDS * len(STRIKES)):
            site.reset()
            folder = tmp_path / str(number)
            folder.mkdir()
            counted.injections += 1
            for wrong in strike_once(site, folder, STRIKES[number % len(STRIKES)]):
                counted.expect(holds=False, what=wrong)
    assert counted.report() == 0

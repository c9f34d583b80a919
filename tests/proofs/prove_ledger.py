"""The ledger under sequences of commands, faults and copies, and the commands' last word under strikes.

``python3 run.py prove ledger`` prints one line a suite: ``injections / violations / seed``. ``FAIRREVIEW_SEQUENCES``
sets how many sequences are run. Ordinary runs make a share: ``tests/proofs/test_ledger_sequences.py`` and
``tests/browser/test_commands_tell.py``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mock_site.server import MockSite
from tests.filing_world import OPTIONS
from tests.proofs.command_strikes import STRIKES, strike_once
from tests.proofs.counted import Counted
from tests.proofs.ledger_sequences import approve_as_it_was, run_sequences

pytestmark = pytest.mark.timeout(8 * 3600)
SEED = 20261129
SEQUENCES = int(os.environ.get("FAIRREVIEW_SEQUENCES", "5000"))
SLICE = 250
ROUNDS = 5


def test_sequences_of_commands_in_one_process() -> None:
    counted = Counted("sequences of commands", SEED)
    commands = gestures = faults = 0
    for number in range(0, SEQUENCES, SLICE):
        done, violation = run_sequences(min(SLICE, SEQUENCES - number), seed_value=SEED + number)
        counted.injections += done.sequences
        commands, gestures = commands + done.commands.total(), gestures + done.gestures
        faults += done.faults.total()
        counted.expect(not violation, violation)
    counted.notes.append(f"{commands} commands, {faults} faults, {gestures} gestures")
    assert counted.report() == 0


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

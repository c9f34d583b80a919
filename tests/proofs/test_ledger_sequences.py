"""A share of the sequences of ``run.py prove ledger``, and the control that shows what they would find."""

from __future__ import annotations

import pytest

from tests.command_world import ORDER
from tests.proofs.ledger_sequences import LedgerSequence, approve_as_it_was, run_sequences, stage


@pytest.mark.slow
def test_no_sequence_of_commands_and_faults_sends_twice_or_loses_anything() -> None:
    done, violation = run_sequences(15, seed_value=3)
    assert violation == ""
    assert done.gestures > 0
    assert done.answers > 0


def test_approve_as_it_was_is_found() -> None:
    with stage() as made, approve_as_it_was():

        class Sequence(LedgerSequence):
            stage = made

        steps = Sequence()
        steps.begin(first="", second="")
        steps.file("r1", ORDER, "hang", "")
        steps.approve("r1")
        with pytest.raises(AssertionError, match="r1 is on the site"):
            steps.teardown()

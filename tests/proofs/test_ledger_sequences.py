"""A share of the sequences of ``run.py prove ledger``, and the control that shows what they would find."""

from __future__ import annotations

import pytest

from tests.proofs.ledger_sequences import approve_as_it_was, run_sequences


@pytest.mark.slow
def test_no_sequence_of_commands_and_faults_sends_twice_or_loses_anything() -> None:
    done, violation = run_sequences(15, seed_value=3)
    assert violation == ""
    assert done.gestures > 0


@pytest.mark.slow
def test_approve_as_it_was_is_found() -> None:
    with approve_as_it_was():
        _, violation = run_sequences(120, seed_value=5)
    assert violation

"""A share of the sequences of ``run.py prove ledger``, and the control that shows what they would find."""

from __future__ import annotations

import pytest

from tests.command_world import ORDER
from tests.proofs.ledger_sequences import (
    LedgerSequence,
    Stage,
    answers_as_drafts,
    approve_as_it_was,
    run_sequences,
    stage,
)


@pytest.mark.slow
def test_no_sequence_of_commands_and_faults_sends_twice_or_loses_anything() -> None:
    done, violation = run_sequences(15, seed_value=3)
    assert violation == ""
    assert done.gestures > 0


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


def test_an_answer_goes_through_the_model_and_once_more_after_a_persons_word() -> None:
    with stage() as made:
        steps = _asked_sequence(made)
        steps.answer("Фото приложено.", "lost", "")
        assert steps.said.code == 8
        steps.reopen_answer()
        steps.approve_answer()
        steps.site.mode = "ok"
        steps.submit_answer()
        assert steps.said.code == 0
        steps.one_gesture_an_answer()
        steps.teardown()
        assert made.count.answers == 2


def test_answering_an_unknown_answer_again_is_found() -> None:
    with stage() as made, answers_as_drafts():
        steps = _asked_sequence(made)
        steps.change_site("hang", late=True)
        steps.answer("Фото приложено.", "hang", "")
        steps.answer("Фото приложено.", "ok", "")
        with pytest.raises(AssertionError, match="answered twice"):
            steps.teardown()


def _asked_sequence(made: Stage) -> LedgerSequence:
    class Sequence(LedgerSequence):
        stage = made

    steps = Sequence()
    steps.begin(first="asked", second="")
    return steps

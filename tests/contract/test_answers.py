"""An answer to the site's question goes out once, as approved, or says that nobody knows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from evidence_store.journal import Actor
from flows.channels import Attachment
from flows.readings.models import AppealListReading, AppealStatusReading, PageHealth
from monitor.appeals.answers import AnswerIntent, Answers
from monitor.appeals.follow import Follower
from monitor.appeals.ledger import Ledger
from monitor.clock import ManualClock
from monitor.closed_lists.states import AnswerState
from monitor.errors import DeadlinePassed, IllegalTransition, LeaseLost, NotApproved
from monitor.state import Lease, State
from monitor.state.questions import QuestionRecord
from tests.appeal_world import LIST_TERMS, OPERATOR, lease_of, settle_in
from tests.contract.test_ledger import NUMBER, released
from tests.faults.simulated_site import Request

PHOTO = Attachment(path=Path("/tmp/a.png"), name="a.png", sha256="0" * 64, media_type="image/png")


@pytest.fixture
def lease(state: State) -> Lease:
    settle_in(state, ["r1"])
    return lease_of(state, seconds=86_400)


@pytest.fixture
def question(state: State, lease: Lease) -> QuestionRecord:
    appeal = Ledger(state).settle(released(state, lease), NUMBER)
    say(state, lease, "needs_information")
    with state.read() as tx:
        found = tx.questions.open_of(appeal.id)
    assert found is not None
    return found


def say(state: State, lease: Lease, status: str) -> None:
    row = AppealStatusReading.model_validate(
        {"number": "A-1", "review_id": "r1", "status_raw": status, "status": status, "answer_raw": "Пришлите фото"}
    )
    reading = AppealListReading(health=PageHealth.HEALTHY, rows=(row,), total=1, is_complete=True)
    Follower(state).apply_list(reading, lease, {LIST_TERMS.channel: LIST_TERMS})


def approve(state: State, question: QuestionRecord) -> QuestionRecord:
    drafted = Answers(state).draft(question.id, "Вот фото.", [PHOTO], actor=OPERATOR)
    return Answers(state).approve(question.id, drafted.answer_hash, actor=OPERATOR)


def take(state: State, question: QuestionRecord, lease: Lease) -> AnswerIntent:
    return Answers(state).take_intent(approve(state, question).id, lease, LIST_TERMS)


def test_an_approved_answer_goes_out_with_its_files(state: State, lease: Lease, question: QuestionRecord) -> None:
    intent = take(state, question, lease)
    assert (intent.number, intent.text, intent.files) == ("A-1", "Вот фото.", (PHOTO,))
    Answers(state).record_release(intent, Request())
    assert Answers(state).settle(intent, was_accepted=True, raw_text="Ответ принят").state == AnswerState.SENT


def test_nothing_goes_out_that_nobody_approved(state: State, lease: Lease, question: QuestionRecord) -> None:
    answers = Answers(state)
    drafted = answers.draft(question.id, "Вот фото.", [], actor=OPERATOR)
    with pytest.raises(NotApproved):
        answers.approve(question.id, drafted.answer_hash, actor=Actor(kind="schedule", id="hourly"))
    answers.draft(question.id, "Другое.", [], actor=OPERATOR)
    with pytest.raises(NotApproved, match="not what was shown"):
        answers.approve(question.id, drafted.answer_hash, actor=OPERATOR)
    with pytest.raises(IllegalTransition):
        answers.take_intent(question.id, lease, LIST_TERMS)


def test_a_changed_answer_needs_a_new_approval(state: State, lease: Lease, question: QuestionRecord) -> None:
    approve(state, question)
    Answers(state).draft(question.id, "Иначе.", [], actor=OPERATOR)
    with pytest.raises(IllegalTransition, match="drafted"):
        Answers(state).take_intent(question.id, lease, LIST_TERMS)


def test_an_answer_is_taken_up_and_released_once(state: State, lease: Lease, question: QuestionRecord) -> None:
    intent = take(state, question, lease)
    with pytest.raises(IllegalTransition):
        Answers(state).take_intent(question.id, lease, LIST_TERMS)
    Answers(state).record_release(intent, Request())
    with pytest.raises(IllegalTransition):
        Answers(state).record_release(intent, Request())


def test_without_the_site_s_word_the_answer_is_unknown(state: State, lease: Lease, question: QuestionRecord) -> None:
    intent = take(state, question, lease)
    Answers(state).record_release(intent, Request())
    assert Answers(state).settle(intent, was_accepted=None).state == AnswerState.UNKNOWN


def test_a_dead_process_leaves_an_unknown_answer_that_is_not_sent_again(
    state: State, lease: Lease, question: QuestionRecord
) -> None:
    intent = take(state, question, lease)
    state.release(lease)
    later = lease_of(state, "later")
    assert [left.state for left in Answers(state).abandon(later)] == [AnswerState.UNKNOWN]
    with pytest.raises(LeaseLost):
        Answers(state).record_release(intent, Request())
    with pytest.raises(IllegalTransition):
        Answers(state).draft(question.id, "Ещё раз.", [], actor=OPERATOR)


def test_after_its_time_an_answer_stays_here(
    state: State, lease: Lease, question: QuestionRecord, clock: ManualClock
) -> None:
    intent = take(state, question, lease)
    clock.advance(LIST_TERMS.gesture_window + timedelta(seconds=1))
    with pytest.raises(DeadlinePassed):
        Answers(state).record_release(intent, Request())


def test_when_the_site_asks_no_more_the_question_is_over(state: State, lease: Lease, question: QuestionRecord) -> None:
    approve(state, question)
    say(state, lease, "in_review")
    with pytest.raises(IllegalTransition):
        Answers(state).take_intent(question.id, lease, LIST_TERMS)

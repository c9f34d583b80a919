"""Answers to the site's questions: word one, approve it, and say that the site does not have it."""

from __future__ import annotations

from collections.abc import Sequence

from evidence_store.journal import Actor
from flows.channels import Attachment
from monitor.appeals.answers import Answers
from monitor.state import State
from monitor.state.questions import QuestionRecord
from monitor.use_cases.acknowledging import acknowledged


@acknowledged
def word_answer(
    state: State, question_id: str, text: str, files: Sequence[Attachment], *, actor: Actor
) -> QuestionRecord:
    """Stores an answer; an approval of an earlier wording falls away."""
    return Answers(state).draft(question_id, text, files, actor=actor)


@acknowledged
def approve_answer(state: State, question_id: str, answer_hash: str, *, actor: Actor) -> QuestionRecord:
    """Stores a human approval of exactly the answer that was shown.

    Raises:
        NotApproved: it is not what was shown any more, or the actor is no person.
    """
    return Answers(state).approve(question_id, answer_hash, actor=actor)


@acknowledged
def reopen_answer(state: State, question_id: str, *, actor: Actor, note: str) -> QuestionRecord:
    """Stores a person's finding that the site does not have an answer whose outcome is unknown."""
    return Answers(state).reopen(question_id, actor=actor, note_text=note)

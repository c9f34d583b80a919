"""Answers to the site's questions: show, word one, approve it, and say that the site does not have it."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from evidence_store.journal import Actor
from flows.channels import Attachment
from monitor.appeals.answers import Answers
from monitor.appeals.words import ANSWERS
from monitor.closed_lists.states import AnswerState
from monitor.errors import DecidedElsewhere, UsageError
from monitor.language.plain_text import show
from monitor.language.words import Tone
from monitor.state import State, Transaction
from monitor.state.questions import QuestionRecord
from monitor.use_cases.acknowledging import acknowledged
from monitor.use_cases.inbox_models import FileShown
from monitor.use_cases.models import Value

WORDABLE = frozenset({AnswerState.OPEN, AnswerState.DRAFTED, AnswerState.APPROVED})


class QuestionShown(Value):
    """A question of the site with the answer to it.

    Attributes:
        state: How far the answer got.
        asked: The site's own words.
        shown: The hash that an approval is bound to; empty while nothing is worded.
        is_over: The site does not wait any more; ``is_late``: nothing of an answer was tried before.
        may_word, may_approve, may_send, may_reopen: What a person can do with it as it stands.
    """

    id: str
    state: AnswerState
    asked: str
    answer_by: AwareDatetime | None
    is_over: bool
    is_late: bool
    word: str
    title: str
    tone: Tone
    text: str
    files: tuple[FileShown, ...]
    shown: str
    may_word: bool
    may_approve: bool
    may_send: bool
    may_reopen: bool


def show_question(tx: Transaction, appeal_id: str, *, zone: str) -> QuestionShown | None:
    """Returns the open question about an appeal; None where the site asks nothing."""
    found = tx.questions.open_of(appeal_id)
    if found is None:
        return None
    words = ANSWERS[found.state]
    is_over = found.answer_by is not None and found.answer_by <= tx.now()
    return QuestionShown(
        id=found.id,
        state=found.state,
        asked=show(found.asked_raw),
        answer_by=found.answer_by.astimezone(ZoneInfo(zone)) if found.answer_by else None,
        is_over=is_over,
        is_late=is_over and found.state in WORDABLE,
        word=words.word,
        title=words.title,
        tone=words.tone,
        text=found.answer_text,
        files=tuple(
            FileShown(name=show(one.name, one_line=True), media_type=one.media_type, digest=one.sha256)
            for one in files_of(found)
        ),
        shown=found.answer_hash,
        may_word=found.state in WORDABLE and not is_over,
        may_approve=found.state is AnswerState.DRAFTED and not is_over,
        may_send=found.state is AnswerState.APPROVED and not is_over,
        may_reopen=found.state is AnswerState.UNKNOWN,
    )


def files_of(question: QuestionRecord) -> tuple[Attachment, ...]:
    """Returns the files of an answer."""
    stored = question.answer_files
    return tuple(Attachment.model_validate(one) for one in stored) if isinstance(stored, list) else ()


def require_shown(state: State, appeal_id: str, shown: str) -> QuestionRecord:
    """Returns the open question of an appeal while its answer is the one that was shown.

    Raises:
        UsageError: the site asks nothing.
        DecidedElsewhere: somebody worded it anew meanwhile; nothing was stored.
    """
    with state.read() as tx:
        found = tx.questions.open_of(appeal_id)
    if found is None:
        raise UsageError("Площадка больше ничего не спрашивает", where=appeal_id[:80])
    if found.answer_hash != shown:
        raise DecidedElsewhere("Ответ изменили, пока вы смотрели на него. Ничего не записано.")
    return found


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

"""Questions of the site about an appeal, and the answers: as guarded as a filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.closed_lists.states import AnswerState
from monitor.state.repository import Repository, member, new_id
from monitor.state.tables import appeals, questions
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class QuestionRecord:
    """A question and its answer.

    Attributes:
        answer_hash: What the approval is bound to.
    """

    id: str
    appeal_id: str
    asked_raw: str
    asked_at: datetime
    answer_by: datetime | None
    state: AnswerState
    answer_text: str
    answer_files: JsonValue
    answer_hash: str
    approver: str
    approved_at: datetime | None
    fence: int | None
    deadline_at: datetime | None
    gesture_at: datetime | None
    released_at: datetime | None
    closed_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", member(AnswerState, self.state))


class Questions(Repository):
    """At most one open question an appeal."""

    def open(self, appeal_id: str, asked_raw: str, *, answer_by: datetime | None) -> QuestionRecord:
        """Returns the appeal's open question; stores it when there is none."""
        known = self.open_of(appeal_id)
        if known is not None:
            return known
        self._connection.execute(
            questions.insert().values(
                id=new_id("question"),
                appeal_id=appeal_id,
                asked_raw=asked_raw,
                asked_at=self._now(),
                answer_by=answer_by,
                state="open",
            )
        )
        found = self.open_of(appeal_id)
        assert found is not None  # noqa: S101 - inserted above
        return found

    def change(self, question: QuestionRecord, **values: object) -> bool:
        """Changes the question if it is still in the state the caller saw; tells whether it was."""
        statement = update(questions).where(questions.c.id == question.id, questions.c.state == question.state)
        statement = statement.where(questions.c.answer_hash == question.answer_hash)
        return self._changed(statement.values(**values)) > 0

    def close(self, appeal_id: str, state: str) -> int:
        """Closes the appeal's open question, when there is one."""
        statement = update(questions).where(questions.c.appeal_id == appeal_id, questions.c.closed_at.is_(None))
        return self._changed(statement.values(closed_at=self._now(), state=state))

    def get(self, question_id: str, *, locks: bool = False) -> QuestionRecord | None:
        """Returns one question; with ``locks`` nobody else can change it until the transaction ends."""
        statement = select(questions).where(questions.c.id == question_id)
        return self._first(QuestionRecord, statement.with_for_update() if locks else statement)

    def open_of(self, appeal_id: str) -> QuestionRecord | None:
        """Returns the appeal's open question."""
        statement = select(questions).where(questions.c.appeal_id == appeal_id, questions.c.closed_at.is_(None))
        return self._first(QuestionRecord, statement)

    def open_of_fence(self, account_id: str, fence: int) -> list[QuestionRecord]:
        """Returns the account's open questions whose answers were last taken under this lease, oldest first."""
        of_account = appeals.c.id == questions.c.appeal_id, appeals.c.account_id == account_id
        statement = select(questions).where(questions.c.closed_at.is_(None), questions.c.fence == fence, *of_account)
        return self._all(QuestionRecord, statement.order_by(questions.c.asked_at, questions.c.id))

    def of(self, appeal_id: str) -> list[QuestionRecord]:
        """Returns all questions about an appeal in order."""
        statement = select(questions).where(questions.c.appeal_id == appeal_id)
        return self._all(QuestionRecord, statement.order_by(questions.c.asked_at))

"""How a case stands with the platform: its contacts and its appeals together."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.appeals.machine import AppealState, Moderation
from monitor.appeals.words import words_of
from monitor.closed_lists.contact_kinds import Turn
from monitor.closed_lists.states import Track
from monitor.state import Transaction
from monitor.state.cases import CaseRecord
from monitor.support.dialogue import Dialogue, Waiting, follow_dialogue

_THEIR_TURN = frozenset({Moderation.RECEIVED, Moderation.IN_REVIEW})
_SENT = frozenset({AppealState.CONFIRMED, AppealState.ACKNOWLEDGED})


def dialogue_of(tx: Transaction, case: CaseRecord) -> Dialogue:
    """Says how a case stands with the platform, contacts and appeals together."""
    return follow_dialogue(tx.contacts.of_case(case.id), tuple(_waiting(tx, case)))


def _waiting(tx: Transaction, case: CaseRecord) -> Iterable[Waiting]:
    """Whose turn it is by the appeals: the site's open question is ours, an appeal in review is theirs."""
    for appeal in tx.appeals.of_case(case.id):
        name = f"обращение {appeal.number or appeal.id}"
        question = tx.questions.open_of(appeal.id)
        if question is not None:
            yield Waiting(f"{name}: вопрос площадки", Turn.OURS, question.asked_at, question.answer_by)
        elif appeal.is_open and appeal.state in _SENT and (not appeal.moderation or appeal.moderation in _THEIR_TURN):
            words = words_of(Track.MODERATION, appeal.moderation).word if appeal.moderation else "отправлено"
            yield Waiting(f"{name}: {words}", Turn.THEIRS, appeal.updated_at)

"""What went out in a visit and what of it is unknown: the parent's word, read from the ledger whatever ended the visit.

A child that was killed, starved of its disk or shut out of its store says nothing, or says only that. The ledger knows
what it let go. Where the store does not answer either, what the child announced before its gesture is the last sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.appeals.answers import tell_answer_step
from monitor.appeals.machine import FOLLOWED, IN_FLIGHT, AppealState
from monitor.appeals.steps import tell_next_step
from monitor.appeals.words import FILING
from monitor.closed_lists.contact_kinds import LetterState, Way
from monitor.closed_lists.states import AnswerState
from monitor.errors import StorageError
from monitor.language import gettext as _
from monitor.language.words import in_a_cell
from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.support.letters import tell_letter_step
from monitor.visit_protocol import GESTURE, EndKind, Progress, VisitEnd, VisitKind, VisitOrder

_OPEN_ENDED = IN_FLIGHT | {AppealState.UNKNOWN}
_ANSWERS_OPEN_ENDED = frozenset({AnswerState.INTENT, AnswerState.RELEASED, AnswerState.UNKNOWN})
_MESSAGES_OPEN_ENDED = frozenset({LetterState.INTENT, LetterState.RELEASED, LetterState.UNKNOWN})
_SENDS = frozenset({VisitKind.SUBMIT, VisitKind.ANSWER, VisitKind.CHAT_SEND, VisitKind.DUE})


@dataclass
class Announced:
    """Appeals whose gesture a visit announced, in the order in which it did."""

    appeal_ids: list[str] = field(default_factory=list)

    def hear(self, progress: Progress) -> None:
        """Takes note of an announcement; other progress is nobody's business here."""
        if progress.step == GESTURE:
            self.appeal_ids.append(progress.text.partition(":")[0])


@dataclass(frozen=True)
class Account:
    """What the ledger says of one visit: sentences, and the appeals whose outcome is not known."""

    unknown: tuple[str, ...]
    told: tuple[str, ...]


def account_of(tx: Transaction, visit_id: str) -> Account:
    """Reads from the ledger what a visit let go."""
    visit = tx.visits.get(visit_id)
    if visit is None or visit.fence is None:
        return Account((), ())
    unknown: list[str] = []
    told: list[str] = []
    for appeal in tx.appeals.of_fence(visit.account_id, visit.fence):
        told += _tell(tx, appeal)
        unknown += [appeal.id] if appeal.state in _OPEN_ENDED else []
    for question in tx.questions.open_of_fence(visit.account_id, visit.fence):
        if question.state in _ANSWERS_OPEN_ENDED:
            told.append(
                _("{id}: the outcome of its answer is not known. {when}").format(
                    id=question.appeal_id, when=tell_answer_step(question)
                )
            )
            unknown.append(question.appeal_id)
    for letter in tx.letters.of_fence(visit.account_id, visit.fence):
        if letter.way is Way.CHAT and letter.state in _MESSAGES_OPEN_ENDED:
            told.append(
                _("{id}: the outcome of this message is not known. {when}").format(
                    id=letter.id, when=tell_letter_step(letter)
                )
            )
            unknown.append(letter.id)
    return Account(tuple(unknown), tuple(told))


def add_last_word(
    state: State, order: VisitOrder, end: VisitEnd, announced: Sequence[str], *, unsettled: str = ""
) -> VisitEnd:
    """Adds what the ledger knows of a visit to how it ended.

    Args:
        state: The store.
        order: The visit's order.
        end: How it ended, in its own word or the supervisor's.
        announced: Appeals whose gesture it announced.
        unsettled: Why what it left could not be settled in the store; empty when it was.
    """
    try:
        with state.read() as tx:
            found = account_of(tx, order.visit_id)
    except StorageError as error:
        return _without_ledger(order, end, announced, str(error))
    if not found.unknown:
        is_quiet = end.kind in {EndKind.KILLED, EndKind.INTERRUPTED} and order.kind in _SENDS and not found.told
        told = (_("This visit sent nothing."),) if is_quiet else found.told
        return end if end.kind in {EndKind.DONE, EndKind.FINDINGS} else _with(end, told)
    later = (_("{unsettled} The next command settles it.").format(unsettled=unsettled),) if unsettled else ()
    return _as_unknown(end, found.unknown, (*found.told, *later))


def _tell(tx: Transaction, appeal: AppealRecord) -> list[str]:
    if appeal.state in _OPEN_ENDED:
        was = _("went out") if appeal.released_at else _("was under way")
        return [
            _("{id} {was} and its outcome is not known. {when}").format(
                id=appeal.id, was=was, when=tell_next_step(tx, appeal)
            )
        ]
    if appeal.state in FOLLOWED and appeal.released_at is not None:
        state = in_a_cell(appeal.state, FILING)
        return [
            _("{id} went out: {state}, number {number}").format(id=appeal.id, state=state, number=appeal.number)
            if appeal.number
            else _("{id} went out: {state}").format(id=appeal.id, state=state)
        ]
    return []


def _without_ledger(order: VisitOrder, end: VisitEnd, announced: Sequence[str], why: str) -> VisitEnd:
    if not announced:
        return _with(end, (_("The store does not answer: {why}").format(why=why),))
    follow = f"fairreview appeal follow --account {order.account}"
    told = tuple(
        _(
            "{appeal_id} was being sent when the store stopped answering: take its outcome for unknown. "
            "Once the store answers again, `{follow}` settles it."
        ).format(appeal_id=appeal_id, follow=follow)
        for appeal_id in announced
    )
    return _as_unknown(end, tuple(announced), (*told, _("The store does not answer: {why}").format(why=why)))


def _as_unknown(end: VisitEnd, unknown: tuple[str, ...], told: tuple[str, ...]) -> VisitEnd:
    return _with(end, told).model_copy(update={"unknown": tuple(dict.fromkeys(unknown))})


def _with(end: VisitEnd, told: tuple[str, ...]) -> VisitEnd:
    return end.model_copy(update={"problems": tuple(dict.fromkeys((*told, *end.problems)))})

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
from monitor.errors import StorageError
from monitor.state import State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.states import AnswerState
from monitor.visit_protocol import GESTURE, EndKind, Progress, VisitEnd, VisitKind, VisitOrder

_OPEN_ENDED = IN_FLIGHT | {AppealState.UNKNOWN}
_ANSWERS_OPEN_ENDED = frozenset({AnswerState.INTENT, AnswerState.RELEASED, AnswerState.UNKNOWN})
_SENDS = frozenset({VisitKind.SUBMIT, VisitKind.ANSWER, VisitKind.DUE})


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
    for appeal in tx.appeals.of_account(visit.account_id):
        question = tx.questions.open_of(appeal.id)
        if appeal.fence == visit.fence:
            told += _tell(tx, appeal)
            unknown += [appeal.id] if appeal.state in _OPEN_ENDED else []
        if question is not None and question.fence == visit.fence and question.state in _ANSWERS_OPEN_ENDED:
            told.append(f"{appeal.id}: the outcome of its answer is not known. {tell_answer_step(question)}")
            unknown.append(appeal.id)
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
        told = ("This visit sent nothing.",) if is_quiet else found.told
        return end if end.kind in {EndKind.DONE, EndKind.FINDINGS} else _with(end, told)
    later = (f"{unsettled} The next command settles it.",) if unsettled else ()
    return _as_unknown(end, found.unknown, (*found.told, *later))


def _tell(tx: Transaction, appeal: AppealRecord) -> list[str]:
    if appeal.state in _OPEN_ENDED:
        was = "went out" if appeal.released_at else "was under way"
        return [f"{appeal.id} {was} and its outcome is not known. {tell_next_step(tx, appeal)}"]
    if appeal.state in FOLLOWED and appeal.released_at is not None:
        return [f"{appeal.id} went out: {appeal.state}" + (f", number {appeal.number}" if appeal.number else "")]
    return []


def _without_ledger(order: VisitOrder, end: VisitEnd, announced: Sequence[str], why: str) -> VisitEnd:
    if not announced:
        return _with(end, (f"The store does not answer: {why}",))
    follow = f"fairreview appeal follow --account {order.account}"
    told = tuple(
        f"{appeal_id} was being sent when the store stopped answering: take its outcome for unknown. "
        f"Once the store answers again, `{follow}` settles it."
        for appeal_id in announced
    )
    return _as_unknown(end, tuple(announced), (*told, f"The store does not answer: {why}"))


def _as_unknown(end: VisitEnd, unknown: tuple[str, ...], told: tuple[str, ...]) -> VisitEnd:
    return _with(end, told).model_copy(update={"unknown": tuple(dict.fromkeys(unknown))})


def _with(end: VisitEnd, told: tuple[str, ...]) -> VisitEnd:
    return end.model_copy(update={"problems": tuple(dict.fromkeys((*told, *end.problems)))})

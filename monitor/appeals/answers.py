"""Answers to the site's questions, as guarded as a filing: text and files, human approval by hash, one gesture.

A question has one answer. What becomes of it is seen in the appeal's status: the site that has the answer asks no more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from evidence_store.journal import Actor
from flows.channels import Attachment
from monitor.appeals.conditions import require_same_identity
from monitor.appeals.epochs import why_asked_first
from monitor.appeals.ledger import WaitingRequest
from monitor.appeals.machine import Moderation
from monitor.appeals.steps import StepContext, load, note
from monitor.appeals.terms import ChannelTerms
from monitor.closed_lists.states import AnswerState
from monitor.errors import DeadlinePassed, IllegalTransition, LeaseLost, MustReconcile, NotApproved
from monitor.language import gettext as _
from monitor.state import Lease, State, Transaction
from monitor.state.questions import QuestionRecord
from monitor.state.text import JsonValue, clean_text

_S = AnswerState
_EDITABLE = frozenset({_S.OPEN, _S.DRAFTED, _S.APPROVED})
_IN_FLIGHT = frozenset({_S.INTENT, _S.RELEASED})


@dataclass(frozen=True)
class AnswerIntent:
    """The right to send one answer once, until a moment.

    Attributes:
        number: The site's number of the appeal.
        send_by: Seconds of ``Clock.boottime`` after which it may not be sent any more.
    """

    question_id: str
    number: str
    text: str
    files: tuple[Attachment, ...]
    lease: Lease
    send_by: float


def compute_answer_hash(question: QuestionRecord, text: str, files: Sequence[Attachment]) -> str:
    """Returns the hash an approval of an answer is bound to: the question's words, the text and the files."""
    value = [question.id, question.asked_raw, text, [[file.name, file.sha256, file.media_type] for file in files]]
    return hashlib.sha256(clean_text(json.dumps(value, ensure_ascii=False)).encode()).hexdigest()


_AT_WORK = _("A visit sends it, or died while it did: {follow} settles what a dead one left.")

_STEPS: dict[AnswerState, str] = {
    _S.OPEN: _("`{answer} draft {id} --text 'your answer'` words one."),
    _S.DRAFTED: _("`{answer} show {id}` shows it; `{answer} approve {id} --hash {hash}` approves exactly that."),
    _S.APPROVED: _("`{answer} submit {id}` sends it; `{answer} draft {id} --text 'another answer'` takes it back."),
    _S.INTENT: _AT_WORK,
    _S.RELEASED: _AT_WORK,
    _S.SENT: _("The site has it; {follow} reads what it says."),
    _S.UNKNOWN: (
        _(
            "It is never sent again by itself. {follow} asks the site. If you looked yourself and it is "
            "not there: `{answer} reopen {id} --note 'what you saw'`."
        )
    ),
    _S.OVER: _("The site asks no more."),
}


def tell_answer_step(question: QuestionRecord) -> str:
    """Returns what can be done with an answer from where it stands, as commands. Pure."""
    return _STEPS[question.state].format(
        answer="fairreview appeal answer",
        follow="`fairreview appeal follow`",
        id=question.appeal_id,
        hash=question.answer_hash,
    )


class Answers:
    """Drafts, approves and sends answers.

    Args:
        state: The store.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def draft(self, question_id: str, text: str, files: Sequence[Attachment], *, actor: Actor) -> QuestionRecord:
        """Stores an answer; an earlier approval falls away."""
        with self._state.transaction() as tx:
            question = _require(tx, question_id, _EDITABLE)
            stored: list[JsonValue] = [file.model_dump(mode="json") for file in files]
            digest = compute_answer_hash(question, text, files)
            values = {"answer_text": text, "answer_files": stored, "answer_hash": digest, "approver": ""}
            return _change(tx, question, _S.DRAFTED, StepContext(actor=actor), approved_at=None, **values)

    def approve(self, question_id: str, answer_hash: str, *, actor: Actor) -> QuestionRecord:
        """Stores a human approval of exactly the answer whose hash was shown.

        Raises:
            NotApproved: it is not what was shown, or the actor is no person.
        """
        if actor.kind not in {"operator", "simulated"}:
            raise NotApproved(_("only a person can approve an answer"), where=question_id)
        with self._state.transaction() as tx:
            question = _require(tx, question_id, frozenset({_S.DRAFTED}))
            if compute_answer_hash(question, question.answer_text, _files(question)) != answer_hash:
                raise NotApproved(_("the answer is not what was shown any more"), where=question_id)
            return _change(tx, question, _S.APPROVED, StepContext(actor=actor), approver=actor.id, approved_at=tx.now())

    def take_intent(self, question_id: str, lease: Lease, terms: ChannelTerms) -> AnswerIntent:
        """Turns an approved answer into a durable intent, and stamps its one gesture.

        Raises:
            NotApproved: nobody approved exactly this.
            DeadlinePassed: the site does not wait for the answer any more.
            MustReconcile: the store was restored and the site not asked yet.
            OtherHome: the home is a copy, and nobody has said that it lives on.
        """
        started = self._state.clock.boottime()
        self._state.require_one_life()
        with self._state.transaction(lease) as tx:
            question = _require(tx, question_id, frozenset({_S.APPROVED}))
            appeal = load(tx, question.appeal_id)
            account = tx.accounts.get(appeal.account_id)
            if account is None or account.must_reconcile_since is not None:
                raise MustReconcile(
                    _("{why_asked_first}: nothing is sent before the site was asked").format(
                        why_asked_first=why_asked_first(tx)
                    ),
                    where=appeal.account_id,
                    hint=_("Run `fairreview appeal follow` for this account."),
                )
            require_same_identity(appeal, terms)
            if question.answer_by is not None and question.answer_by <= tx.now():
                raise DeadlinePassed(_("the time for the answer is over"), where=question_id)
            if appeal.moderation != Moderation.NEEDS_INFORMATION or appeal.number is None:
                raise IllegalTransition(_("the site does not ask any more"), where=appeal.id)
            files = _files(question)
            if compute_answer_hash(question, question.answer_text, files) != question.answer_hash:
                raise NotApproved(_("nobody has approved exactly this"), where=question_id)
            deadline = tx.now() + terms.gesture_window
            why = StepContext(fence=lease.fence)
            _change(tx, question, _S.INTENT, why, fence=lease.fence, deadline_at=deadline, gesture_at=tx.now())
            tx.installation.advance()
        self._state.flush_mirror()
        send_by = started + terms.gesture_window.total_seconds()
        return AnswerIntent(question_id, appeal.number, question.answer_text, files, lease, send_by)

    def record_release(self, intent: AnswerIntent, request: WaitingRequest) -> None:
        """Commits RELEASED while the one request waits at the gate; when it raises, the request must not go.

        Raises:
            LeaseLost, DeadlinePassed, IllegalTransition, StorageError: the gate aborts the request.
        """
        now = self._state.clock.boottime()
        if not intent.lease.is_sure(now):
            raise LeaseLost(_("the lease may be over by our own clock"), where=intent.lease.account_id)
        if now >= intent.send_by:
            raise DeadlinePassed(_("the time for sending is over"), where=intent.question_id)
        with self._state.transaction(intent.lease) as tx:
            tx.locks.check(intent.lease, must_be_unexpired=True)
            question = _require(tx, intent.question_id, frozenset({_S.INTENT}))
            why = StepContext(
                fence=intent.lease.fence,
                facts={"url": request.url, "body": request.body_sha256, "transport": request.transport},
            )
            _change(tx, question, _S.RELEASED, why, released_at=tx.now())

    def settle(self, intent: AnswerIntent, *, was_accepted: bool | None, raw_text: str = "") -> QuestionRecord:
        """Stores what the site said.

        Args:
            intent: The intent.
            was_accepted: The site's own word that it has the answer; False: its form refused it before anything was
                let go; None: nothing certain.
            raw_text: The site's words.
        """
        with self._state.transaction(intent.lease) as tx:
            question = _require(tx, intent.question_id, _IN_FLIGHT)
            wanted = _S.UNKNOWN
            if was_accepted and question.state == _S.RELEASED:
                wanted = _S.SENT
            elif was_accepted is False and question.state == _S.INTENT:
                wanted = _S.DRAFTED
            settled = _change(tx, question, wanted, StepContext(fence=intent.lease.fence, raw_text=raw_text))
        self._state.flush_mirror()
        return settled

    def abandon(self, lease: Lease) -> list[QuestionRecord]:
        """Moves what a dead process left in flight to UNKNOWN; the appeal's status tells whether the site has it."""
        with self._state.transaction(lease) as tx:
            left = [
                question
                for appeal in tx.appeals.of_account(lease.account_id, only_open=True)
                if (question := tx.questions.open_of(appeal.id)) is not None and question.state in _IN_FLIGHT
            ]
            why = StepContext(fence=lease.fence, facts={"why": "the process that worked on it is gone"})
            return [_change(tx, question, _S.UNKNOWN, why) for question in left if (question.fence or 0) < lease.fence]

    def reopen(self, question_id: str, *, actor: Actor, note_text: str) -> QuestionRecord:
        """A person's word that the site does not have an answer whose outcome is unknown: it must be approved anew.

        Raises:
            NotApproved: the actor is no person.
        """
        if actor.kind not in {"operator", "simulated"}:
            raise NotApproved(_("only a person can say so"), where=question_id)
        with self._state.transaction() as tx:
            question = _require(tx, question_id, frozenset({_S.UNKNOWN}))
            why = StepContext(actor=actor, facts={"note": note_text})
            reopened = _change(tx, question, _S.DRAFTED, why, approver="", approved_at=None, released_at=None)
        self._state.flush_mirror()
        return reopened


def _require(tx: Transaction, question_id: str, states: frozenset[AnswerState]) -> QuestionRecord:
    question = tx.questions.get(question_id, locks=True)
    if question is None or question.closed_at is not None or question.state not in states:
        found = _("not there") if question is None else question.state
        hint = "" if question is None else tell_answer_step(question)
        raise IllegalTransition(_("the answer is {found}").format(found=found), where=question_id, hint=hint)
    return question


def _change(
    tx: Transaction, question: QuestionRecord, wanted: AnswerState, why: StepContext, **values: object
) -> QuestionRecord:
    if not tx.questions.change(question, state=wanted.value, **values):
        raise IllegalTransition(_("the answer was changed meanwhile"), where=question.id)
    appeal = load(tx, question.appeal_id)
    note(tx, appeal, f"answer.{wanted.value}", why, before=question.state)
    changed = tx.questions.get(question.id)
    assert changed is not None  # noqa: S101 - changed two lines above
    return changed


def _files(question: QuestionRecord) -> tuple[Attachment, ...]:
    stored = question.answer_files if isinstance(question.answer_files, list) else []
    return tuple(Attachment.model_validate(file) for file in stored)

"""The intent ledger: every step towards the one gesture is on disk before the next one is made.

Order: intent (durable, fenced, with a deadline) → form filled, ARMED → gesture stamped → RELEASED, committed while the
one request waits at the gate → settled. A process that dies anywhere leaves a row from which the truth can be told:
no stamp, no gesture; no RELEASED, no request (where the catalog vouches that the gate sees it); else ask the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flows.channels import FilingOrder, FilledForm, Observation, ObservedKind
from monitor.appeals.answer_table import Asked, judge_answer
from monitor.appeals.conditions import (
    find_refusal,
    require_before_deadline,
    require_review_unchanged,
    take_note_of_refusal,
)
from monitor.appeals.crash import CrashHook, no_crash
from monitor.appeals.machine import IN_FLIGHT, AppealState, Taker
from monitor.appeals.payload import order_of
from monitor.appeals.steps import StepContext, load, move, note
from monitor.appeals.terms import ChannelTerms
from monitor.errors import DeadlinePassed, IllegalTransition, LeaseLost
from monitor.language import gettext as _
from monitor.state import Lease, State, Transaction
from monitor.state.appeals import AppealRecord
from monitor.state.text import JsonValue

_LONGEST_HOLD = timedelta(days=1)


class WaitingRequest(Protocol):
    """The submit request that waits at the gate (``flows.gate.SubmitRequest`` is one)."""

    @property
    def method(self) -> str:
        """HTTP method."""

    @property
    def url(self) -> str:
        """Where it goes."""

    @property
    def body_sha256(self) -> str:
        """Digest of its body."""

    @property
    def transport(self) -> str:
        """Who sends it: ``browser`` or ``pinned``."""


@dataclass(frozen=True)
class Intent:
    """The right to make one gesture for one appeal, until a moment.

    Attributes:
        order: What the channel fills in.
        gesture_by: Seconds of ``Clock.boottime`` after which the gesture may not be made any more.
    """

    appeal_id: str
    lease: Lease
    terms: ChannelTerms
    order: FilingOrder
    gesture_by: float


class Ledger:
    """Takes intents and settles them.

    Args:
        state: The store.
        crash_hook: Called at the named crash points; does nothing in the product.
    """

    def __init__(self, state: State, *, crash_hook: CrashHook = no_crash) -> None:
        self._state = state
        self._reach = crash_hook

    def take_intent(self, appeal_id: str, lease: Lease, terms: ChannelTerms) -> Intent:
        """Turns an approval into a durable intent.

        Raises:
            NotApproved: no valid approval for exactly this payload and review version.
            CapReached: cap, pace, cool-down or an unknown outcome forbids it now.
            DeadlinePassed: the site does not take appeals about this review any more.
            MustReconcile: the store was restored and the site not asked yet.
            OtherHome: the home is a copy, and nobody has said that it lives on.
            AppealError: the review is gone (the appeal is closed as moot) or the account is stopped.
            LeaseLost, IllegalTransition, StorageError: nothing was changed.
        """
        started = self._state.clock.boottime()
        self._state.require_one_life()
        self._reach("C0")
        with self._state.transaction(lease) as tx:
            appeal = load(tx, appeal_id)
            refusal = find_refusal(tx, appeal, terms)
            if refusal is None:
                appeal = move(
                    tx,
                    appeal,
                    AppealState.INTENT,
                    Taker.FILING,
                    StepContext(fence=lease.fence),
                    fence=lease.fence,
                    intent_at=tx.now(),
                    deadline_at=tx.now() + terms.gesture_window,
                )
                tx.installation.advance()
            else:
                take_note_of_refusal(tx, appeal, refusal)
            order = order_of(tx, appeal)
            self._reach("C1")
        if refusal is not None:
            raise refusal
        self._reach("C2")
        self._state.flush_mirror()
        return Intent(appeal_id, lease, terms, order, started + terms.gesture_window.total_seconds())

    def arm(self, intent: Intent, form: FilledForm, *, picture: str | None) -> None:
        """Notes that the form is filled and was read back right; its picture is on disk already.

        Args:
            intent: The intent.
            form: What the form showed when read back.
            picture: Digest of the sealed picture.
        """
        facts: dict[str, JsonValue] = {
            "url": form.url,
            "reason": form.reason_label,
            "attachments": list(form.attachment_names),
        }
        artifacts = (picture,) if picture else ()
        with self._state.transaction(intent.lease) as tx:
            appeal = self._own(tx, intent)
            why = StepContext(fence=intent.lease.fence, facts=facts, artifacts=artifacts)
            move(tx, appeal, AppealState.ARMED, Taker.FILING, why)

    def stamp_gesture(self, intent: Intent) -> None:
        """The last look before the click: lease, deadline, review and state; then stamps the gesture, durably.

        Raises:
            LeaseLost, DeadlinePassed, AppealError: do not click.
        """
        self._state.flush_mirror()
        self._require_time(intent)
        with self._state.transaction(intent.lease) as tx:
            tx.locks.check(intent.lease, must_be_unexpired=True)
            appeal = self._own(tx, intent)
            require_before_deadline(tx, appeal)
            require_review_unchanged(tx, appeal)
            if appeal.state != AppealState.ARMED or not tx.appeals.stamp_gesture(appeal):
                raise IllegalTransition(_("the gesture of this generation was made before"), where=appeal.id)
            note(tx, appeal, "appeal.gesture", StepContext(fence=intent.lease.fence))
        self._require_time(intent)
        self._reach("C5")

    def record_release(self, intent: Intent, request: WaitingRequest) -> None:
        """Commits RELEASED while the one submit request waits at the gate. When it raises, the request must not go.

        Raises:
            LeaseLost, DeadlinePassed, IllegalTransition, StorageError: the gate aborts the request.
        """
        self._require_time(intent)
        facts: dict[str, JsonValue] = {
            "method": request.method,
            "url": request.url,
            "body": request.body_sha256,
            "transport": request.transport,
        }
        with self._state.transaction(intent.lease) as tx:
            tx.locks.check(intent.lease, must_be_unexpired=True)
            appeal = self._own(tx, intent)
            require_before_deadline(tx, appeal)
            why = StepContext(fence=intent.lease.fence, facts=facts)
            move(tx, appeal, AppealState.RELEASED, Taker.FILING, why, released_at=tx.now())
        self._reach("C6")

    def settle(self, intent: Intent, seen: Observation | None, *, picture: str | None = None) -> AppealRecord:
        """Stores what the site said, as far as it proves anything; everything else becomes UNKNOWN.

        Args:
            intent: The intent.
            seen: The site's answer; None when there was none.
            picture: Digest of the sealed picture of the answer.
        """
        with self._state.transaction(intent.lease) as tx:
            appeal = self._own(tx, intent)
            wanted = judge_answer(_asked(appeal, intent.terms), seen)
            facts = _facts_of(seen)
            why = StepContext(
                fence=intent.lease.fence,
                raw_text="" if seen is None else seen.raw_text,
                facts=facts,
                artifacts=(picture,) if picture else (),
            )
            number = None if seen is None else seen.number
            is_over = wanted is AppealState.REJECTED_BY_FORM and not (appeal.released_at and intent.terms.has_list)
            settled = move(
                tx,
                appeal,
                wanted,
                Taker.FILING,
                why,
                number=number,
                settled_at=tx.now(),
                closed_at=tx.now() if is_over else None,
                closed_why="refused by the form" if is_over else "",
            )
            if seen is not None and seen.kind is ObservedKind.WALL:
                until = _held_until(tx.now(), seen.retry_after)
                tx.accounts.stop(appeal.account_id, "the site asked for a person when the form was sent", until=until)
        self._reach("C10")
        self._state.flush_mirror()
        return settled

    def give_back(self, intent: Intent, why: str) -> AppealRecord:
        """Returns an attempt that ended before any gesture; after too many of them a person must look.

        The one who gives it back lives, and saw the closed gate stop everything that could have changed something: no
        word of the catalog is needed for that. Where a gesture was stamped, it becomes UNKNOWN instead.
        """
        with self._state.transaction(intent.lease) as tx:
            appeal = self._own(tx, intent)
            wanted = _after_no_gesture(appeal, intent.terms)
            facts = StepContext(fence=intent.lease.fence, facts={"why": why})
            moved = move(tx, appeal, wanted, Taker.FILING, facts, returns=appeal.returns + 1)
        self._state.flush_mirror()
        return moved

    def stop_before(self, intent: Intent, wanted: AppealState, why: str, *, picture: str | None = None) -> AppealRecord:
        """Ends an attempt before any gesture for a reason that repeating will not change.

        Args:
            intent: The intent.
            wanted: ``NEEDS_HUMAN`` (the form is not as described) or ``ALREADY_REPORTED`` (the site says so).
            why: In words.
            picture: Digest of the sealed picture of the page.
        """
        artifacts = (picture,) if picture else ()
        with self._state.transaction(intent.lease) as tx:
            appeal = self._own(tx, intent)
            facts = StepContext(fence=intent.lease.fence, facts={"why": why}, artifacts=artifacts)
            moved = move(tx, appeal, wanted, Taker.FILING, facts, settled_at=tx.now())
        self._state.flush_mirror()
        return moved

    def abandon(self, lease: Lease, why: str) -> list[AppealRecord]:
        """Moves what a dead or fenced-off process left in flight to UNKNOWN. Never sends anything again.

        Call it first thing under every new lease, and from the parent after it saw the visit's processes die.
        """
        with self._state.transaction(lease) as tx:
            left = tx.appeals.of_account(lease.account_id, states=[state.value for state in IN_FLIGHT])
            moved = [
                move(tx, appeal, AppealState.UNKNOWN, Taker.FILING, _abandoned(appeal, lease, why))
                for appeal in left
                if appeal.fence is None or appeal.fence < lease.fence
            ]
        if moved:
            self._state.flush_mirror()
        return moved

    def _own(self, tx: Transaction, intent: Intent) -> AppealRecord:
        appeal = load(tx, intent.appeal_id)
        if appeal.fence != intent.lease.fence:
            raise LeaseLost(_("another worker has this appeal now"), where=appeal.id)
        return appeal

    def _require_time(self, intent: Intent) -> None:
        now = self._state.clock.boottime()
        if not intent.lease.is_sure(now):
            raise LeaseLost(_("the lease may be over by our own clock"), where=intent.lease.account_id)
        if now >= intent.gesture_by:
            raise DeadlinePassed(_("the time for the gesture is over"), where=intent.appeal_id)


def _asked(appeal: AppealRecord, terms: ChannelTerms) -> Asked:
    was_released = appeal.released_at is not None
    return Asked(was_released=was_released, has_list=terms.has_list, is_vouched=terms.submits_by_visible_request)


def _held_until(now: datetime, retry_after: float | None) -> datetime | None:
    """A wait of years is not obeyed for ever: a person looks after a day."""
    return None if retry_after is None else now + min(timedelta(seconds=retry_after), _LONGEST_HOLD)


def _abandoned(appeal: AppealRecord, lease: Lease, why: str) -> StepContext:
    return StepContext(fence=lease.fence, facts={"why": why, "was": appeal.state})


def _after_no_gesture(appeal: AppealRecord, terms: ChannelTerms) -> AppealState:
    if appeal.gesture_at is not None:
        return AppealState.UNKNOWN
    return AppealState.NEEDS_HUMAN if appeal.returns >= terms.max_returns else AppealState.APPROVED


def _facts_of(seen: Observation | None) -> dict[str, JsonValue]:
    if seen is None:
        return {"answer": "none"}
    return {
        "answer": seen.kind.value,
        "number": seen.number,
        "status": seen.status_code,
        "released": seen.released,
        "blocked": seen.blocked,
        "stopped": list(seen.stopped),
        "passed": list(seen.passed),
        "url": seen.url,
    }

"""Takes the slots that are due for an account and writes down what became of each: the stored half of the schedule.

The stored moment rules, not a process's memory. Each slot runs at most once, whoever looks; every slot has a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from monitor.closed_lists.states import SlotState
from monitor.config.sections import AccountSection
from monitor.engine.context import EngineContext
from monitor.schedule import Timing, Turn, clamp_due, take_turn
from monitor.state import Transaction
from monitor.state.repository import new_id
from monitor.state.schedule import DueTime
from monitor.visit_protocol import EndKind, TaskKind, VisitEnd
from monitor.watching.due import find_work, is_account_free
from monitor.watching.roster import bring_up_to_date
from monitor.watching.timings import timings_of

NOT_RUNNING = "not running at that time"
STILL_BUSY = "the visit before was still under way"
CLOSED = "the hours were over; caught up with at their next opening"
KEPT_IN_ANY_CASE = 5_000
"""So many newest rows of an account outlive ``[windows] keep_slots``: a clock that is years ahead must not take all."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Taken:
    """The slots that one visit runs for."""

    account: AccountSection
    visit_id: str
    slots: Mapping[TaskKind, datetime]


@dataclass
class SlotBook:
    """The due times and slots of one installation's accounts."""

    installation: EngineContext
    _busy: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    _looked_at: datetime = _NEVER
    _tidied: dict[str, date] = field(default_factory=dict)

    def enrol(self, account: AccountSection) -> None:
        """Brings stored due times in line with the settings; what ran when the last watcher died is noted."""
        timings = timings_of(self.installation.settings, account)
        with self.installation.state.transaction() as tx:
            bring_up_to_date(tx, account, self.installation.site_of(account), file=self.installation.home.config)
            tx.schedule.interrupt_slots(account.name)
            known = {due.kind: due for due in tx.schedule.take(account.name)}
            for task, timing in timings.items():
                due_at = first_due(known.get(task), timing, tx.now())
                tx.schedule.set_due(account.name, task, due_at, rule=str(timing))

    def due(self, accounts: Sequence[AccountSection]) -> list[AccountSection]:
        """Returns the accounts for which something is due, the longest overdue first.

        All of them when the wall clock has gone back: their due times may then lie too far away.
        """
        with self.installation.state.read() as tx:
            now = tx.now()
            oldest: dict[str, datetime] = {}
            for one in tx.schedule.all():
                oldest.setdefault(one.account_id, one.next_at)
        went_back, self._looked_at = now < self._looked_at, now
        awake = [account for account in accounts if not account.paused]
        found = [account for account in awake if went_back or oldest.get(account.name, now) <= now]
        return sorted(found, key=lambda account: oldest.get(account.name, now))

    def take(self, account: AccountSection) -> Taken | None:
        """Claims what is due for an account now; None when nothing is to be run."""
        if account.paused:
            return None
        timings = timings_of(self.installation.settings, account)
        taken: dict[TaskKind, datetime] = {}
        visit_id = new_id("visit")
        with self.installation.state.transaction() as tx:
            reasons = _reasons_against(tx, account.name)
            known = {due.kind: due for due in tx.schedule.take(account.name)}
            for task, timing in timings.items():
                due = known.get(task)
                turn = self._turn(tx, due, timing) if due is not None else None
                if turn is None or turn.slot_at is None:
                    continue
                if task in reasons:
                    tx.schedule.skip_slots(account.name, task, {turn.slot_at: reasons[task]})
                    continue
                taken[task] = _claim(tx, account.name, task, turn, visit_id)
        return Taken(account, visit_id, taken) if taken else None

    def finish(self, taken: Taken, end: VisitEnd | None) -> None:
        """Notes how a visit ended; None when it could not be started."""
        state = SlotState.SKIPPED if end is not None and end.kind is EndKind.BUSY else SlotState.RAN
        reason = "could not be started" if end is None else ""
        if end is not None and end.kind is not EndKind.DONE:
            reason = f"{end.kind.value}: {self.installation.redactor.redact(end.message)}"[:300]
        with self.installation.state.transaction() as tx:
            for task, slot_at in taken.slots.items():
                tx.schedule.finish_slot(taken.account.name, task, slot_at, state=state, reason=reason)
            self._busy[taken.account.name] = (min(taken.slots.values()), tx.now())

    def forget_old(self, account: AccountSection) -> None:
        """Deletes rows of slots that nobody asks for any more; once a day is enough."""
        kept_for = self.installation.settings.windows.keep_slots
        with self.installation.state.transaction() as tx:
            today = tx.now().date()
            if self._tidied.get(account.name) != today:
                tx.schedule.forget_slots(account.name, before=tx.now() - kept_for, keep=KEPT_IN_ANY_CASE)
                self._tidied[account.name] = today

    def next_due(self, names: frozenset[str]) -> datetime | None:
        """Returns the nearest due time of these accounts."""
        tasks = frozenset(TaskKind)
        with self.installation.state.read() as tx:
            due = [one.next_at for one in tx.schedule.all() if one.account_id in names and one.kind in tasks]
        return min(due, default=None)

    def _turn(self, tx: Transaction, due: DueTime, timing: Timing) -> Turn | None:
        """Takes the task's turn, moves its due time on, and writes down what was missed."""
        turn = take_turn(due.next_at, timing, now=tx.now())
        if turn is None:
            near = clamp_due(due.next_at, timing, now=tx.now())
            if near != due.next_at:
                tx.schedule.set_due(due.account_id, due.kind, near, rule=str(timing))
            return None
        if turn.stretch is not None:
            tx.schedule.skip_stretch(due.account_id, due.kind, turn.stretch, NOT_RUNNING)
        reasons = {slot: self._why_missed(due, slot) for slot in turn.missed}
        if turn.slot_at is None:
            reasons[turn.missed[-1]] = CLOSED
        tx.schedule.skip_slots(due.account_id, due.kind, reasons)
        tx.schedule.set_due(due.account_id, due.kind, turn.next_at, rule=str(timing))
        return turn

    def _why_missed(self, due: DueTime, slot: datetime) -> str:
        begun, ended = self._busy.get(due.account_id, (slot, slot))
        return STILL_BUSY if begun < slot < ended else NOT_RUNNING


def first_due(known: DueTime | None, timing: Timing, now: datetime) -> datetime:
    """Returns when a task is due as things stand: at once for a new one.

    A stored moment stays, unless the rule was changed since: then the new rule names it.
    """
    if known is None:
        return timing.hours.next_open(now, timing.zone)
    if known.rule == str(timing) or known.next_at <= now:
        return clamp_due(known.next_at, timing, now=now)
    return timing.slot_after(now)


def _reasons_against(tx: Transaction, account_id: str) -> dict[TaskKind, str]:
    """Says which tasks are not worth a visit now, and why."""
    record = tx.accounts.get(account_id)
    if record is not None and not is_account_free(record, tx.now()):
        return dict.fromkeys(TaskKind, f"the account is stopped: {record.stopped_why}"[:300])
    work = find_work(tx, account_id)
    reasons = {}
    if not work.is_approved:
        reasons[TaskKind.SUBMIT] = "nothing is approved"
    if not work.is_open:
        reasons[TaskKind.FOLLOW] = "nothing to follow"
    return reasons


def _claim(tx: Transaction, account_id: str, task: TaskKind, turn: Turn, visit_id: str) -> datetime:
    """Claims the turn's slot; one that ran before (the clock was set back) gives way to a slot of its own, now."""
    assert turn.slot_at is not None  # noqa: S101 - the caller looked
    is_late = bool(turn.missed) or turn.stretch is not None
    if tx.schedule.claim_slot(account_id, task, turn.slot_at, visit_id=visit_id, is_catch_up=is_late):
        return turn.slot_at
    tx.schedule.claim_slot(account_id, task, tx.now(), visit_id=visit_id, is_catch_up=True)
    return tx.now()

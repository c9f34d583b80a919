"""Due times and slots: when something is next to be done, and what became of each slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update

from monitor.closed_lists.states import SlotState
from monitor.state.repository import Repository, member
from monitor.state.tables import due_times, slots
from monitor.visit_protocol import TaskKind


@dataclass(frozen=True)
class DueTime:
    """When one kind of task is next due for an account, or for one subject of it."""

    account_id: str
    kind: TaskKind
    subject: str
    next_at: datetime
    rule: str
    changed_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", member(TaskKind, self.kind))


@dataclass(frozen=True)
class SlotRecord:
    """One slot: ``running``, ``ran``, ``interrupted``, or ``skipped`` with the reason.

    Attributes:
        until_at: Set where the row stands for all slots from ``slot_at`` up to this moment.
    """

    account_id: str
    kind: TaskKind
    subject: str
    slot_at: datetime
    state: SlotState
    reason: str
    visit_id: str | None
    changed_at: datetime
    is_catch_up: bool
    started_at: datetime | None
    until_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", member(TaskKind, self.kind))
        object.__setattr__(self, "state", member(SlotState, self.state))


class Schedule(Repository):
    """Stored due times and the record of slots."""

    def set_due(self, account_id: str, kind: TaskKind, next_at: datetime, *, subject: str = "", rule: str = "") -> None:
        """Stores when the task is next due."""
        values = {"next_at": next_at, "rule": rule, "changed_at": self._now()}
        statement = self._insert(due_times).values(account_id=account_id, kind=kind, subject=subject, **values)
        statement = statement.on_conflict_do_update(index_elements=["account_id", "kind", "subject"], set_=values)
        self._connection.execute(statement)

    def all(self, account_id: str | None = None) -> list[DueTime]:
        """Returns all due times, the nearest first."""
        statement = select(due_times)
        if account_id is not None:
            statement = statement.where(due_times.c.account_id == account_id)
        return self._all(DueTime, statement.order_by(due_times.c.next_at, due_times.c.account_id, due_times.c.kind))

    def take(self, account_id: str) -> list[DueTime]:
        """Returns an account's due times and keeps others from taking them until this transaction is over."""
        statement = select(due_times).where(due_times.c.account_id == account_id).with_for_update()
        return self._all(DueTime, statement.order_by(due_times.c.next_at, due_times.c.kind))

    def make_all_due(self, account_id: str) -> None:
        """Makes everything of an account due now: a visit was lost on the way, or the account has a new home."""
        statement = update(due_times).where(due_times.c.account_id == account_id, due_times.c.next_at > self._now())
        self._connection.execute(statement.values(next_at=self._now()))

    def claim_slot(
        self,
        account_id: str,
        kind: TaskKind,
        slot_at: datetime,
        *,
        subject: str = "",
        visit_id: str | None = None,
        is_catch_up: bool = False,
    ) -> bool:
        """Claims a slot to run in; false when it ran before: each slot runs at most once.

        A slot that was only skipped (a clock that was wrong for a while names slots long before their time) may run.
        """
        now = self._now()
        values = {
            "state": SlotState.RUNNING,
            "reason": "",
            "visit_id": visit_id,
            "changed_at": now,
            "is_catch_up": is_catch_up,
            "started_at": now,
            "until_at": None,
        }
        statement = self._insert(slots).values(
            account_id=account_id, kind=kind, subject=subject, slot_at=slot_at, **values
        )
        statement = statement.on_conflict_do_update(
            index_elements=["account_id", "kind", "subject", "slot_at"],
            set_=values,
            where=slots.c.state == SlotState.SKIPPED,
        )
        return self._changed(statement) > 0

    def finish_slot(
        self,
        account_id: str,
        kind: TaskKind,
        slot_at: datetime,
        *,
        subject: str = "",
        state: SlotState = SlotState.RAN,
        reason: str = "",
    ) -> None:
        """Notes that the slot's run is over, and how it went where that is not obvious."""
        statement = update(slots).where(
            slots.c.account_id == account_id,
            slots.c.kind == kind,
            slots.c.subject == subject,
            slots.c.slot_at == slot_at,
        )
        self._connection.execute(statement.values(state=state, reason=reason, changed_at=self._now()))

    def skip_slots(
        self,
        account_id: str,
        kind: TaskKind,
        skipped: Mapping[datetime, str],
        *,
        subject: str = "",
    ) -> None:
        """Notes that nothing runs in these slots (slot to reason); a slot that has a row keeps it."""
        if skipped:
            self._skip(account_id, kind, subject, skipped)

    def skip_stretch(
        self, account_id: str, kind: TaskKind, stretch: tuple[datetime, datetime], reason: str, *, subject: str = ""
    ) -> None:
        """Notes with one row that nothing ran in all slots from a first one up to a moment."""
        begin, until = stretch
        for start in (begin, begin + timedelta(microseconds=1)):
            self._skip(account_id, kind, subject, {start: reason}, until)
            # Where that row was there already: a stretch grows, and a slot of its own has the stretch right behind it.
            longer = update(slots).where(
                slots.c.account_id == account_id,
                slots.c.kind == kind,
                slots.c.subject == subject,
                slots.c.slot_at == start,
                slots.c.until_at.is_not(None),
            )
            if (
                self._changed(longer.values(until_at=case((slots.c.until_at > until, slots.c.until_at), else_=until)))
                > 0
            ):
                return

    def _skip(
        self,
        account_id: str,
        kind: TaskKind,
        subject: str,
        skipped: Mapping[datetime, str],
        until: datetime | None = None,
    ) -> None:
        common: dict[str, object] = {
            "account_id": account_id,
            "kind": kind,
            "subject": subject,
            "state": SlotState.SKIPPED,
        }
        common |= {"changed_at": self._now(), "is_catch_up": False, "until_at": until}
        rows = [{**common, "slot_at": slot_at, "reason": reason} for slot_at, reason in skipped.items()]
        self._connection.execute(self._insert(slots).on_conflict_do_nothing(), rows)

    def interrupt_slots(self, account_id: str) -> int:
        """Notes that whoever ran the account's slots died with them; returns how many there were."""
        statement = update(slots).where(slots.c.account_id == account_id, slots.c.state == SlotState.RUNNING)
        values = {
            "state": SlotState.INTERRUPTED,
            "reason": "the watcher ended in the middle of it",
            "changed_at": self._now(),
        }
        return self._changed(statement.values(**values))

    def slots(self, account_id: str, *, limit: int = 50) -> list[SlotRecord]:
        """Returns the account's newest slots."""
        statement = select(slots).where(slots.c.account_id == account_id)
        return self._all(SlotRecord, statement.order_by(slots.c.slot_at.desc(), slots.c.kind).limit(limit))

    def forget_slots(self, account_id: str, *, before: datetime, keep: int) -> int:
        """Deletes an account's slots from before a moment; returns how many there were.

        Args:
            account_id: The account.
            before: Only slots from before it go.
            keep: So many of the newest stay in any case: a clock that runs years ahead must not take them all.
        """
        mine = slots.c.account_id == account_id
        newest = select(slots.c.slot_at).where(mine).order_by(slots.c.slot_at.desc()).limit(1).offset(keep)
        statement = delete(slots).where(mine, slots.c.slot_at < before, slots.c.slot_at <= newest.scalar_subquery())
        return self._changed(statement)

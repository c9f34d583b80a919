"""Due times and slots: when something is next to be done, and what became of each slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.state.repository import Repository
from monitor.state.tables import due_times, slots


@dataclass(frozen=True)
class DueTime:
    """When one kind of task is next due for an account, or for one subject of it."""

    account_id: str
    kind: str
    subject: str
    next_at: datetime
    rule: str
    changed_at: datetime


@dataclass(frozen=True)
class SlotRecord:
    """One slot: ``running``, ``ran`` or ``skipped`` with the reason."""

    account_id: str
    kind: str
    subject: str
    slot_at: datetime
    state: str
    reason: str
    visit_id: str | None
    changed_at: datetime
    is_catch_up: bool


class Schedule(Repository):
    """Stored due times and the record of slots."""

    def set_due(self, account_id: str, kind: str, next_at: datetime, *, subject: str = "", rule: str = "") -> None:
        """Stores when the task is next due."""
        values = {"next_at": next_at, "rule": rule, "changed_at": self._now()}
        statement = self._insert(due_times).values(account_id=account_id, kind=kind, subject=subject, **values)
        statement = statement.on_conflict_do_update(index_elements=["account_id", "kind", "subject"], set_=values)
        self._connection.execute(statement)

    def due(self, now: datetime, *, account_id: str | None = None) -> list[DueTime]:
        """Returns what is due at a moment, the longest overdue first."""
        statement = select(due_times).where(due_times.c.next_at <= now)
        if account_id is not None:
            statement = statement.where(due_times.c.account_id == account_id)
        return self._all(DueTime, statement.order_by(due_times.c.next_at, due_times.c.account_id, due_times.c.kind))

    def all(self, account_id: str | None = None) -> list[DueTime]:
        """Returns all due times, the nearest first."""
        statement = select(due_times)
        if account_id is not None:
            statement = statement.where(due_times.c.account_id == account_id)
        return self._all(DueTime, statement.order_by(due_times.c.next_at))

    def claim_slot(
        self,
        account_id: str,
        kind: str,
        slot_at: datetime,
        *,
        subject: str = "",
        visit_id: str | None = None,
        is_catch_up: bool = False,
    ) -> bool:
        """Claims a slot to run in; false when it was claimed or skipped before: each slot runs at most once."""
        statement = self._insert(slots).values(
            account_id=account_id,
            kind=kind,
            subject=subject,
            slot_at=slot_at,
            state="running",
            visit_id=visit_id,
            changed_at=self._now(),
            is_catch_up=is_catch_up,
        )
        return self._changed(statement.on_conflict_do_nothing()) > 0

    def finish_slot(self, account_id: str, kind: str, slot_at: datetime, *, subject: str = "") -> None:
        """Notes that the slot's run is over."""
        statement = update(slots).where(
            slots.c.account_id == account_id,
            slots.c.kind == kind,
            slots.c.subject == subject,
            slots.c.slot_at == slot_at,
        )
        self._connection.execute(statement.values(state="ran", changed_at=self._now()))

    def skip_slot(self, account_id: str, kind: str, slot_at: datetime, *, reason: str, subject: str = "") -> bool:
        """Notes that nothing runs in this slot and why; a slot that has a row keeps it."""
        statement = self._insert(slots).values(
            account_id=account_id,
            kind=kind,
            subject=subject,
            slot_at=slot_at,
            state="skipped",
            reason=reason,
            changed_at=self._now(),
            is_catch_up=False,
        )
        return self._changed(statement.on_conflict_do_nothing()) > 0

    def slots(self, account_id: str, *, limit: int = 50) -> list[SlotRecord]:
        """Returns the account's newest slots."""
        statement = select(slots).where(slots.c.account_id == account_id)
        return self._all(SlotRecord, statement.order_by(slots.c.slot_at.desc(), slots.c.kind).limit(limit))

"""The outbox: what people are to be told, stored in the transaction of the event and sent later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.state.repository import Repository
from monitor.state.tables import outbox
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class OutboxRecord:
    """One message: ``pending``, ``sent`` or ``dead`` (given up after too many attempts)."""

    id: int
    account_id: str
    event: str
    dedup_key: str
    payload: JsonValue
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    last_error: str


class Outbox(Repository):
    """Puts, finds and ticks off messages."""

    def put(self, account_id: str, event: str, payload: Mapping[str, JsonValue], *, dedup_key: str) -> bool:
        """Stores a message; false when one of this key is stored already (an event is told once)."""
        now = self._now()
        statement = self._insert(outbox).values(
            account_id=account_id,
            event=event,
            dedup_key=dedup_key,
            payload=dict(payload),
            created_at=now,
            next_attempt_at=now,
        )
        return self._changed(statement.on_conflict_do_nothing()) > 0

    def pending(self, now: datetime, *, limit: int = 50) -> list[OutboxRecord]:
        """Returns messages whose time has come, oldest first."""
        statement = select(outbox).where(outbox.c.state == "pending", outbox.c.next_attempt_at <= now)
        return self._all(OutboxRecord, statement.order_by(outbox.c.id).limit(limit))

    def mark_sent(self, message_id: int) -> None:
        """Ticks a message off."""
        self._set(message_id, state="sent", sent_at=self._now())

    def mark_failed(self, message: OutboxRecord, error: str, *, next_attempt_at: datetime | None) -> None:
        """Notes a failed attempt; without a next one the message is given up."""
        state = "dead" if next_attempt_at is None else "pending"
        self._set(
            message.id,
            state=state,
            attempts=message.attempts + 1,
            last_error=error,
            next_attempt_at=next_attempt_at or message.next_attempt_at,
        )

    def all(self, account_id: str) -> list[OutboxRecord]:
        """Returns all messages of an account in order."""
        return self._all(OutboxRecord, select(outbox).where(outbox.c.account_id == account_id).order_by(outbox.c.id))

    def _set(self, message_id: int, **values: datetime | str | int) -> None:
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(**values))

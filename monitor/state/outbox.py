"""The outbox: what people are to be told, stored in the transaction of the event and sent later, channel by channel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from monitor.closed_lists.states import DeliveryState, MessageState
from monitor.state.repository import Repository, member
from monitor.state.tables import deliveries, outbox
from monitor.state.text import JsonValue


@dataclass(frozen=True)
class OutboxRecord:
    """One message: ``pending``, then ``given`` to channels, or ``muted`` when nobody is to hear it."""

    id: int
    account_id: str
    event: str
    dedup_key: str
    payload: JsonValue
    state: MessageState
    created_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", member(MessageState, self.state))


@dataclass(frozen=True)
class DeliveryRecord:
    """One message on its way through one channel: ``pending``, ``sent`` or ``dead`` (given up)."""

    message_id: int
    channel: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime
    sent_at: datetime | None
    last_error: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", member(DeliveryState, self.state))


class Outbox(Repository):
    """Puts messages, hands them to channels, and keeps what became of each."""

    def put(self, account_id: str, event: str, payload: Mapping[str, JsonValue], *, dedup_key: str) -> bool:
        """Stores a message; false when one of this key is stored already (an event is told once)."""
        statement = self._insert(outbox).values(
            account_id=account_id, event=event, dedup_key=dedup_key, payload=dict(payload), created_at=self._now()
        )
        return self._changed(statement.on_conflict_do_nothing()) > 0

    def pending(self, accounts: Collection[str], *, limit: int = 200) -> list[OutboxRecord]:
        """Returns messages of these accounts that no channel was given yet, oldest first."""
        statement = select(outbox).where(outbox.c.state == MessageState.PENDING, outbox.c.account_id.in_(accounts))
        return self._all(OutboxRecord, statement.order_by(outbox.c.id).limit(limit))

    def give(self, message_id: int, channels: Iterable[tuple[str, datetime]]) -> None:
        """Hands a message to channels, each with the moment from which on it may be sent; to none mutes it."""
        chosen = list(channels)
        for channel, from_at in chosen:
            statement = self._insert(deliveries).values(message_id=message_id, channel=channel, next_attempt_at=from_at)
            self._connection.execute(statement.on_conflict_do_nothing())
        state = MessageState.GIVEN if chosen else MessageState.MUTED
        self._connection.execute(update(outbox).where(outbox.c.id == message_id).values(state=state))

    def claim(self, accounts: Collection[str], *, busy_until: datetime, limit: int = 200) -> list[DeliveryRecord]:
        """Takes the deliveries whose time has come, so that no other sender does until ``busy_until``."""
        statement = (
            select(deliveries)
            .join(outbox, outbox.c.id == deliveries.c.message_id)
            .where(
                deliveries.c.state == DeliveryState.PENDING,
                deliveries.c.next_attempt_at <= self._now(),
                outbox.c.account_id.in_(accounts),
            )
            .order_by(deliveries.c.channel, deliveries.c.message_id)
            .limit(limit)
            .with_for_update(of=deliveries, skip_locked=True)
        )
        found = self._all(DeliveryRecord, statement)
        for delivery in found:
            self._set(delivery, next_attempt_at=busy_until)
        return found

    def mark_sent(self, delivery: DeliveryRecord) -> None:
        """Ticks a delivery off."""
        self._set(
            delivery, state=DeliveryState.SENT, sent_at=self._now(), attempts=delivery.attempts + 1, last_error=""
        )

    def mark_failed(self, delivery: DeliveryRecord, error: str, *, next_attempt_at: datetime | None) -> None:
        """Notes a failed attempt; without a next one the delivery is given up."""
        self._set(
            delivery,
            state=DeliveryState.DEAD if next_attempt_at is None else DeliveryState.PENDING,
            attempts=delivery.attempts + 1,
            last_error=error,
            next_attempt_at=next_attempt_at or delivery.next_attempt_at,
        )

    def get(self, message_id: int) -> OutboxRecord | None:
        """Returns one message."""
        return self._first(OutboxRecord, select(outbox).where(outbox.c.id == message_id))

    def all(self, account_id: str) -> list[OutboxRecord]:
        """Returns all messages of an account in order."""
        return self._all(OutboxRecord, select(outbox).where(outbox.c.account_id == account_id).order_by(outbox.c.id))

    def deliveries(self, account_id: str, *, limit: int = 100) -> list[DeliveryRecord]:
        """Returns the newest deliveries of an account's messages."""
        statement = select(deliveries).join(outbox, outbox.c.id == deliveries.c.message_id)
        statement = statement.where(outbox.c.account_id == account_id)
        return self._all(
            DeliveryRecord, statement.order_by(deliveries.c.message_id.desc(), deliveries.c.channel).limit(limit)
        )

    def _set(self, delivery: DeliveryRecord, **values: datetime | str | int) -> None:
        statement = update(deliveries).where(
            deliveries.c.message_id == delivery.message_id, deliveries.c.channel == delivery.channel
        )
        self._connection.execute(statement.values(**values))

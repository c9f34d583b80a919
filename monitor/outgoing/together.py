"""What is told together: the steps of one event in one message, and many events in one digest. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.outgoing import message_words as wording
from monitor.state.outbox import DeliveryRecord, OutboxRecord

MOST_AT_ONCE = 5
"""Events of one round that come as messages of their own; more than that become one digest, for a phone's sake."""

Told = tuple[DeliveryRecord, OutboxRecord]


def put_together(found: Sequence[Told], *, wants_digest: bool) -> list[list[list[Told]]]:
    """Sorts what one channel is sent in one round into messages.

    Args:
        found: Deliveries with their messages, oldest first.
        wants_digest: Whether the settings ask for a digest of everything that may wait.

    Returns:
        For each message its events, and for each event what became of it, oldest first: the last one is told, those
        before it are named as superseded.
    """
    events: dict[str, list[Told]] = {}
    alone: list[list[list[Told]]] = []
    for pair in found:
        if wording.MESSAGES[pair[1].event].may_wait:
            events.setdefault(_event_of(pair[1]), []).append(pair)
        else:
            alone.append([[pair]])
    waiting = list(events.values())
    if waiting and (wants_digest or len(waiting) > MOST_AT_ONCE):
        return [waiting, *alone]
    return [*([event] for event in waiting), *alone]


def _event_of(message: OutboxRecord) -> str:
    """Names the event that a message is about: everything about one review of an account is one."""
    review = message.payload.get("review") if isinstance(message.payload, dict) else None
    return f"{message.account_id}/{review}" if review else str(message.id)

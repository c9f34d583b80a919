"""What came of asking support, as the ladder of the law needs it: read from the case's dialogue. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.closed_lists.contact_kinds import Direction, Saying, Turn, Way
from monitor.state.contacts import ContactRecord
from monitor.support.contact_words import SAYINGS, WAYS
from monitor.support.dialogue import Dialogue, Thread
from monitor.support.law.ladder import Asked, Standing


def asked_support(dialogue: Dialogue, *, now: datetime, zone: str) -> Asked:
    """Says how support was asked about a case and how that stands.

    A paper letter is a claim and no question to support; what was struck out counts for nothing. Only a person's word
    makes an answer a refusal or an agreement.

    Args:
        dialogue: The case's dialogue.
        now: Whether a promise is overdue.
        zone: In whose time moments are told.
    """
    threads = [one for one in dialogue.threads if one.contacts[-1].way is not Way.LETTER]
    standings = {_standing(one, now) for one in threads} - {None}
    return Asked(
        standing=next((one for one in Standing if one in standings), None),
        lines=tuple(", ".join(_parts(one, now, ZoneInfo(zone))) for one in threads),
    )


def _standing(thread: Thread, now: datetime) -> Standing | None:
    last = thread.contacts[-1]
    if last.says is Saying.UPHELD:
        return Standing.UPHELD
    if thread.turn is Turn.THEIRS:
        return Standing.OVERDUE if _is_overdue(thread, now) else Standing.WAITS
    if last.says is Saying.REFUSED:
        return Standing.REFUSED
    return Standing.OURS if thread.turn is Turn.OURS else None  # a ticket that went over into a newer one


def _is_overdue(thread: Thread, now: datetime) -> bool:
    return thread.due_at is not None and thread.due_at <= now


def _parts(thread: Thread, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    last = thread.contacts[-1]
    way = WAYS[last.way].word
    yield f"{way} {thread.name}" if thread.name != way else way
    asked = _first(thread, Direction.OUT)
    if asked is not None:
        yield f"спросили {_moment(asked, zone)}"
    answered = _last(thread, Direction.IN)
    if answered is None:
        yield "ответа нет"
    else:
        yield f"последний ответ {_moment(answered, zone)}: {SAYINGS[answered.says].word}"
    if thread.turn is Turn.THEIRS and thread.due_at is not None:
        over = ", срок прошёл" if _is_overdue(thread, now) else ""
        yield f"обещали до {thread.due_at.astimezone(zone):%d.%m.%Y %H:%M}{over}"


def _first(thread: Thread, direction: Direction) -> ContactRecord | None:
    return next((one for one in thread.contacts if one.direction is direction), None)


def _last(thread: Thread, direction: Direction) -> ContactRecord | None:
    return next((one for one in reversed(thread.contacts) if one.direction is direction), None)


def _moment(contact: ContactRecord, zone: ZoneInfo) -> str:
    return f"{contact.happened_at.astimezone(zone):%d.%m.%Y %H:%M}"

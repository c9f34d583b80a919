"""Times that somebody promised, as a calendar file with an alarm, for whatever calendar the seller keeps. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from monitor.state.contacts import ContactRecord
from monitor.support.contact_words import WAYS

_PRODUCT = "-//fairreview//promises//RU"
_LONGEST = 500  # characters of a promise


def promises_file(contacts: Iterable[ContactRecord], *, now: datetime) -> bytes:
    """Writes promised times as an iCalendar file (RFC 5545); importing it twice makes no second entry.

    Args:
        contacts: Those whose time is still to come; others, and those that were struck out, are left out.
        now: The moment of writing.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    for one in to_come(contacts, now=now):
        assert one.due_at is not None  # noqa: S101 - chosen by it
        entry, number = Event(), f", № {one.number}" if one.number else ""
        entry.add("uid", f"{one.id}@fairreview")
        entry.add("dtstamp", now)
        entry.add("dtstart", one.due_at)
        entry.add("dtend", one.due_at + timedelta(minutes=15))
        entry.add("summary", f"Обещанный срок: {WAYS[one.way].word}{number}")
        said = one.promised or "срок, который назвали"
        entry.add("description", f"{said[:_LONGEST]}\nfairreview support show {one.review_id}")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", said[:_LONGEST])
        alarm.add("trigger", timedelta(0))
        entry.add_component(alarm)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def to_come(contacts: Iterable[ContactRecord], *, now: datetime) -> list[ContactRecord]:
    """Returns the contacts whose promised time is still to come, the nearest first."""
    found = [one for one in contacts if one.due_at is not None and one.due_at > now and one.struck_at is None]
    return sorted(found, key=lambda one: (one.due_at or now, one.id))

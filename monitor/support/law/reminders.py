"""A deadline as a calendar file with an alarm, for whatever calendar the seller keeps."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

from monitor.support.law.deadlines import Deadline
from monitor.support.law.rules import EVENTS, LawBook, Rule

_PRODUCT = "-//fairreview//deadlines//RU"


def calendar_file(
    book: LawBook, deadlines: tuple[Deadline, ...], *, now: datetime, alarm_days: tuple[int, ...] = (7, 1)
) -> bytes:
    """Writes last days as an iCalendar file (RFC 5545); importing it twice makes no second entry.

    Args:
        book: The rules that set the terms.
        deadlines: The last days.
        now: The moment of writing.
        alarm_days: How many days before each last day an alarm is set.

    Returns:
        The file.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    for one in deadlines:
        rule, entry = book.rule(one.rule), Event()
        key = f"{one.rule}:{one.event.isoformat()}:{one.last_day.isoformat()}"
        entry.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@fairreview")
        entry.add("dtstamp", now)
        entry.add("dtstart", one.last_day)
        entry.add("dtend", one.last_day + timedelta(days=1))
        entry.add("summary", f"Последний день: {rule.title}")
        entry.add("description", describe(rule, one))
        for days in alarm_days:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"Через {days} дн. последний день: {rule.title}")
            alarm.add("trigger", timedelta(days=-days))
            entry.add_component(alarm)
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def describe(rule: Rule, deadline: Deadline) -> str:
    """Says on what a last day rests, and how surely."""
    told = [rule.content, f"Отсчёт: {EVENTS[deadline.term.counted_from]}, {deadline.event:%d.%m.%Y}."]
    if rule.article:
        told.insert(0, rule.article + ".")
    if deadline.counted != deadline.last_day:
        told.append(f"{deadline.counted:%d.%m.%Y} нерабочий, перенесено.")
    told += [f"{caveat[0].upper()}{caveat[1:]}." for caveat in deadline.caveats]
    return " ".join(told)

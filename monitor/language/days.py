"""Days and moments in words: one function for each reader, and nowhere else.

The site's zone in every word that goes to the site, the installation's zone in what people read, ISO 8601 with its
offset in JSON.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from flows.readings.models import Reading, TimeReading
from monitor.language import gettext

ReadingT = TypeVar("ReadingT", bound=Reading)


def in_site_zone(moment: datetime, zone: str) -> datetime:
    """Returns a moment as the site's calendar has it: its day may be another than in UTC."""
    return moment.astimezone(ZoneInfo(zone))


def reading_in_site_zone(reading: ReadingT, zone: str) -> ReadingT:
    """Returns a reading with all its moments as the site's calendar has them."""
    moved = {}
    for name in type(reading).model_fields:
        value = getattr(reading, name)
        if isinstance(value, TimeReading):
            bounds = {"earliest": value.earliest, "latest": value.latest}
            update = {key: in_site_zone(bound, zone) for key, bound in bounds.items() if bound is not None}
            moved[name] = value.model_copy(update=update)
    return reading.model_copy(update=moved)


def tell_moment(moment: datetime, zone: str) -> str:
    """Says a moment to people, to the minute: «2026-03-31 01:30»."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def tell_second(moment: datetime, zone: str) -> str:
    """Says a moment to people, to the second."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def tell_day(moment: datetime, zone: str) -> str:
    """Says a day to people."""
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def tell_published(earliest: datetime | None, latest: datetime | None, raw: str, zone: str) -> str:
    """Says when a review was published, as exactly as the page did: a minute, a day, or its own words."""
    if earliest is None or latest is None:
        return raw
    if (latest - earliest).total_seconds() < 60:
        return tell_moment(earliest, zone)
    first, last = tell_day(earliest, zone), tell_day(latest, zone)
    return first if first == last else gettext("{first} to {last}").format(first=first, last=last)


def as_iso(moment: datetime, zone: str) -> str:
    """Writes a moment for programs: ISO 8601 with the zone's offset, to the second."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")

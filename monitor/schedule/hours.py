"""Hours of the week in which something may happen, as ``mon-fri 09:00-19:00`` says it. Pure.

Hours are told by the wall clock of a zone: where the zone skips or repeats an hour, the clock on the wall decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.language import gettext

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_TEXT = re.compile(
    rf"(?:(?P<days>(?:{_DAY})(?:-(?:{_DAY}))?(?:,(?:{_DAY})(?:-(?:{_DAY}))?)*) +)?"
    r"(?P<start>[0-2]\d:[0-5]\d) ?- ?(?P<end>[0-2]\d:[0-5]\d)"
)
_DAY_LENGTH = 24 * 60  # minutes
_DAYS_AHEAD = 9  # a weekly opening comes within so many days, a skipped hour included


@dataclass(frozen=True)
class Stretch:
    """One stretch of the week: from a minute of the day to another one, past midnight where the end is not later.

    Attributes:
        days: Weekdays on which it begins, Monday is 0.
        start: Minute of the day at which it begins.
        end: Minute of the day at which it is over; up to 1440.
    """

    days: frozenset[int]
    start: int
    end: int

    def covers(self, weekday: int, minute: int) -> bool:
        """Whether the stretch is open at a minute of a weekday."""
        if self.start < self.end:
            return weekday in self.days and self.start <= minute < self.end
        is_before_midnight = weekday in self.days and minute >= self.start
        return is_before_midnight or ((weekday - 1) % 7 in self.days and minute < self.end)

    def __str__(self) -> str:
        named = "" if len(self.days) == len(_DAYS) else ",".join(_DAYS[day] for day in sorted(self.days)) + " "
        return f"{named}{_told(self.start)}-{_told(self.end)}"


@dataclass(frozen=True)
class Hours:
    """Stretches of the week; none at all means always."""

    stretches: tuple[Stretch, ...] = ()

    def is_open(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether it is open at a moment."""
        if not self.stretches:
            return True
        local = at.astimezone(zone)
        minute = local.hour * 60 + local.minute
        return any(stretch.covers(local.weekday(), minute) for stretch in self.stretches)

    def next_open(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Returns the first moment from ``at`` on at which it is open, in UTC."""
        if self.is_open(at, zone):
            return at.astimezone(UTC)
        return self._next(at, zone, [stretch.start for stretch in self.stretches], wanted=True)

    def next_closed(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """Returns the first moment from ``at`` on at which it is closed, None when it never is."""
        if not self.stretches:
            return None
        if not self.is_open(at, zone):
            return at.astimezone(UTC)
        return self._next(at, zone, [stretch.end for stretch in self.stretches], wanted=False)

    def _next(self, at: datetime, zone: ZoneInfo, minutes: Iterable[int], *, wanted: bool) -> datetime:
        today = at.astimezone(zone).date()
        days = [today + timedelta(days=ahead) for ahead in range(-1, _DAYS_AHEAD)]
        edges = {edge for day in days for minute in minutes for edge in _moments(day, minute, zone)}
        later = sorted(edge for edge in edges if edge > at)
        return next(edge for edge in later if self.is_open(edge, zone) is wanted)

    def __str__(self) -> str:
        return "; ".join(map(str, self.stretches)) or "always"


ALWAYS = Hours()


def parse_hours(texts: Iterable[str]) -> Hours:
    """Reads hours from texts like ``mon-fri 09:00-19:00``, ``sat,sun 10:00-14:00`` or ``22:00-08:00``.

    Raises:
        ValueError: one of them is not of that form, or the hours never open or never close.
    """
    hours = Hours(tuple(_parse(text) for text in texts))
    if hours.stretches:
        week = [(day, minute) for day in range(7) for minute in range(_DAY_LENGTH)]
        if all(any(stretch.covers(*moment) for stretch in hours.stretches) for moment in week):
            raise ValueError(gettext("these hours never close; leave them out"))
    return hours


def _parse(text: str) -> Stretch:
    found = _TEXT.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(gettext('write hours like "mon-fri 09:00-19:00", not "{text}"').format(text=text[:40]))
    start, end = _minute(found["start"]), _minute(found["end"])
    if start in {end, _DAY_LENGTH}:
        raise ValueError(gettext('"{text}" begins and ends at the same time').format(text=text[:40]))
    return Stretch(frozenset(_parse_days(found["days"])), start, end)


def _parse_days(text: str | None) -> Iterable[int]:
    if text is None:
        yield from range(7)
        return
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        yield from (day % 7 for day in range(start, end + 1 if start <= end else end + 8))


def _minute(text: str) -> int:
    minute = int(text[:2]) * 60 + int(text[3:])
    if minute > _DAY_LENGTH:
        raise ValueError(gettext('there is no time of day "{text}"').format(text=text))
    return minute


def _told(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _moments(day: date, minute: int, zone: ZoneInfo) -> Iterable[datetime]:
    """Yields the moments at which a zone's clock shows a minute of a day: two in a repeated hour.

    In a skipped hour, the moment of the skip: the first one at which the clock is past that minute.
    """
    naive = datetime.combine(day, time()) + timedelta(minutes=minute)
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    is_skipped = first.astimezone(zone).replace(tzinfo=None) != naive
    if not is_skipped:
        yield from (first, second)
        return
    low, high = second, first  # the skip lies between: offsets of both sides were applied
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    yield high.replace(microsecond=0)

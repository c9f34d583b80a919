"""Moments as a page shows them: raw text first, then an interval that surely holds the moment, or nothing.

A text is never turned into a false exact time: «12 марта» is a whole day in the site's zone, «3 дня назад» is the whole
range that a site may mean by it (elapsed time, rounded, or calendar days). What is not understood stays UNPARSED.
The words come from the site's catalog, so another language is other data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from flows.catalog.wording import DateWords, TimeUnit
from flows.readings.models import TimeReading
from flows.readings.text import one_line, visible

_TICK = timedelta(microseconds=1)
_MAX_RAW = 200
_FIRST_YEAR, _LAST_YEAR = 1998, 2100
_JUST_NOW = timedelta(hours=1)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_TOKEN = re.compile(rf"{_CLOCK}|[0-9]+|[^\W\d_]+")
_SEPARATORS = " ,.·•"
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9:.]+)(Z|[+-][0-9]{2}:?[0-9]{2})?)?", re.IGNORECASE)
_DOTTED = re.compile(rf"([0-9]{{1,2}})\.([0-9]{{1,2}})\.([0-9]{{4}})(?:,? +(?:[^\W\d_]{{1,2}} )?({_CLOCK}))?")

# Shortest and longest length of each unit: months and years vary, days vary by the hour of daylight saving time.
_UNITS: dict[TimeUnit, tuple[timedelta, timedelta]] = {
    "second": (timedelta(seconds=1), timedelta(seconds=1)),
    "minute": (timedelta(minutes=1), timedelta(minutes=1)),
    "hour": (timedelta(hours=1), timedelta(hours=1)),
    "day": (timedelta(hours=23), timedelta(hours=25)),
    "week": (timedelta(days=7, hours=-1), timedelta(days=7, hours=1)),
    "month": (timedelta(days=28, hours=-1), timedelta(days=31, hours=1)),
    "year": (timedelta(days=365, hours=-1), timedelta(days=366, hours=1)),
}


@dataclass(frozen=True)
class _Seen:
    """When the page was printed, as far as anybody knows."""

    at: datetime
    slack: timedelta

    @property
    def earliest(self) -> datetime:
        return self.at - self.slack

    @property
    def latest(self) -> datetime:
        return self.at + self.slack

    def days(self, zone: ZoneInfo) -> list[date]:
        return [self.earliest.astimezone(zone).date(), self.latest.astimezone(zone).date()]


@dataclass(frozen=True)
class DateReader:
    """Reads the date texts of one site.

    Attributes:
        words: The site's words.
        zone: The zone in which the site prints its dates.
        seen_at: When the page was read; without it only dates with a year are understood.
        slack: How much earlier the page may have been printed (or the site's clock be off, either way).
    """

    words: DateWords
    zone: ZoneInfo
    seen_at: datetime | None
    slack: timedelta = timedelta(minutes=10)

    def read(self, raw: str) -> TimeReading:
        """Reads one date text. Never raises; what is not understood comes back unparsed."""
        shown = raw[:_MAX_RAW]
        text = self._bare(shown)
        seen = _Seen(self.seen_at, self.slack) if self.seen_at else None
        found = self._absolute(text, seen) or (self._named_day(text, seen) if seen else None)
        basis: Literal["date_text", "relative_text"] = "date_text"
        if found is None and seen is not None:
            found, basis = self._relative(text, seen), "relative_text"
        if found is None or (seen and found[0] > seen.latest + timedelta(days=1)):
            return TimeReading(raw=shown)
        return TimeReading(raw=shown, earliest=found[0].astimezone(UTC), latest=found[1].astimezone(UTC), basis=basis)

    def _bare(self, raw: str) -> str:
        text = one_line(visible(raw)).lower()
        for word in self.words.edited:
            if text == word or text.startswith((word + " ", word + ":")):
                return text[len(word) :].lstrip(" :")
            if text.endswith((" " + word, "," + word, "(" + word + ")")):
                return text.removesuffix(")")[: -len(word)].rstrip(" ,(")
        return text

    def is_edited(self, raw: str) -> bool:
        """Whether a date's text says that it is the date of an edit."""
        return self._bare(raw) != one_line(visible(raw)).lower()

    def _absolute(self, text: str, seen: _Seen | None) -> tuple[datetime, datetime] | None:
        if found := _ISO.fullmatch(text):
            return self._iso(text) if found[4] else self._day([int(found[1])], int(found[2]), int(found[3]), None)
        if found := _DOTTED.fullmatch(text):
            return self._day([int(found[3])], int(found[2]), int(found[1]), found[4])
        return self._worded(text, seen)

    def _iso(self, text: str) -> tuple[datetime, datetime] | None:
        try:
            moment = datetime.fromisoformat(text.upper())
        except ValueError:
            return None
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return None
        end = moment + (timedelta(seconds=1) if moment.microsecond == 0 else timedelta(milliseconds=1)) - _TICK
        if moment.tzinfo is None:
            return self._instants(moment, fold=0)[0], self._instants(end, fold=1)[1]
        return moment, end

    def _worded(self, text: str, seen: _Seen | None) -> tuple[datetime, datetime] | None:
        """Reads day, month name, year and time in any order; any further word means that we do not understand."""
        months, numbers, clock = [], [], None
        for token in _tokens(text):
            month = self._month(token)
            if month:
                months.append(month)
            elif ":" in token and clock is None:
                clock = token
            elif token.isdecimal() and token.isascii():
                numbers.append(token)
            elif token not in _bare_words(self.words.noise) and token not in self.words.at:
                return None
        years = [int(number) for number in numbers if len(number) == 4]
        days = [int(number) for number in numbers if len(number) <= 2]
        if len(months) != 1 or len(years) > 1 or len(days) > 1 or len(years) + len(days) != len(numbers):
            return None
        if not days:
            return self._whole_month(years[0], months[0]) if years and clock is None else None
        likely = years or (self._likely_years(months[0], days[0], seen) if seen else [])
        return self._day(likely, months[0], days[0], clock)

    def _month(self, token: str) -> int:
        return next((i for i, forms in enumerate(self.words.months, start=1) if token in forms), 0)

    def _whole_month(self, year: int, month: int) -> tuple[datetime, datetime] | None:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            return None
        following = date(year + month // 12, month % 12 + 1, 1)
        return self._midnight(date(year, month, 1)), self._midnight(following) - _TICK

    def _day(self, years: list[int], month: int, day: int, clock: str | None) -> tuple[datetime, datetime] | None:
        if not years or not all(_FIRST_YEAR <= candidate <= _LAST_YEAR for candidate in years):
            return None
        try:
            return self._span([date(candidate, month, day) for candidate in years], clock)
        except ValueError:
            return None

    def _likely_years(self, month: int, day: int, seen: _Seen) -> list[int]:
        """A date without a year is the last one that is not in the future; near midnight that may be either of two."""
        found = set()
        for today in seen.days(self.zone):
            for year in range(today.year, today.year - 9, -1):
                try:
                    if date(year, month, day) <= today:
                        found.add(year)
                        break
                except ValueError:
                    continue
        return sorted(found)

    def _named_day(self, text: str, seen: _Seen) -> tuple[datetime, datetime] | None:
        for names, back in (
            (self.words.today, 0),
            (self.words.before_yesterday, 2),
            (self.words.yesterday, 1),
        ):
            for name in names:
                rest = text.removeprefix(name)
                if rest == text or (rest and not rest.startswith((" ", ","))):
                    continue
                tokens = [token for token in _tokens(rest) if token not in self.words.at]
                if len(tokens) > 1 or (":" not in tokens[0] if tokens else rest.strip(_SEPARATORS)):
                    return None
                span = self._named_span(back, tokens[0] if tokens else None, seen)
                return span and (span[0], max(span[0], min(span[1], seen.latest)))
        return None

    def _named_span(self, back: int, clock: str | None, seen: _Seen) -> tuple[datetime, datetime] | None:
        try:
            return self._span([day - timedelta(days=back) for day in seen.days(self.zone)], clock)
        except ValueError:
            return None

    def _relative(self, text: str, seen: _Seen) -> tuple[datetime, datetime] | None:
        if text in self.words.just_now:
            return seen.earliest - _JUST_NOW, seen.latest
        tokens = _tokens(text)
        ago = tokens[:1] if self.words.ago_is_prefix else tokens[-1:]
        if len(tokens) < 2 or ago[0] not in self.words.ago:
            return None
        amount = tokens[1:] if self.words.ago_is_prefix else tokens[:-1]
        if span := self.words.spans.get(" ".join(amount)):
            amount = [str(span.number), self.words.units[span.unit][0]]
        number = 1 if len(amount) == 1 else self._number(amount[0])
        unit = next((unit for unit, forms in self.words.units.items() if amount[-1] in forms), None)
        if unit is None or number is None or len(amount) > 2:
            return None
        shortest, longest = _UNITS[unit]
        return seen.earliest - longest * (number + 1), seen.latest - shortest * max(number - 1, 0)

    def _number(self, token: str) -> int | None:
        if token.isascii() and token.isdecimal() and len(token) <= 3:
            return int(token)
        return 1 if token in self.words.one else None

    def _span(self, days: list[date], clock: str | None) -> tuple[datetime, datetime]:
        """Returns the interval of some days, or of a minute (second) on them; a repeated hour counts twice.

        Raises:
            ValueError: there is no such time of day.
        """
        if clock is None:
            return self._midnight(days[0]), self._midnight(days[-1] + timedelta(days=1)) - _TICK
        length = timedelta(seconds=1) if clock.count(":") == 2 else timedelta(minutes=1)
        at = time.fromisoformat(clock.zfill(5) if clock.count(":") == 1 else clock.zfill(8))
        starts = [moment for day in days for moment in self._instants(datetime.combine(day, at), fold=0)]
        return min(starts), max(starts) + length - _TICK

    def _midnight(self, day: date) -> datetime:
        return min(self._instants(datetime.combine(day, time()), fold=0))

    def _instants(self, naive: datetime, *, fold: int) -> tuple[datetime, datetime]:
        """Returns the first and last instant that a wall clock time can mean (they differ in the repeated hour)."""
        both = sorted(naive.replace(tzinfo=self.zone, fold=f).astimezone(UTC) for f in (fold, 1 - fold))
        return both[0], both[1]


def _tokens(text: str) -> list[str]:
    """Splits a text into words, numbers and times; nothing at all where any other sign stands between them."""
    return [] if _TOKEN.sub("", text).strip(_SEPARATORS) else _TOKEN.findall(text)


def _bare_words(words: Iterable[str]) -> set[str]:
    """Returns words as they are compared: «г.» stands in a text as «г», for its dot separates."""
    return {word.strip(_SEPARATORS).lower() for word in words}


def touch(one: TimeReading, other: TimeReading) -> bool:
    """Whether two readings may mean one moment; what was not understood contradicts nothing."""
    if one.earliest is None or one.latest is None or other.earliest is None or other.latest is None:
        return True
    return one.earliest <= other.latest and other.earliest <= one.latest


def read_unix_seconds(value: object) -> TimeReading | None:
    """Reads a time stamp in seconds; None when the site gave none (null), unparsed when it is not one."""
    if value is None or value == "":
        return None
    raw = str(value)[:_MAX_RAW]
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number and not (isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value)):
        return TimeReading(raw=raw)
    seconds = int(raw)
    if not 883_612_800 <= seconds < 4_133_980_800:  # 1998..2100: anything else is not a review's time
        return TimeReading(raw=raw)
    start = datetime.fromtimestamp(seconds, UTC)
    return TimeReading(raw=raw, earliest=start, latest=start + timedelta(seconds=1) - _TICK, basis="unix_seconds")


def read_uuid7_time(review_id: str) -> TimeReading | None:
    """Reads the creation time in a version 7 UUID (its first 48 bits are milliseconds); None for any other id."""
    try:
        parsed = UUID(review_id)
    except ValueError:
        return None
    milliseconds = parsed.int >> 80
    if parsed.version != 7 or not 883_612_800_000 <= milliseconds < 4_133_980_800_000:
        return None
    start = datetime.fromtimestamp(milliseconds // 1000, UTC) + timedelta(milliseconds=milliseconds % 1000)
    return TimeReading(raw=review_id, earliest=start, latest=start + timedelta(milliseconds=1) - _TICK, basis="uuid7")


def read_http_date(value: str) -> datetime | None:
    """Reads a ``Date`` header; None when it is not one."""
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

"""Working days: weekends, the days off of each year as data, and Saturdays that are worked."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from flows.plain_toml import read_toml
from monitor.errors import LawUnknown
from monitor.language import gettext
from monitor.support.law.marks import CAVEATS, Mark
from monitor.support.law.rules import DATA

_MOST_BYTES = 64 * 1024
_SATURDAY = 5


class Year(BaseModel):
    """One year's days off besides weekends, and its Saturdays that are worked.

    Attributes:
        off: ``MM-DD``, or ``MM-DD..MM-DD`` with both ends.
        worked: ``MM-DD``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int = Field(ge=2000, le=2100)
    mark: Mark
    source: str = Field(min_length=1)
    seen_on: date
    off: tuple[str, ...]
    worked: tuple[str, ...] = ()

    @property
    def caveat(self) -> str:
        """What is said beside a day that was counted by it."""
        beside = CAVEATS[self.mark]
        return f"календарь {self.year} года: {beside}" if beside else ""

    def days_off(self) -> frozenset[date]:
        """Returns the days off of the list, day by day.

        Raises:
            ValueError: an entry is no day of this year, or ends before it begins.
        """
        return frozenset(day for entry in self.off for day in self._days(entry))

    def days_worked(self) -> frozenset[date]:
        """Returns the weekend days that are worked."""
        return frozenset(day for entry in self.worked for day in self._days(entry))

    def _days(self, entry: str) -> list[date]:
        first, _, last = entry.partition("..")
        begin, end = (date.fromisoformat(f"{self.year}-{part}") for part in (first, last or first))
        if end < begin:
            raise ValueError(f"{self.year}: {entry} ends before it begins")
        return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


class WorkCalendar:
    """Tells working days in the years it knows, and refuses all others."""

    def __init__(self, years: tuple[Year, ...]) -> None:
        self._years = {one.year: one for one in years}
        self._off = frozenset().union(*(one.days_off() for one in years))
        self._worked = frozenset().union(*(one.days_worked() for one in years))

    def year(self, year: int) -> Year:
        """Returns a year.

        Raises:
            LawUnknown: its calendar is not loaded; whether a day is worked then would be a guess.
        """
        found = self._years.get(year)
        if found is None:
            known = ", ".join(str(one) for one in sorted(self._years))
            raise LawUnknown(
                gettext("the calendar of {year} is not known; it is known for {known}").format(year=year, known=known),
                where=str(year),
                hint=gettext("Count by hand, or update the program when the year's calendar is out."),
            )
        return found

    def is_working(self, day: date) -> bool:
        """Whether a day is worked.

        Raises:
            LawUnknown: its year is not loaded.
        """
        self.year(day.year)
        return day in self._worked or (day.weekday() < _SATURDAY and day not in self._off)

    def next_working(self, day: date) -> date:
        """Returns the day itself where it is worked, else the next that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day


def read_calendar(path: Path) -> WorkCalendar:
    """Reads a file of years.

    Raises:
        ValueError: it is not plain TOML or a year is not as it has to be.
    """
    rows = read_toml(path, max_bytes=_MOST_BYTES).get("year")
    if not isinstance(rows, list):
        raise ValueError(f"{path}: no [[year]]")  # noqa: TRY004 - one kind of error for whoever reads a file
    return WorkCalendar(tuple(Year.model_validate(row) for row in rows))


@lru_cache(maxsize=1)
def load_calendar() -> WorkCalendar:
    """Reads the years that come with the program."""
    return read_calendar(DATA / "calendars.toml")

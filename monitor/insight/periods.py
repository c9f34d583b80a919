"""Days that are told of: both ends are among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are told of, and as many before them; both ends are among them.

    Attributes:
        is_cut: A month was asked for that is not over: it ends with its last whole day.
    """

    first: date
    last: date
    is_cut: bool = False

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def holds(self, day: date | None) -> bool:
        """Whether a day is among them."""
        return day is not None and self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first:%d.%m.%Y} – {self.last:%d.%m.%Y}{', месяц не закончен' if self.is_cut else ''}"


def day_of_moment(moment: datetime, zone: str) -> date:
    """The day of a moment in a zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)

"""Since when and on which days an account was watched: without that a figure of nothing looks like good news."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.insight.periods import Period, day_of_moment, start_of
from monitor.state.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of the watching in one period.

    Attributes:
        since, until: The days of the first and of the newest reading of all; None where nothing was ever read.
        unread: Stretches of days of the period without a reading, between the first and the newest.
        data_since: The day of the oldest review that was read for its complaints; None without any.
    """

    period: Period
    since: date | None
    until: date | None
    unread: tuple[tuple[date, date], ...]
    data_since: date | None

    @property
    def is_short_before(self) -> bool:
        """Whether the data begin within the days before the period."""
        return self.data_since is not None and self.period.before.first < self.data_since <= self.period.before.last

    def lines(self) -> tuple[str, ...]:
        """What is to be said; nothing where every day of the period was watched and there are data to compare with."""
        period = self.period
        told = list(self._watching())
        if self.data_since is None:
            told.append("Ни одного отзыва с известным днём не сохранено.")
        elif self.data_since > period.before.first:
            first = f"Самый ранний сохранённый отзыв – {self.data_since:%d.%m.%Y}"
            told.append(
                f"{first}: за эти дни данных нет."
                if self.data_since > period.last
                else f"{first}: сравнение с {period.before} неполное."
            )
        return tuple(told)

    def _watching(self) -> Sequence[str]:
        period = self.period
        if self.since is None or self.until is None:
            return ["Наблюдения ещё не было: программа ни разу не читала отзывы, и всё ли здесь, неизвестно."]
        if period.last < self.since:
            return [
                (
                    f"Наблюдения за эти дни не было: оно началось {self.since:%d.%m.%Y}. Отзывы этих дней прочитаны "
                    "потом; снятые до того не видны."
                )
            ]
        if period.first > self.until:
            return [f"Наблюдения за эти дни нет: последнее чтение было {self.until:%d.%m.%Y}."]
        told = []
        if period.first < self.since:
            told.append(f"Наблюдение началось {self.since:%d.%m.%Y}: до этого дня снятые отзывы не видны.")
        if self.unread:
            days = ", ".join(_stretch(one) for one in self.unread[:4]) + (" и другие" if len(self.unread) > 4 else "")
            told.append(f"Отзывы не читались: {days}.")
        if period.last > self.until:
            told.append(f"Последнее чтение было {self.until:%d.%m.%Y}: дальше данных нет.")
        return told

    def is_unread(self, first: date, last: date) -> bool:
        """Whether a day between two, those included, was not watched though watching had begun."""
        return any(one[0] <= last and one[1] >= first for one in self.unread)


def read_watched(tx: Transaction, account: str, period: Period, zone: str) -> Watched:
    """Reads what is known of the watching in a period."""
    bounds = [None if one is None else day_of_moment(one, zone) for one in tx.polls.first_and_last(account)]
    since, until = bounds
    start, end = start_of(period.first, zone), start_of(period.last + timedelta(days=1), zone)
    days = {day_of_moment(moment, zone) for moment in tx.polls.ends_between(account, start, end)}
    unread = () if since is None or until is None else _without(days, period, since, until)
    return Watched(period, since, until, unread, tx.told_aspects.first_day(account))


def _without(days: Collection[date], period: Period, since: date, until: date) -> tuple[tuple[date, date], ...]:
    found: list[tuple[date, date]] = []
    day, last = max(period.first, since), min(period.last, until)
    while day <= last:
        if day not in days:
            known = found and found[-1][1] == day - timedelta(days=1)
            found[-1:] = [(found[-1][0], day)] if known else [*found[-1:], (day, day)]
        day += timedelta(days=1)
    return tuple(found)


def _stretch(days: tuple[date, date]) -> str:
    first, last = days
    return f"{first:%d.%m.%Y}" if first == last else f"{first:%d.%m.%Y} – {last:%d.%m.%Y}"

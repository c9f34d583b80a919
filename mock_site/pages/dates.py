"""Dates as the site prints them: Russian words, Moscow time (the zone is not verified on the live site)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

MOSCOW = timezone(timedelta(hours=3), "MSK")
_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]


def day(moment: datetime) -> str:
    """«27 сентября 2026»."""
    local = moment.astimezone(MOSCOW)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def day_of_unix(seconds: int) -> str:
    """«27 сентября 2026» for unix seconds."""
    return day(datetime.fromtimestamp(seconds, UTC))


def minute(moment: datetime) -> str:
    """«27 сентября 2026, 14:05»."""
    return f"{day(moment)}, {moment.astimezone(MOSCOW):%H:%M}"


def iso(seconds: int) -> str:
    """ISO 8601 in UTC, for ``time[datetime]``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reviews_word(count: int) -> str:
    """«1 отзыв», «2 отзыва», «5 отзывов»."""
    if count % 10 == 1 and count % 100 != 11:
        return f"{count} отзыв"
    if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14}:
        return f"{count} отзыва"
    return f"{count} отзывов"

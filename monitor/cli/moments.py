"""Moments that a person types: a day, or a day and an hour, in the installation's zone."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.errors import UsageError
from monitor.language import gettext as _

_A_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_RUSSIAN_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?=$|[ T])")
_YEARS = range(2000, 3000)
"""Years that a dialogue with the platform can speak of; at the ends of the calendar no zone can be told."""


def read_moment(text: str | None, zone: str, field: str, *, is_whole_day: bool = False) -> datetime | None:
    """Reads a moment in the installation's zone.

    Args:
        text: What was typed; None for nothing.
        zone: The installation's zone.
        field: What it was typed for.
        is_whole_day: A day without an hour stands for its end: who promised a day has all of it.

    Raises:
        UsageError: it is none.
    """
    if text is None:
        return None
    plain = _RUSSIAN_DAY.sub(r"\3-\2-\1", text.strip())
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError as error:
        raise _no_moment(text, field) from error
    if moment.year not in _YEARS:
        raise _no_moment(text, field)
    if is_whole_day and _A_DAY.fullmatch(plain):
        moment = moment.replace(hour=23, minute=59)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _no_moment(text: str, field: str) -> UsageError:
    return UsageError(
        _("{text!r} is no moment").format(text=text[:40]),
        field=field,
        hint=_("Write it as 2026-12-03 12:00 or 03.12.2026 12:00, in the installation's zone."),
    )

"""Durations as people write them: ``15m``, ``1h30m``, ``90s``."""

from __future__ import annotations

import re
from datetime import timedelta

from monitor.language import gettext as _

_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m(?!s))?(?:(\d{1,6})s)?(?:(\d{1,6})ms)?")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def parse_duration(text: str) -> timedelta:
    """Reads a duration with its units.

    Raises:
        ValueError: there is no unit, or it is not a duration at all.
    """
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        raise ValueError(_('write a duration with its unit, like "15m", "1h30m" or "90s"'))
    days, hours, minutes, seconds, milliseconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)


def format_duration(value: timedelta) -> str:
    """Writes a duration the way ``parse_duration`` reads it, for example ``1h30m``."""
    seconds, milliseconds = divmod(round(value / timedelta(milliseconds=1)), 1000)
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    if milliseconds:
        parts.append(f"{milliseconds}ms")
    return "".join(parts) or "0s"

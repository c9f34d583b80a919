"""Days that were not as others: sales, campaigns, seasons. Marked beside figures, never taken for an explanation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitor.language import gettext as _

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})(?:/(\d{4}-\d{2}-\d{2}))? +(\S.{0,59})")


@dataclass(frozen=True, order=True)
class MarkedDays:
    """Days with a name, both ends among them."""

    first: date
    last: date
    name: str

    def touches(self, first: date, last: date) -> bool:
        """Whether one of the days lies between two days, those included."""
        return self.first <= last and first <= self.last

    def __str__(self) -> str:
        days = self.first.isoformat() if self.first == self.last else f"{self.first}/{self.last}"
        return f"{days} {self.name}"


def parse_marked(text: str) -> MarkedDays:
    """Reads ``2026-11-11 Name`` or ``2026-11-09/2026-11-13 Name``.

    Raises:
        ValueError: it is neither, or the last day comes before the first.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError(_('write days and a name like "2026-11-09/2026-11-13 Распродажа"'))
    first = date.fromisoformat(found[1])
    last = date.fromisoformat(found[2]) if found[2] else first
    if last < first:
        raise ValueError(_("{last} comes before {first}").format(last=last, first=first))
    return MarkedDays(first, last, found[3])


def marked_between(days: Iterable[MarkedDays], first: date, last: date) -> tuple[MarkedDays, ...]:
    """Returns the marked days that touch a period, in order."""
    return tuple(sorted(one for one in days if one.touches(first, last)))

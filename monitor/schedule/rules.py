"""How often something happens: every so long, or by a cron line. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from monitor.language import gettext as _
from monitor.schedule.durations import format_duration, parse_duration

_SAMPLED = 400  # firings looked at to find a cron line's shortest distance: more than a day of quarters of an hour
_SAMPLED_FROM = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Every:
    """Once every ``length``: real time, whatever the clocks on the walls do."""

    length: timedelta

    def after(self, at: datetime, zone: ZoneInfo) -> datetime:  # noqa: ARG002 - the same signature as a cron line's
        """Returns the next firing after a firing."""
        return at.astimezone(UTC) + self.length

    @property
    def shortest(self) -> timedelta:
        """The shortest time between two firings."""
        return self.length

    def __str__(self) -> str:
        return format_duration(self.length)


@dataclass(frozen=True)
class Cron:
    """A cron line of five fields, by the wall clock of a zone.

    Around the change of clocks as Debian's cron does it: a line that names an hour fires once in a repeated hour, and
    right after a skipped one.
    """

    line: str

    def after(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Returns the first firing after a moment."""
        for found in CronSim(self.line, at.astimezone(zone)):
            moment = found.astimezone(UTC)
            if moment > at:  # in a repeated hour the iterator may offer the first round once more
                return moment
        raise ValueError(_('"{line}" never fires').format(line=self.line))

    @property
    def shortest(self) -> timedelta:
        """The shortest time between two firings, as found in a sample."""
        firings = [_SAMPLED_FROM]
        while len(firings) < _SAMPLED:
            firings.append(self.after(firings[-1], ZoneInfo("UTC")))
        return min(later - earlier for earlier, later in pairwise(firings[1:]))

    def __str__(self) -> str:
        return self.line


Rule = Every | Cron


def parse_rule(text: str) -> Rule:
    """Reads a duration like ``30m`` or a cron line like ``0 9-18 * * mon-fri``.

    Raises:
        ValueError: it is neither, the duration is zero, or the line never fires.
    """
    line = " ".join(text.split())
    if not re.search(r"[ *]", line):
        length = parse_duration(line)
        if length <= timedelta(0):
            raise ValueError(_("must be longer than zero"))
        return Every(length)
    if len(line.split(" ")) != 5 or len(line) > 200:
        raise ValueError(_('write a duration like "30m", or a cron line of five fields like "0 9 * * *"'))
    try:
        Cron(line).after(_SAMPLED_FROM, ZoneInfo("UTC"))
    except (CronSimError, ValueError, RuntimeError) as error:
        raise ValueError(
            _('"{line}" is not a cron line: {error}').format(line=line[:60], error=str(error) or "it never fires")
        ) from error
    return Cron(line)

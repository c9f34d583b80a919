"""Which timing each kind of task of an account has, from the settings."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.schedule import Timing
from monitor.visit_protocol import TaskKind


def timings_of(settings: Settings, account: AccountSection) -> dict[TaskKind, Timing]:
    """Returns the timing of each kind of task, in the order in which a visit does them."""
    chosen = account.schedule
    zone = ZoneInfo(chosen.zone or settings.installation.zone)
    return {
        TaskKind.POLL: Timing(chosen.poll, zone, chosen.poll_hours),
        TaskKind.SUBMIT: Timing(chosen.submit, zone, chosen.submit_hours),
        TaskKind.FOLLOW: Timing(chosen.follow, zone, chosen.follow_hours),
    }

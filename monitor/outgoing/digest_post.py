"""The staff's digests by the clock: put among the messages when their time has come, worded when they are sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.config.settings import Settings
from monitor.insight.advising import TEAMS
from monitor.insight.aspects import load_lexicon
from monitor.insight.digesting import Reader
from monitor.insight.periods import Period
from monitor.insight.recounting import recount
from monitor.insight.words_file import Team
from monitor.outgoing.context import OutgoingContext
from monitor.outgoing.insight_pages import tell_digest
from monitor.schedule import Cron
from monitor.state import State
from monitor.state.text import JsonValue

EVENT = "insight.digest"
_STILL_NEWS = timedelta(days=1)
"""A digest whose time passed longer ago is left out: a machine that was off tells the next one."""
_LOOKED_BACK = timedelta(days=64)
"""Far enough for two firings of a monthly line."""


def channels_of(settings: Settings, team: str) -> tuple[str, ...]:
    """Returns the channels of a team; none for what is no team."""
    return settings.digest.teams.get(team, ())


def put_due_digests(installation: OutgoingContext, accounts: Collection[str]) -> None:
    """Puts the digests whose time has come among the messages, each once."""
    line = installation.settings.digest.at
    teams = [team for team in TEAMS if channels_of(installation.settings, team)]
    if line is None or not teams:
        return
    zone = ZoneInfo(installation.settings.installation.zone)
    period = due_period(line, installation.clock.now(), zone)
    if period is None:
        return
    with installation.state.transaction() as tx:
        for account in accounts:
            for team in teams:
                payload: dict[str, JsonValue] = {
                    "team": team,
                    "first": period.first.isoformat(),
                    "last": period.last.isoformat(),
                }
                tx.outbox.put(account, EVENT, payload, dedup_key=f"digest:{team}:{period.last}")


def due_period(line: Cron, now: datetime, zone: ZoneInfo) -> Period | None:
    """The days between the last two firings, if the last one is news. Pure.

    Args:
        line: When digests go out.
        now: The moment.
        zone: In which the line's hours and the days are.
    """
    firings = [line.after(now - _LOOKED_BACK, zone)]
    while firings[-1] <= now:
        firings.append(line.after(firings[-1], zone))
    if len(firings) < 3 or now - firings[-2] > _STILL_NEWS:
        return None
    first, after_last = (moment.astimezone(zone).date() for moment in firings[-3:-1])
    return Period(first, after_last - timedelta(days=1))


def tell_stored_digest(
    state: State, settings: Settings, account_id: str, payload: Mapping[str, JsonValue]
) -> tuple[str, str]:
    """Returns title and text of a digest that was put among the messages."""
    wanted = str(payload["team"])
    team: Team = next(one for one in TEAMS if one == wanted)
    insight, zone = settings.insight, settings.installation.zone
    lexicon = load_lexicon(insight.words)
    recount(state, account_id, lexicon, zone)
    period = Period(date.fromisoformat(str(payload["first"])), date.fromisoformat(str(payload["last"])))
    with state.read() as tx:
        reader = Reader(tx, account_id, lexicon, zone, insight.sales_days)
        return tell_digest(reader.digest(team, period))

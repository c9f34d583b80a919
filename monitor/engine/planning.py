"""What is going to happen: the next runs of an account's tasks as the loop would make them. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, islice, repeat
from zoneinfo import ZoneInfo

from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.engine.slots import first_due
from monitor.language import gettext
from monitor.schedule import Timing, take_turn
from monitor.state import State
from monitor.state.accounts import AccountRecord
from monitor.watching.due import is_account_free
from monitor.watching.timings import timings_of


@dataclass(frozen=True)
class PlannedRun:
    """One run to come.

    Attributes:
        task: A visit's task, or ``digest``: what is sent to the teams.
        at: When; in the past when it is overdue and runs as soon as somebody watches.
        remark: What a person should know about it.
    """

    account: str
    task: str
    at: datetime
    timing: Timing
    remark: str


def plan_runs(state: State, settings: Settings, account: AccountSection, count: int) -> list[PlannedRun]:
    """Returns the next ``count`` runs of each task of an account."""
    with state.read() as tx:
        now = tx.now()
        record = tx.accounts.get(account.name)
        known = {due.kind: due for due in tx.schedule.all(account.name)}
    runs: list[PlannedRun] = []
    for task, timing in timings_of(settings, account).items():
        at = first_due(known.get(task), timing, now)
        turn = take_turn(at, timing, now=now)
        remark = _remark(record, task in known, now)
        if turn is not None:
            overdue = gettext("overdue") if turn.slot_at is not None else gettext("overdue, waits for its hours")
            remark = "; ".join(filter(None, [remark, overdue]))
            at = now if turn.slot_at is not None else turn.next_at
        for _ in range(count):
            runs.append(PlannedRun(account.name, task.value, at, timing, remark))
            at, remark = (turn.next_at, "") if turn and turn.slot_at and at == now else (timing.slot_after(at), "")
    return runs


def slots_of(run: PlannedRun) -> Iterator[datetime]:
    """Yields the moments of a task from a planned run on, without an end."""
    at = run.at
    while True:
        yield at
        at = run.timing.slot_after(at)


def plan_digests(
    settings: Settings, account: AccountSection, kept: Collection[str], count: int, now: datetime
) -> list[PlannedRun]:
    """Returns the next ``count`` times at which digests go out; none where no team has a channel.

    Args:
        settings: All of them.
        account: Whose reviews are told of.
        kept: Channels whose address is known.
        count: How many.
        now: The moment.
    """
    line, teams = settings.digest.at, {team: names for team, names in settings.digest.teams.items() if names}
    if line is None or not teams:
        return []
    remark = "; ".join(f"{team}: {', '.join(names)}" for team, names in teams.items())
    for name in sorted({name for names in teams.values() for name in names} - set(kept)):
        unknown = gettext("nobody ever set the address of {name}: `fairreview notify set {name}`").format(name=name)
        remark = f"{remark}; {unknown}"
    timing = Timing(line, ZoneInfo(settings.installation.zone))
    moments = islice(accumulate(repeat(now), lambda at, _: timing.slot_after(at)), 1, count + 1)
    return [PlannedRun(account.name, "digest", at, timing, remark) for at in moments]


def _remark(record: AccountRecord | None, is_known: bool, now: datetime) -> str:
    if record is not None and not is_account_free(record, now):
        return gettext("the account is stopped: {stopped_why}").format(stopped_why=record.stopped_why)
    return "" if is_known else gettext("not watched yet; `fairreview watch` begins")

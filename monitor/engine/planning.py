"""What is going to happen: the next runs of an account's tasks as the loop would make them. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.engine.slots import first_due
from monitor.schedule import Timing, take_turn
from monitor.state import State
from monitor.state.accounts import AccountRecord
from monitor.visit_protocol import TaskKind
from monitor.watching.due import is_account_free
from monitor.watching.timings import timings_of


@dataclass(frozen=True)
class PlannedRun:
    """One run to come.

    Attributes:
        at: When; in the past when it is overdue and runs as soon as somebody watches.
        remark: What a person should know about it.
    """

    account: str
    task: TaskKind
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
        at = first_due(known.get(task.value), timing, now)
        turn = take_turn(at, timing, now=now)
        remark = _remark(record, task.value in known, now)
        if turn is not None:
            overdue = "overdue" if turn.slot_at is not None else "overdue, waits for its hours"
            remark = "; ".join(filter(None, [remark, overdue]))
            at = now if turn.slot_at is not None else turn.next_at
        for _ in range(count):
            runs.append(PlannedRun(account.name, task, at, timing, remark))
            at, remark = (turn.next_at, "") if turn and turn.slot_at and at == now else (timing.slot_after(at), "")
    return runs


def _remark(record: AccountRecord | None, is_known: bool, now: datetime) -> str:
    if record is not None and not is_account_free(record, now):
        return f"the account is stopped: {record.stopped_why}"
    return "" if is_known else "not watched yet; `fairreview watch` begins"

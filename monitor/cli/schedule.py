"""``plan``: when what is done next, the rule it comes from, and what became of the last slots."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import machine_output, output
from monitor.cli.application import app
from monitor.cli.options import AccountOption, JsonOption, LimitOption, chosen_accounts, installation_of
from monitor.config.settings import Settings
from monitor.doctor.installation import kept_channels
from monitor.engine.planning import PlannedRun, plan_digests, plan_runs
from monitor.language import gettext as _
from monitor.language.words import tell_span
from monitor.schedule.rules import Every
from monitor.schedule.timing import Timing
from monitor.state.schedule import SlotRecord

_WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


@app.command("plan")
def plan(
    context: typer.Context,
    *,
    account: AccountOption = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="Next runs of each task.")] = 2,
    past: Annotated[bool, typer.Option("--past", help="Show what became of the last slots instead.")] = False,
    limit: LimitOption = 30,
    as_json: JsonOption = False,
) -> None:
    """Show the next runs of every task and the rule each comes from; --past shows what ran and what was missed.

    Digests for the teams are among them, with the channels they go to.

    Example: fairreview plan
    """
    installation = installation_of(context)
    accounts = chosen_accounts(installation.settings, account)
    if past:
        with installation.state.read() as tx:
            slots = [slot for section in accounts for slot in tx.schedule.slots(section.name, limit=limit)]
        if as_json:
            output.print_lines(_slot_as_data(slot) for slot in slots)
        else:
            _print_slots(installation.settings, slots)
        return
    kept, now, settings = kept_channels(installation.home), installation.clock.now(), installation.settings
    runs = [
        run
        for section in accounts
        for run in (
            *plan_runs(installation.state, settings, section, count),
            *plan_digests(settings, section, kept, count, now),
        )
    ]
    if as_json:
        output.print_lines(_run_as_data(run) for run in runs)
        return
    columns = ("account", "task", "at", "zone", "rule", "remark")
    output.print_table(columns, (_run_as_row(run) for run in sorted(runs, key=lambda run: run.at)))


def _run_as_row(run: PlannedRun) -> tuple[str, ...]:
    return (
        run.account,
        run.task,
        _shown(run.at, run.timing.zone),
        run.timing.zone.key,
        _rule(run.timing),
        run.remark,
    )


def _run_as_data(run: PlannedRun) -> machine_output.PlannedRun:
    return machine_output.PlannedRun(
        account=run.account,
        task=run.task,
        at=run.at.astimezone(run.timing.zone),
        zone=run.timing.zone.key,
        rule=run.timing.told,
        remark=run.remark or None,
    )


def _print_slots(settings: Settings, slots: list[SlotRecord]) -> None:
    zone = ZoneInfo(settings.installation.zone)
    columns = ("account", "task", "slot", "what", "started", "why")
    rows = []
    for slot in slots:
        until = f" … {_shown(slot.until_at, zone)}" if slot.until_at else ""
        what = _("{state}, catch-up").format(state=slot.state) if slot.is_catch_up else slot.state
        started = _shown(slot.started_at, zone) if slot.started_at else ""
        rows.append((slot.account_id, slot.kind, _shown(slot.slot_at, zone) + until, what, started, slot.reason))
    output.print_table(columns, rows)


def _slot_as_data(slot: SlotRecord) -> machine_output.Slot:
    return machine_output.Slot(
        account=slot.account_id,
        task=slot.kind,
        slot_at=slot.slot_at,
        until_at=slot.until_at,
        state=slot.state,
        reason=slot.reason or None,
        is_catch_up=slot.is_catch_up,
        started_at=slot.started_at,
        visit=slot.visit_id,
    )


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    here = moment.astimezone(zone)
    return f"{_WEEKDAYS[here.weekday()]} {here:%Y-%m-%d %H:%M:%S}"


def _rule(timing: Timing) -> str:
    if not isinstance(timing.rule, Every):
        return timing.told
    told = _("every {span}").format(span=tell_span(str(timing.rule)))
    return f"{told}, {timing.hours}" if timing.hours.stretches else told

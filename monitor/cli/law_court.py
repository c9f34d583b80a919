"""``law court``: the five stages of a case in court, their papers and last days."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import output
from monitor.cli.law import CaseArgument, find_case, law_app
from monitor.cli.law_reading import read_day
from monitor.cli.options import AccountOption, JsonOption, installation_of
from monitor.custody.notes import person_of
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.support.law.calendar import load_calendar
from monitor.support.law.court import CourtEntry, StageRow, follow
from monitor.support.law.fees import Court
from monitor.support.law.reminders import calendar_file
from monitor.support.law.rules import EVENTS, STAGES, Event, LawBook, Stage, load_law
from monitor.use_cases.law_court import court_entries, note_in_court
from monitor.use_cases.law_models import LawStage

court_app = typer.Typer(help="A case in court: five stages, their papers and last days.", no_args_is_help=True)
law_app.add_typer(court_app, name="court")

CourtOption = Annotated[Court, typer.Option("--court", help="Before which kind of court.")]


@court_app.command("note")
def note(
    context: typer.Context,
    *,
    review: CaseArgument,
    stage: Annotated[Stage, typer.Option("--stage", help="At which stage.")],
    on: Annotated[str, typer.Option("--on", help="The day, as it stands in the act or on the receipt: 2026-06-30.")],
    court: CourtOption = Court.ARBITRAZH,
    event: Annotated[
        Event | None, typer.Option("--event", help="What happened, where a term runs from it; `law show` names it.")
    ] = None,
    filed: Annotated[bool, typer.Option("--filed", help="Your own paper for this stage went out.")] = False,
    words: Annotated[str, typer.Option("--note", help="What and where: paper, court, number, proof of sending.")] = "",
    account: AccountOption = None,
) -> None:
    """Note what happened in court: an act with its day, a paper that went out, a hearing.

    Example: fairreview law court note 01a0e8 --stage claim --event adopted --on 2026-06-30 --note "А40-1/2026"
    """
    installation = installation_of(context)
    case, actor = find_case(installation, review, account), person_of(installation.settings)
    entry = CourtEntry(
        court=court,
        stage=stage,
        event=event,
        is_filed=filed,
        day=read_day(on, "--on"),
        note=words,
        by=actor.name or actor.id,
        at=installation.clock.now(),
    )
    digest = note_in_court(
        installation.state,
        installation.artifacts,
        case,
        entry,
        actor=actor,
        zone=installation.settings.installation.zone,
    )
    output.print_text(_("kept for {stages}, {digest}").format(stages=STAGES[stage], digest=digest))


@court_app.command("show")
def show(
    context: typer.Context,
    *,
    review: CaseArgument,
    court: CourtOption = Court.ARBITRAZH,
    ics: Annotated[Path | None, typer.Option("--ics", help="Also write the last days as a calendar file.")] = None,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the five stages: what happened, what was filed, and which last day runs from what.

    Example: fairreview law court show 01a0e8 --ics court.ics
    """
    installation = installation_of(context)
    case, book = find_case(installation, review, account), load_law()
    entries = court_entries(installation.state, installation.artifacts, case)
    rows = follow(entries, court, book=book, days=load_calendar())
    if ics is not None:
        require_target(ics, field="ics", endings=(".ics",), may_replace=True)
        open_ones = tuple(one for row in rows if row.filed_on is None for one in row.deadlines)
        write_private(ics, calendar_file(book, open_ones, now=installation.clock.now().astimezone(ZoneInfo("UTC"))))
        output.say(_("Written: {ics}").format(ics=ics))
    if as_json:
        output.print_lines(LawStage(stage=row) for row in rows)
        return
    for row in rows:
        _tell(row, book)


def _tell(row: StageRow, book: LawBook) -> None:
    output.print_text(STAGES[row.stage])
    for one in row.entries:
        what = "подано" if one.is_filed else EVENTS[one.event] if one.event else "отмечено"
        output.print_text(f"  {one.day:%d.%m.%Y} {what}{f': {one.note}' if one.note else ''}")
    for day in row.deadlines:
        kept = ""
        if row.filed_on is not None:
            kept = ", подано в срок" if row.filed_on <= day.last_day else f", подано позже: {row.filed_on:%d.%m.%Y}"
        output.print_text(f"  последний день {day.last_day:%d.%m.%Y} ({book.rule(day.rule).article}){kept}")
        for caveat in day.caveats:
            output.print_text(f"    ! {caveat}")
    for reason in row.unknown:
        output.print_text(f"  {reason}")

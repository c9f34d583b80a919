"""``case``: one review from first sight to its outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.digests import Digest
from monitor.appeals.words import FILING, MODERATION, OUTCOMES
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.lookup import find_case, no_case_yet, short_cases, short_reviews
from monitor.cli.machine_output import Story, StoryCheck, StoryMark, StoryStep
from monitor.cli.options import (
    AccountOption,
    JsonOption,
    LimitOption,
    chosen_accounts,
    installation_of,
    say_there_are_more,
)
from monitor.config.settings import Settings
from monitor.custody.notes import note_custody, person_of, require_case
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.insight.filed import tell_record_of
from monitor.language import gettext as _
from monitor.language.days import tell_second
from monitor.language.english_titles import told, told_detail
from monitor.language.words import in_a_cell
from monitor.outgoing.case_story import tell_case
from monitor.outgoing.page import render
from monitor.outgoing.story import CaseStory, StoryBook
from monitor.state import State
from monitor.triage.titles import VERDICTS
from monitor.use_cases.models import Case
from monitor.use_cases.reviews import list_cases as list_of_cases

case_app = typer.Typer(help="Cases: all about one review's appeal.", no_args_is_help=True)
app.add_typer(case_app, name="case")


@case_app.command("list")
def list_cases(
    context: typer.Context, *, account: AccountOption = None, limit: LimitOption = 50, as_json: JsonOption = False
) -> None:
    """List the cases opened last, with their verdicts and where they stand.

    Example: fairreview case list
    """
    installation = installation_of(context)
    accounts = [section.name for section in chosen_accounts(installation.settings, account)]
    found = list_of_cases(installation.state, accounts, zone=installation.settings.installation.zone, limit=limit)
    if as_json:
        output.print_lines(found.rows)
    else:
        columns = ("case", "review", "item", "verdict", "appeal", "outcome")
        names = short_cases(installation.state, (one.id for one in found.rows))
        reviews = short_reviews(installation.state, (one.review_id for one in found.rows))
        output.print_table(columns, ((names[one.id], reviews[one.review_id], *_line(one)) for one in found.rows))
    if found.has_more:
        say_there_are_more(limit)


def _line(one: Case) -> tuple[str, ...]:
    verdict = f"{in_a_cell(one.verdict.kind, VERDICTS)} {one.verdict.ground or ''}".strip() if one.verdict else ""
    stands = in_a_cell(one.outcome, OUTCOMES) or in_a_cell(one.moderation, MODERATION)
    return (one.item, verdict, in_a_cell(one.appeal_state, FILING), stands)


@case_app.command("show")
def show(
    context: typer.Context,
    *,
    case: Annotated[str, typer.Argument(help="A case's id, or its review's id or beginning.")],
    account: AccountOption = None,
    as_json: JsonOption = False,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the story as one HTML file.")] = None,
) -> None:
    """Tell a case as a story: verdict with reasons, every step with its place in the log, pictures in --html.

    Example: fairreview case show 01a0e82c --html story.html
    """
    installation = installation_of(context)
    account_id, review_id = find_case(installation.state, installation.settings, case, account)
    try:
        story = tell_case(installation, account_id, review_id)
    except LookupError as error:
        raise no_case_yet(review_id) from error
    if html is not None:
        require_target(html, field="html", endings=(".html", ".htm"), may_replace=True)
        _note_view(installation.state, installation.settings, story, html)
        now = installation.clock.now()
        book = StoryBook(
            title=f"Дело {story.case_id}",
            subtitle=story.product_title,
            written_at=now,
            zone=installation.settings.installation.zone,
            cases=(story,),
        )
        write_private(html, render(book).encode("utf-8", "backslashreplace"))
        output.say(_("Written: {html}").format(html=html))
    if as_json:
        output.print_json(_as_data(story, ZoneInfo(installation.settings.installation.zone)))
        return
    notes = "".join(f"! {note}\n" for note in story.notes)
    item = _("Review of: {item}").format(item=story.item.partition(": ")[2])
    output.print_prose(f"{story.product_title}\n{item}\n{story.review_text}\n{notes}\n{told(story.decision_title)}")
    for reason in story.reasons:
        output.print_prose(f"  - {reason}")
    if record := _record(installation.state, account_id, story.case_id):
        output.print_prose(f"  {record}")
    rows = (
        (
            tell_second(step.at, installation.settings.installation.zone),
            str(step.journal_seq or ""),
            told(step.title),
            told_detail(step.detail),
        )
        for step in story.steps
    )
    output.print_table((f"at ({installation.settings.installation.zone})", "log", "step", "detail"), rows)
    output.print_prose("\n" + ". ".join(map(told, filter(None, (story.outcome_title, story.turn)))))


def _record(state: State, account_id: str, case_id: str) -> str:
    """What became of this seller's appeals on the same ground; it stays on the screen and goes into no paper."""
    with state.read() as tx:
        verdict = tx.verdicts.newest(case_id)
        return tell_record_of(tx, account_id, verdict.ground) if verdict else ""


def _as_data(story: CaseStory, zone: ZoneInfo) -> Story:
    return Story(
        case_id=story.case_id,
        account=story.account,
        product_title=story.product_title,
        product_url=story.product_url,
        item=story.item or None,
        notes=story.notes,
        review_id=story.review_id,
        review_text=story.review_text,
        stars=story.rating,
        author=story.author_name or None,
        published_raw=story.published_raw,
        decision=story.decision,
        decision_title=story.decision_title,
        reasons=story.reasons,
        checks=tuple(StoryCheck(title=title, text=text) for title, text in story.checks),
        marks=tuple(StoryMark(start=mark.start, end=mark.end, why=mark.why) for mark in story.marks),
        outcome_title=story.outcome_title or None,
        appeal_text=story.appeal_text or None,
        channel=story.channel or None,
        turn=story.turn or None,
        steps=tuple(
            StoryStep(
                at=step.at.astimezone(zone),
                title=step.title,
                detail=step.detail or None,
                pictures=tuple(picture.digest for picture in step.pictures),
                log_seq=step.journal_seq,
            )
            for step in story.steps
        ),
    )


def _note_view(state: State, settings: Settings, story: CaseStory, html: Path) -> None:
    """Pictures leave the store here, so the log names them before the file is there."""
    pictures = [Digest.parse(picture.digest) for step in story.steps for picture in step.pictures]
    if not pictures:
        return
    actor, case = person_of(settings), require_case(state, story.case_id)
    with state.transaction() as tx:
        note_custody(tx, case, "evidence.view", actor=actor, artifacts=pictures, inputs={"name": html.name})
    state.flush_mirror()

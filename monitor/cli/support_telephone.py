"""``support number``, ``support routes``, ``support sheet``: where to turn, and what to read from on the telephone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evidence_store.intake import MAX_FILE_BYTES
from monitor.cli import output
from monitor.cli.law import CaseArgument, find_case
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.cli.support import support_app
from monitor.closed_lists.contact_kinds import Way
from monitor.custody.notes import person_of
from monitor.errors import UsageError
from monitor.files.private import read_plain, write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _
from monitor.language.days import tell_day
from monitor.outgoing.matter_of_case import gather_matter
from monitor.support.call_sheet import write_call_sheet
from monitor.support.contact_words import WAYS
from monitor.support.matter import NumberFact
from monitor.support.routing import load_routing
from monitor.support.sayings import fold
from monitor.use_cases.support_models import CallSheet, SupportNumber, WayOfRoute
from monitor.use_cases.support_numbers import keep_number, kept_numbers, list_numbers, list_routes
from monitor.use_cases.support_sheet import note_sheet

number_app = typer.Typer(help="Numbers and addresses of support, as your cabinet shows them.", no_args_is_help=True)
support_app.add_typer(number_app, name="number")

_QUESTION = "Когда и кем будет рассмотрено это обращение, и какое решение принято?"
_LONGEST_QUESTION = 500  # characters


@number_app.command("add")
def add(
    context: typer.Context,
    *,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The number or address, as the cabinet shows it.")],
    question: Annotated[str, typer.Option("--question", help="For which question the cabinet shows it.")],
    picture: Annotated[Path, typer.Option("--picture", help="A picture of the cabinet that shows it.")],
    way: Annotated[Way, typer.Option("--way", help="How one reaches support by it.")] = Way.CALL,
    account: AccountOption = None,
) -> None:
    """Keep a number of support that you see in your cabinet, with its picture, as evidence.

    A second one for the same way and question takes the place of the first; another line needs its own question.
    What goes round on the web contradicts itself, so the program prints no number but those that you enter.

    Example: fairreview support number add "8 800 000-00-00" --question "отзывы" --picture cabinet.png
    """
    installation = installation_of(context)
    section = choose_account(installation.settings, installation.home, account)
    earlier = [
        one.number
        for one in kept_numbers(installation.state, installation.artifacts, section.name)
        if one.way is way and fold(one.question) == fold(question)
    ]
    digest = keep_number(
        installation.state,
        installation.artifacts,
        section.name,
        way=way,
        question=question,
        number=number,
        picture=(picture.name, read_plain(picture, max_bytes=MAX_FILE_BYTES)),
        actor=person_of(installation.settings),
    )
    output.print_text(_("{section}: kept, {digest}").format(section=section.name, digest=digest))
    if earlier:
        output.say(
            _("It takes the place of {earlier}, which was kept for this question.").format(earlier=earlier[-1]),
            style="yellow",
        )


@number_app.command("list")
def list_kept(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """List the numbers that you keep, and what circulates and is never printed as a number.

    Example: fairreview support number list
    """
    installation = installation_of(context)
    zone = installation.settings.installation.zone
    found: list[SupportNumber] = []
    for section in chosen_accounts(installation.settings, account):
        found += list_numbers(installation.state, installation.artifacts, section.name, load_routing(), zone=zone)
    if as_json:
        output.print_lines(found)
        return
    output.print_table(("way", "question", "number", "known", "by", "seen"), (_row(one, zone) for one in found))


@support_app.command("routes")
def routes(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """Show which class of complaint goes where and by which way, and beside it what worked in your own cases.

    Counts, not shares, below ten tries. The order of the ways is a judgement and never changes by itself.

    Example: fairreview support routes
    """
    installation = installation_of(context)
    found = [
        one
        for section in chosen_accounts(installation.settings, account)
        for one in list_routes(installation.state, section.name, load_routing())
    ]
    if as_json:
        output.print_lines(found)
        return
    columns = ("class", "about", "handled by", "ways, best first", "menu", "known", "source")
    rows = (
        (
            one.id,
            one.title,
            one.handler or "не установлено",
            "; ".join(map(_tell_way, one.ways)),
            one.branch or "не установлено",
            one.mark,
            one.source,
        )
        for one in found
    )
    output.print_table(columns, rows)


@support_app.command("sheet")
def sheet(
    context: typer.Context,
    *,
    review: CaseArgument,
    out: Annotated[Path, typer.Option("--out", help="A new HTML file.")],
    question: Annotated[str, typer.Option("--question", help="The one question to ask.")] = _QUESTION,
    account: AccountOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a sheet to read from on the telephone: numbers, facts, what happened, one question, what to ask for.

    Example: fairreview support sheet 01a0e8 --out call.html --question "Почему отказано по обращению 73712587?"
    """
    require_target(out, endings=(".html", ".htm"))
    words = " ".join(question.split())
    if not words or len(words) > _LONGEST_QUESTION:
        raise UsageError(
            _("write one to {longest_question} characters").format(longest_question=_LONGEST_QUESTION),
            field="question",
            hint=_("One question."),
        )
    installation = installation_of(context)
    case = find_case(installation, review, account)
    matter = gather_matter(installation, case)
    numbers = tuple(
        NumberFact(
            way=one.way,
            question=one.question,
            number=one.number,
            by=one.by,
            at=one.at.astimezone(ZoneInfo(matter.zone)),
        )
        for one in kept_numbers(installation.state, installation.artifacts, case.account_id)
        if one.way is Way.CALL
    )
    page, missing = write_call_sheet(matter, numbers, words)
    data = page.encode("utf-8", "backslashreplace")
    note_sheet(installation.state, case, out.name, data, question=words, actor=person_of(installation.settings))
    write_private(out, data)
    told = CallSheet(written=str(out), question=words, numbers=tuple(one.number for one in numbers), missing=missing)
    if as_json:
        output.print_json(told)
        return
    output.say(_("Written: {out}").format(out=out))
    for one in missing:
        output.say(f"  не установлено: {one}", style="yellow")


def _row(one: SupportNumber, zone: str) -> tuple[str, ...]:
    known = "внесён вами" if one.number else "не установлено"
    seen = tell_day(one.seen_at, zone) if one.seen_at else ""
    return (WAYS[Way(one.way)].word, one.question, one.number or "–", known, one.by or "", seen)


def _tell_way(one: WayOfRoute) -> str:
    words = WAYS[Way(one.way)].word
    if not one.tried:
        return words
    counts = f"{one.upheld} согласий, {one.refused} отказов, {one.answered} ответов из {one.tried}"
    share = f", {one.upheld_share:.0%}" if one.upheld_share is not None else ""
    return f"{words} ({counts}{share})"

"""``appeal answer``: the moderator's question, and the person's answer to it, as guarded as a filing."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.appeals.answers import Answers, AnswerState, tell_answer_step
from monitor.bootstrap import Installation
from monitor.cases.casework import take_files
from monitor.cases.channel_terms import find_channel
from monitor.cli import output
from monitor.cli.appeals import AppealArgument, AttachOption, HashOption, appeal_app, confirm
from monitor.cli.lookup import find_appeal
from monitor.cli.options import AccountOption, HeadedOption, JsonOption, installation
from monitor.cli.visiting import leave_with, visit_runner
from monitor.custody.notes import person_of
from monitor.days import as_iso, tell_moment
from monitor.engine.visits import VisitDetails
from monitor.errors import NotApproved, SettingsError
from monitor.state.appeals import AppealRecord
from monitor.state.questions import QuestionRecord
from monitor.visit_protocol import VisitKind

answer_app = typer.Typer(help="The site's questions about an appeal, and your answers.", no_args_is_help=True)
appeal_app.add_typer(answer_app, name="answer")


@answer_app.command("show")
def show(
    context: typer.Context, *, appeal: AppealArgument, account: AccountOption = None, as_json: JsonOption = False
) -> None:
    """Show the question and the answer as it would be sent. Nothing is sent.

    Example: fairreview appeal answer show appeal_9f2c
    """
    opened = installation(context)
    found = find_appeal(opened, appeal, account)
    _show(opened, found, _question(opened, found), as_json=as_json)


@answer_app.command("draft")
def draft(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    text: Annotated[str, typer.Option("--text", help="What to answer.")],
    account: AccountOption = None,
    attach: AttachOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the answer; an approval of an earlier wording falls away. Nothing is sent.

    Example: fairreview appeal answer draft appeal_9f2c --text "Фото упаковки приложено" --attach box.png
    """
    opened = installation(context)
    found = find_appeal(opened, appeal, account)
    section = opened.settings.find_account(found.account_id)
    spec = find_channel(opened.site(section.site), found.channel)
    if not text.strip():
        raise SettingsError("an answer needs a text", where="--text", hint="Write what the moderator asked for.")
    files = take_files(opened, section.name, tuple(attach or ()), found.channel, spec)
    drafted = Answers(opened.state).draft(_question(opened, found).id, text, files, actor=person_of(opened))
    opened.state.flush_mirror()
    _show(opened, found, drafted, as_json=as_json)


@answer_app.command("approve")
def approve(
    context: typer.Context, *, appeal: AppealArgument, account: AccountOption = None, answer_hash: HashOption = None
) -> None:
    """Approve exactly the answer that ``show`` shows; a changed comma needs a new approval.

    Example: fairreview appeal answer approve appeal_9f2c
    """
    opened = installation(context)
    found = find_appeal(opened, appeal, account)
    question = _question(opened, found)
    if answer_hash is None:
        _show(opened, found, question, as_json=False)
        confirm("Approve exactly this answer?", hint=tell_answer_step(question))
    Answers(opened.state).approve(question.id, answer_hash or question.answer_hash, actor=person_of(opened))
    opened.state.flush_mirror()
    output.say(f"Approved. `fairreview appeal answer submit {found.id}` sends it.", style="green")


@answer_app.command("submit")
def submit(
    context: typer.Context, *, appeal: AppealArgument, account: AccountOption = None, headed: HeadedOption = False
) -> None:
    """Send the approved answer with one gesture.

    Exit code 8 means that it went out and nobody knows whether the site has it: it is never sent again by itself.

    Example: fairreview appeal answer submit appeal_9f2c
    """
    opened = installation(context)
    found = find_appeal(opened, appeal, account)
    question = _question(opened, found)
    if question.state != AnswerState.APPROVED:
        raise NotApproved(
            f"the answer is {question.state}, so it is not sent",
            where=found.id,
            hint=tell_answer_step(question),
        )
    section = opened.settings.find_account(found.account_id)
    details = VisitDetails(appeal_ids=[found.id], is_headed=headed)
    leave_with(visit_runner(opened).run(section, VisitKind.ANSWER, details))


@answer_app.command("reopen")
def reopen(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    account: AccountOption = None,
    note: Annotated[str, typer.Option("--note", help="Why you are sure that the site does not have it.")] = "",
) -> None:
    """Say that the site does not have an answer whose outcome is unknown: a person's decision.

    Example: fairreview appeal answer reopen appeal_9f2c --note "the form is still empty"
    """
    opened = installation(context)
    found = find_appeal(opened, appeal, account)
    question = _question(opened, found)
    _show(opened, found, question, as_json=False)
    confirm("The site does not have this answer. Let it be approved again?")
    Answers(opened.state).reopen(question.id, actor=person_of(opened), note_text=note)
    output.say("It can be changed and approved again.")


def _question(opened: Installation, appeal: AppealRecord) -> QuestionRecord:
    with opened.state.read() as tx:
        found = tx.questions.open_of(appeal.id)
    if found is None:
        raise NotApproved(
            "the site asks nothing about this appeal", where=appeal.id, hint="`fairreview appeal follow` looks again."
        )
    return found


def _show(opened: Installation, appeal: AppealRecord, question: QuestionRecord, *, as_json: bool) -> None:
    files = question.answer_files if isinstance(question.answer_files, list) else []
    zone = opened.settings.installation.zone
    answer_by = "not known"
    if question.answer_by is not None:
        answer_by = as_iso(question.answer_by, zone) if as_json else f"{tell_moment(question.answer_by, zone)} ({zone})"
    rows = [
        ("appeal", f"{appeal.id}, number {appeal.number or '–'}"),
        ("the site asks", question.asked_raw),
        ("answer by", answer_by),
        ("state", question.state),
        ("answer", question.answer_text or "(none yet)"),
        *((f"file {number}", _file_line(file)) for number, file in enumerate(files, start=1)),
        ("hash that an approval is bound to", question.answer_hash or "–"),
    ]
    if as_json:
        output.print_json(dict(rows))
    else:
        output.print_table(("", ""), rows)


def _file_line(file: object) -> str:
    return f"{file['name']}, sha256 {file['sha256']}" if isinstance(file, dict) else ""

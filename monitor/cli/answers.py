"""``appeal answer``: the moderator's question, and the person's answer to it, as guarded as a filing."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.appeals.answers import tell_answer_step
from monitor.cases.casework import take_files
from monitor.cases.channel_terms import find_channel
from monitor.cli import output
from monitor.cli.appeals import AppealArgument, AttachOption, appeal_app, confirm
from monitor.cli.lookup import find_appeal
from monitor.cli.machine_output import QuestionOfSite
from monitor.cli.options import AccountOption, HashOption, HeadedOption, JsonOption, installation_of
from monitor.cli.visiting import leave_with, visit_runner
from monitor.closed_lists.states import AnswerState
from monitor.config.settings import Settings
from monitor.custody.notes import person_of
from monitor.engine.visits import VisitDetails
from monitor.errors import NotApproved, SettingsError
from monitor.language import gettext as _
from monitor.language.days import tell_moment
from monitor.state import State
from monitor.state.appeals import AppealRecord
from monitor.state.questions import QuestionRecord
from monitor.use_cases.answers import approve_answer, files_of, reopen_answer, word_answer
from monitor.use_cases.models import FileOfAppeal
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
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    _show(installation.settings, found, _question(installation.state, found), as_json=as_json)


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
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    section = installation.settings.find_account(found.account_id)
    spec = find_channel(installation.site_of(section), found.channel)
    if not text.strip():
        raise SettingsError(_("an answer needs a text"), where="--text", hint=_("Write what the moderator asked for."))
    files = take_files(installation, section.name, tuple(attach or ()), found.channel, spec)
    drafted = word_answer(
        installation.state, _question(installation.state, found).id, text, files, actor=person_of(installation.settings)
    )
    _show(installation.settings, found, drafted, as_json=as_json)


@answer_app.command("approve")
def approve(
    context: typer.Context, *, appeal: AppealArgument, account: AccountOption = None, answer_hash: HashOption = None
) -> None:
    """Approve exactly the answer that ``show`` shows; a changed comma needs a new approval.

    Example: fairreview appeal answer approve appeal_9f2c
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    question = _question(installation.state, found)
    if answer_hash is None:
        _show(installation.settings, found, question, as_json=False)
        confirm(_("Approve exactly this answer?"), hint=tell_answer_step(question))
    shown = question.answer_hash if answer_hash is None else answer_hash
    approve_answer(installation.state, question.id, shown, actor=person_of(installation.settings))
    output.say(_("Approved. `fairreview appeal answer submit {id}` sends it.").format(id=found.id), style="green")


@answer_app.command("submit")
def submit(
    context: typer.Context, *, appeal: AppealArgument, account: AccountOption = None, headed: HeadedOption = False
) -> None:
    """Send the approved answer with one gesture.

    Exit code 8 means that it went out and nobody knows whether the site has it: it is never sent again by itself.

    Example: fairreview appeal answer submit appeal_9f2c
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    question = _question(installation.state, found)
    if question.state != AnswerState.APPROVED:
        raise NotApproved(
            _("the answer is {state}, so it is not sent").format(state=question.state),
            where=found.id,
            hint=tell_answer_step(question),
        )
    section = installation.settings.find_account(found.account_id)
    details = VisitDetails(appeal_ids=[found.id], is_headed=headed)
    leave_with(visit_runner(installation).run(section, VisitKind.ANSWER, details))


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
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    question = _question(installation.state, found)
    _show(installation.settings, found, question, as_json=False)
    confirm(_("The site does not have this answer. Let it be approved again?"))
    reopen_answer(installation.state, question.id, actor=person_of(installation.settings), note=note)
    output.say(_("It can be changed and approved again."))


def _question(state: State, appeal: AppealRecord) -> QuestionRecord:
    with state.read() as tx:
        found = tx.questions.open_of(appeal.id)
    if found is None:
        raise NotApproved(
            _("the site asks nothing about this appeal"),
            where=appeal.id,
            hint=_("`fairreview appeal follow` looks again."),
        )
    return found


def _show(settings: Settings, appeal: AppealRecord, question: QuestionRecord, *, as_json: bool) -> None:
    zone = settings.installation.zone
    shown = QuestionOfSite(
        appeal_id=appeal.id,
        number=appeal.number,
        asked=question.asked_raw,
        answer_by=question.answer_by.astimezone(ZoneInfo(zone)) if question.answer_by else None,
        state=question.state,
        answer=question.answer_text or None,
        files=tuple(
            FileOfAppeal(name=one.name, media_type=one.media_type, sha256=one.sha256) for one in files_of(question)
        ),
        answer_hash=question.answer_hash or None,
    )
    if as_json:
        output.print_json(shown)
        return
    answer_by = f"{tell_moment(shown.answer_by, zone)} ({zone})" if shown.answer_by else _("not known")
    rows = [
        (_("appeal"), _("{id}, number {number}").format(id=shown.appeal_id, number=shown.number or "–")),
        (_("the site asks"), shown.asked),
        (_("answer by"), answer_by),
        (_("state"), shown.state),
        (_("answer"), shown.answer or _("(none yet)")),
        *(
            (_("file {number}").format(number=number), f"{one.name}, sha256 {one.sha256}")
            for number, one in enumerate(shown.files, start=1)
        ),
        (_("hash that an approval is bound to"), shown.answer_hash or "–"),
    ]
    output.print_table(("", ""), rows)

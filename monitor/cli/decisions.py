"""``appeal resolve`` and ``appeal revoke``: what only a person can say about an appeal."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cases.channel_terms import terms_of
from monitor.cli import output
from monitor.cli.appeal_views import say_next_step, show_appeal, show_looks, show_steps
from monitor.cli.appeals import AppealArgument, appeal_app, confirm
from monitor.cli.lookup import find_appeal
from monitor.cli.options import AccountOption, installation_of
from monitor.custody.notes import person_of
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.use_cases import appeals
from monitor.use_cases.findings import Finding, state_of


@appeal_app.command("resolve")
def resolve(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    finding: Annotated[
        Finding,
        typer.Argument(
            help="there: the site has it; twice: more than once; reported: somebody else's report; "
            "not-there: it does not have it; over: leave it; draft: nothing was sent, word it anew."
        ),
    ],
    account: AccountOption = None,
    number: Annotated[str | None, typer.Option("--number", help="The site's number of the appeal.")] = None,
    note: Annotated[str, typer.Option("--note", help="What you saw, for the log; not-there needs it.")] = "",
) -> None:
    """Say what you found on the site about an appeal that is unknown or needs a person. Nothing is sent.

    Example: fairreview appeal resolve appeal_9f2c there --number A-000123
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    if finding is Finding.NOT_THERE and not note.strip():
        raise SettingsError(
            _("not-there needs a reason"), where="--note", hint=_("Write where you looked and what you saw.")
        )
    section = installation.settings.find_account(found.account_id)
    terms = terms_of(installation.site_of(section), found.channel, settings=installation.settings, account=section)
    wanted = state_of(finding, has_list=terms.has_list)
    show_appeal(installation.state, installation.settings, found, as_json=False)
    show_steps(installation.state, installation.settings, found)
    show_looks(installation.state, installation.settings, found)
    is_final = finding is Finding.OVER and found.gesture_at is not None
    warning = _(" Nothing is ever sent about this review after that.") if is_final else ""
    confirm(_("Is this what you found: {finding}?{warning}").format(finding=finding.value, warning=warning))
    done = appeals.resolve(
        installation.state, found.id, wanted, actor=person_of(installation.settings), note=note, number=number
    )
    output.say(f"{done.id}: {done.state}", style="green")
    say_next_step(installation, done)


@appeal_app.command("revoke")
def revoke(
    context: typer.Context,
    *,
    appeal: AppealArgument,
    account: AccountOption = None,
    why: Annotated[str, typer.Option("--why", help="Why the approval is taken back, for the log.")] = "",
) -> None:
    """Take an approval back before anything was sent; the appeal is a draft again.

    Example: fairreview appeal revoke appeal_9f2c --why "the text needs another word"
    """
    installation = installation_of(context)
    found = find_appeal(installation.state, installation.settings, appeal, account)
    done = appeals.revoke(installation.state, found.id, actor=person_of(installation.settings), why=why)
    output.say(_("{id} is a draft again; nothing was sent.").format(id=done.id))

"""``login`` and ``session``: how the account is signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.machine_output_access import Session
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.cli.visiting import leave_with, visit_runner
from monitor.closed_lists.states import SessionState
from monitor.engine.visits import VisitDetails
from monitor.language import gettext as _
from monitor.language.words import named
from monitor.secrets.vault import SessionVault
from monitor.visit_protocol import VisitKind

session_app = typer.Typer(help="Sessions of the accounts.", no_args_is_help=True)
app.add_typer(session_app, name="session")

IdentityOption = Annotated[
    str | None, typer.Option("--identity", help="As the site's catalog names it; the account's first, when left out.")
]


@app.command("login")
def login(
    context: typer.Context,
    *,
    account: AccountOption = None,
    identity: IdentityOption = None,
    headed: Annotated[
        bool, typer.Option("--headed", help="Show the window and let the person sign in there, within a time limit.")
    ] = False,
) -> None:
    """Sign in: with a code asked for here, with a stored code secret, or by hand in a visible window (--headed).

    Example: fairreview login --headed
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    details = VisitDetails(identity=installation.identity_of(chosen, identity), is_headed=headed)
    leave_with(visit_runner(installation).run(chosen, VisitKind.LOGIN, details))


@session_app.command("status")
def status(
    context: typer.Context,
    *,
    account: AccountOption = None,
    as_json: JsonOption = False,
    check: Annotated[bool, typer.Option("--check", help="Ask the site whether the session still holds.")] = False,
) -> None:
    """Show who is signed in, since when, and when that was last proven; exit code 1 when a session is missing or over.

    Example: fairreview session status --check
    """
    installation = installation_of(context)
    accounts = chosen_accounts(installation.settings, account)
    if check:
        for section in accounts:
            leave_with(visit_runner(installation).run(section, VisitKind.SESSION))
    rows: list[Session] = []
    zone = ZoneInfo(installation.settings.installation.zone)
    for section in accounts:
        with installation.state.read() as tx:
            known = {record.identity: record for record in tx.sessions.of(section.name)}
        for identity in section.identities:
            record = known.get(identity)
            saved_at = SessionVault(installation.secrets).saved_at(section.name, identity)
            rows.append(
                Session(
                    account=section.name,
                    identity=identity,
                    state=record.state if record else SessionState.NONE,
                    signed_in_as=(record.witness or None) if record else None,
                    proven_at=record.proven_at.astimezone(zone) if record and record.proven_at else None,
                    saved_at=saved_at.astimezone(zone) if saved_at else None,
                )
            )
    if as_json:
        output.print_lines(rows)
    else:
        columns = ("account", "identity", "state", "signed_in_as", "proven_at", "saved_at")
        output.print_table(columns, ([_cell(column, getattr(row, column)) for column in columns] for row in rows))
    if any(row.state != SessionState.LIVE for row in rows) or not rows:
        output.say(_("`fairreview login` signs in."))
        raise typer.Exit(ExitCode.FINDINGS)


def _cell(column: str, value: str | datetime | None) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return named(value or "") if column == "state" else value or ""

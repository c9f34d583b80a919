"""``doctor`` and ``secrets``: look over what could go wrong, and keep what signs in."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import asking, output
from monitor.cli.application import app
from monitor.cli.asking import ask_code_secret
from monitor.cli.exits import ExitCode
from monitor.cli.global_options import Globals
from monitor.cli.machine_output import CheckUp
from monitor.cli.options import JsonOption, installation_of
from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.settings import load_settings
from monitor.doctor import checking as check_up
from monitor.doctor.findings import Level
from monitor.doctor.installation import examine_installation, mend, open_files
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language.words import named
from monitor.secrets.vault import AccountSecrets


@app.command("doctor")
def doctor(
    context: typer.Context,
    *,
    as_json: JsonOption = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not start the browsers.")] = False,
    details: Annotated[
        bool,
        typer.Option("--details", help="Also print each finding's list, such as what was not seen on a live site."),
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Take away what others may read, after asking. Nothing else is changed.")
    ] = False,
) -> None:
    """Look over the machine and the installation; exit code 3 when something would keep it from working.

    Example: fairreview doctor
    """
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    settings = load_settings(home) if home.config.exists() else None
    if settings is None:
        output.say(_("There is no installation in {root} yet; `fairreview init` makes one.").format(root=home.root))
    if fix:
        _mend(home)
    findings = check_up.examine(home, settings, tries_browser=not no_browser)
    if settings is not None:
        findings = (*findings, *examine_installation(home, settings))
    if as_json:
        output.print_lines(
            CheckUp(check=f.check, level=f.level, message=f.message, hint=f.hint or None, details=f.details)
            for f in findings
        )
    else:
        output.print_table(("check", "level", "what"), ((_title(f.check), named(f.level), f.message) for f in findings))
        for finding in findings:
            if finding.hint and finding.level is not Level.OK:
                output.say(f"{_title(finding.check)}: {finding.hint}")
            for line in finding.details if details else ():
                output.print_text(f"  {_title(finding.check)}: {line}")
    if any(finding.level is Level.FAULT for finding in findings):
        raise typer.Exit(ExitCode.ENVIRONMENT)


CHECK_TITLES = {
    "python": "Python",
    "sqlite": "SQLite",
    "sandbox": _("sandbox"),
    "browser": _("browser"),
    "keyring": _("keyring"),
    "home": _("home"),
    "clock": _("clock"),
    "catalog": _("catalog"),
    "disk": _("disk"),
    "shared memory": _("shared memory"),
    "fonts": _("fonts"),
    "channel": _("channel"),
    "environment": _("environment"),
    "products": _("products"),
    "rights": _("rights"),
    "site": _("site"),
    "store": _("store"),
    "survey": _("survey"),
}
"""What the checks are called for people; ``--json`` keeps their names."""


def _title(check: str) -> str:
    return CHECK_TITLES[check]


def _mend(home: Home) -> None:
    """Takes away the rights of others, one after the other, as far as the person says so."""
    for found in open_files(home):
        question = _("{path}: others may get at it (mode {found:04o}). Set {mode:04o}?").format(
            path=found.path, found=found.found, mode=found.mode
        )
        if not asking.is_terminal():
            raise SettingsError(
                _("Cannot ask: standard input is not a terminal."), where="--fix", hint=_("Use a terminal.")
            )
        if asking.agrees(question, default=True):
            mend(found)
            output.say(_("  {path}: yours alone now.").format(path=found.path), style="green")


secrets_app = typer.Typer(help="The secret store.", no_args_is_help=True)
app.add_typer(secrets_app, name="secrets")


@secrets_app.command("set")
def secrets_set(
    context: typer.Context,
    *,
    account: Annotated[str, typer.Argument(help="The account.")],
    identity: Annotated[
        str | None, typer.Argument(help="As the site's catalog names it; the account's first, when left out.")
    ] = None,
) -> None:
    """Store the code secret (TOTP) of an identity; asked for, never given on the command line.

    Example: fairreview secrets set my-shop
    """
    installation = installation_of(context)
    named = installation.identity_of(installation.settings.find_account(account), identity)
    AccountSecrets(installation.secrets).save(account, named, "totp", ask_code_secret())
    output.say(_("Stored."))

"""``service``: the operating system keeps ``watch`` running."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.options import installation_of
from monitor.engine import service as installing
from monitor.language import gettext as _

service_app = typer.Typer(help="Have the operating system keep `watch` running.", no_args_is_help=True)
app.add_typer(service_app, name="service")


@service_app.command("install")
def install(
    context: typer.Context,
    *,
    only_print: Annotated[bool, typer.Option("--print", help="Show what would be written; change nothing.")] = False,
) -> None:
    """Start `watch` now, at every login, and again whenever it ends: systemd, launchd or the Task Scheduler.

    Example: fairreview service install
    """
    installation = installation_of(context)
    manager = installing.manager_for(installation.home)
    if only_print:
        output.say(str(manager.path))
        output.print_text(manager.text.rstrip("\n"))
        return
    if installation.settings.vault.passphrase_file is None and installation.secrets.kind == "file":
        output.say(_("A service has nobody to ask for the passphrase: set [vault] passphrase_file in config.toml."))
    installing.install(manager)
    output.say(_("Installed: {path}").format(path=manager.path), style="green")


@service_app.command("uninstall")
def uninstall(context: typer.Context) -> None:
    """Stop the service and remove what `install` wrote.

    Example: fairreview service uninstall
    """
    was_there = installing.uninstall(installing.manager_for(installation_of(context).home))
    output.say(_("Removed.") if was_there else _("There was no service."))


@service_app.command("status")
def status(context: typer.Context) -> None:
    """Say whether the service runs; exit code 1 when it does not.

    Example: fairreview service status
    """
    manager = installing.manager_for(installation_of(context).home)
    is_running, said = installing.status(manager)
    output.print_text(f"{_('running') if is_running else _('not running')}: {said}")
    if not manager.path.exists():
        output.say(_("`fairreview service install` sets it up."))
    if not is_running:
        raise typer.Exit(ExitCode.FINDINGS)

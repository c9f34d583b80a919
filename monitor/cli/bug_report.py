"""``bug-report``: a report without anything private, to be read before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.global_options import Globals
from monitor.config.finding import find_home
from monitor.config.settings import default_settings, load_settings
from monitor.doctor import checking as check_up
from monitor.doctor.bug_report import make_report
from monitor.doctor.installation import examine_installation
from monitor.errors import SettingsError
from monitor.files.private import write_private
from monitor.files.targets import require_target
from monitor.language import gettext as _


@app.command("bug-report")
def bug_report(
    context: typer.Context,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="A file to write it to; none prints it.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not start the browsers.")] = False,
) -> None:
    """Make a report for whoever mends the program: versions, checks, switches and names of errors, nothing private.

    It is made of known words alone: no path, name, address, text, login or message is in it. Nothing is sent.

    Example: fairreview bug-report --out report.json
    """
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    try:
        settings = load_settings(home) if home.config.exists() else default_settings()
    except SettingsError as error:
        output.say(_("The settings cannot be read, so the report has the defaults: {error}").format(error=error))
        settings = default_settings()
    findings = (*check_up.examine(home, settings, tries_browser=not no_browser), *examine_installation(home, settings))
    report = make_report(home, settings, findings)
    if out is None:
        output.print_json(report)
        return
    try:
        write_private(require_target(out), report.model_dump_json(indent=2).encode() + b"\n")
    except OSError as error:
        raise SettingsError(
            _("cannot be written: {strerror}").format(strerror=error.strerror), where=str(out)
        ) from error
    output.say(_("Written: {out}. Read it before you send it; nothing was sent.").format(out=out))

"""``bug-report``: a report without anything private, to be read before it is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import doctor as check_up
from monitor.bug_report import make_report
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.global_options import Globals
from monitor.config.settings import default_settings, find_home, load_settings
from monitor.errors import SettingsError
from monitor.installation_checks import examine_installation
from monitor.private_files import write_private


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
        output.say(f"The settings cannot be read, so the report has the defaults: {error}")
        settings = default_settings()
    findings = (*check_up.examine(home, settings, tries_browser=not no_browser), *examine_installation(home, settings))
    report = make_report(home, settings, findings)
    if out is None:
        output.print_json(report)
        return
    try:
        write_private(out.absolute(), report.model_dump_json(indent=2).encode() + b"\n")
    except OSError as error:
        raise SettingsError(f"cannot be written: {error.strerror}", where=str(out)) from error
    output.say(f"Written: {out}. Read it before you send it; nothing was sent.")

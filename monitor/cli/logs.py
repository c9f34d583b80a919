"""``logs``: where the program writes what it did, for whoever looks for a fault."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.global_options import Globals
from monitor.config.finding import find_home
from monitor.config.settings import default_settings, load_settings
from monitor.language import gettext as _
from monitor.language import tell_number
from monitor.language.days import tell_second

_HOLDS = {".log": _("what visits wrote as they went, tracebacks included"), ".jsonl": _("events, one JSON line each")}


@app.command("logs")
def logs(
    context: typer.Context,
    *,
    lines: Annotated[
        int, typer.Option("--lines", min=0, max=10_000, help="Also print the newest lines of visits.log.")
    ] = 0,
) -> None:
    """Say where the logs lie and what they hold. The action log, which is evidence, is shown by `fairreview log`.

    Example: fairreview logs --lines 40
    """
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    zone = (load_settings(home) if home.config.exists() else default_settings()).installation.zone
    found = sorted(path for path in home.logs.glob("*") if path.is_file()) if home.logs.is_dir() else []
    rows = []
    for path in found:
        status = path.stat()
        changed = tell_second(datetime.fromtimestamp(status.st_mtime, UTC), zone)
        rows.append((str(path), tell_number(status.st_size), changed, _HOLDS.get(path.suffix, "")))
    output.print_table(("file", "bytes", f"changed ({zone})", "what"), rows)
    if not found:
        output.say(_("Nothing was logged yet; it will lie in {logs}.").format(logs=home.logs))
    if lines and home.visit_log.is_file():
        output.print_text("\n".join(home.visit_log.read_text("utf-8", "replace").splitlines()[-lines:]))

"""``upgrade``: what another version of the program would do to this installation, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.appeals import confirm
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.global_options import Globals
from monitor.cli.options import JsonOption
from monitor.config.settings import find_home, load_settings, state_url
from monitor.use_cases import upgrades
from monitor.use_cases.upgrades import UpgradeCheck

upgrade_app = typer.Typer(
    help="Another version of this program: what it would do here, and the way back.", no_args_is_help=True
)
app.add_typer(upgrade_app, name="upgrade")


@upgrade_app.command("check")
def check(
    context: typer.Context,
    *,
    wheel: Annotated[Path | None, typer.Argument(help="A version as the file that was downloaded.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what the next command would change in the store, and what a downloaded version would; nothing is changed.

    The network is not asked. Exit code 1 when the store cannot be used by this program, or by the one in the file.

    Example: fairreview upgrade check fairreview-0.3.0-py3-none-any.whl
    """
    found = upgrades.check_upgrade(_store_of(context), wheel)
    if as_json:
        output.print_json(found)
    else:
        output.print_table(("", ""), _rows(found))
        output.say(_advice(found))
    if found.is_newer or (found.file is not None and found.file.opens_store is False):
        raise typer.Exit(ExitCode.FINDINGS)


@upgrade_app.command("back")
def back(context: typer.Context) -> None:
    """Make the store what it was before its last migration, for the earlier program; only while nothing was done since.

    Example: fairreview upgrade back
    """
    path, earlier = upgrades.find_way_back(_store_of(context))
    output.say(
        f"{earlier.path} was made on {earlier.made_at:%Y-%m-%d %H:%M} UTC, before a migration from {earlier.revision}."
    )
    confirm("Put it back in the place of the store?", refused="Nothing was changed.")
    kept = upgrades.go_back(path, earlier)
    output.say(f"The store is what it was. What it was until now: {kept}")
    output.say("Install the earlier program before the next command: this one would migrate the store again.")


def _store_of(context: typer.Context) -> str:
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    return state_url(load_settings(home), home)


def _rows(found: UpgradeCheck) -> list[tuple[str, str]]:
    rows = [
        ("program", f"{found.program}, stores up to schema {found.schema_known}"),
        ("store", "none yet" if found.schema_stored is None else f"schema {found.schema_stored}"),
        ("steps due", ", ".join(found.steps) or "none"),
    ]
    if found.copy_bytes is not None:
        rows.append(("copy first", f"{_megabytes(found.copy_bytes)}; free: {_megabytes(found.free_bytes or 0)}"))
    rows += [("copy from before", f"{one.path} ({one.made_at:%Y-%m-%d %H:%M} UTC)") for one in found.earlier]
    if found.file is not None:
        rows.append(("file", f"fairreview {found.file.program}, stores up to schema {found.file.schema_known}"))
        rows.append(("SHA-256", found.file.sha256))
    return rows


def _advice(found: UpgradeCheck) -> str:
    if found.file is not None and found.file.opens_store is False:
        return "The program in the file is too old for this store: it would leave it alone."
    if found.file is not None:
        steps = f"takes it from {found.schema_stored} to {found.file.schema_known}, after a copy"
        does = "uses it as it is" if found.file.schema_known == found.schema_stored else steps
        return f"Compare the SHA-256 with the release's. With this store the program in the file {does}."
    if found.is_newer:
        return "A newer program wrote this store. Install that one; nothing was changed."
    if found.steps:
        return "The next command takes the steps, after a copy. `fairreview backup create` keeps evidence and keys too."
    return "Nothing has to be changed for this program."


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"

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
from monitor.config.finding import find_home
from monitor.config.settings import load_settings, state_url
from monitor.language import gettext as _
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
        _("{path} was made on {made_at:%Y-%m-%d %H:%M} UTC, before a migration from {revision}.").format(
            path=earlier.path, made_at=earlier.made_at, revision=earlier.revision
        )
    )
    confirm(_("Put it back in the place of the store?"), refused=_("Nothing was changed."))
    kept = upgrades.go_back(path, earlier)
    output.say(_("The store is what it was. What it was until now: {kept}").format(kept=kept))
    output.say(_("Install the earlier program before the next command: this one would migrate the store again."))


def _store_of(context: typer.Context) -> str:
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    return state_url(load_settings(home), home)


def _rows(found: UpgradeCheck) -> list[tuple[str, str]]:
    stored = found.schema_stored
    rows = [
        (
            _("program"),
            _("{program}, stores up to schema {schema_known}").format(
                program=found.program, schema_known=found.schema_known
            ),
        ),
        (
            _("store"),
            _("none yet") if stored is None else _("schema {number}").format(number=stored),
        ),
        (_("steps due"), ", ".join(found.steps) or _("none")),
    ]
    if found.copy_bytes is not None:
        rows.append(
            (
                _("copy first"),
                _("{size}; free: {free}").format(
                    size=_megabytes(found.copy_bytes), free=_megabytes(found.free_bytes or 0)
                ),
            )
        )
    rows += [(_("copy from before"), f"{one.path} ({one.made_at:%Y-%m-%d %H:%M} UTC)") for one in found.earlier]
    if found.file is not None:
        rows.append(
            (
                _("file"),
                _("fairreview {program}, stores up to schema {schema_known}").format(
                    program=found.file.program, schema_known=found.file.schema_known
                ),
            )
        )
        rows.append(("SHA-256", found.file.sha256))
    return rows


def _advice(found: UpgradeCheck) -> str:
    if found.file is not None and found.file.opens_store is False:
        return _("The program in the file is too old for this store: it would leave it alone.")
    if found.file is not None:
        steps = _("takes it from {schema_stored} to {schema_known}, after a copy").format(
            schema_stored=found.schema_stored, schema_known=found.file.schema_known
        )
        does = _("uses it as it is") if found.file.schema_known == found.schema_stored else steps
        return _("Compare the SHA-256 with the release's. With this store the program in the file {does}.").format(
            does=does
        )
    if found.is_newer:
        return _("A newer program wrote this store. Install that one; nothing was changed.")
    if found.steps:
        return _(
            "The next command takes the steps, after a copy. "
            "`fairreview backup create FILE` keeps evidence and keys too."
        )
    return _("Nothing has to be changed for this program.")


def _megabytes(size: int) -> str:
    return _("{size:.1f} MB").format(size=size / 1_000_000)

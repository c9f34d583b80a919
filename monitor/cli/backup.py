"""``backup``: one file that holds the installation, and the way back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from evidence_store.findings import Severity
from monitor.bootstrap import open_installation
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.evidence import findings_as_data
from monitor.cli.exits import ExitCode
from monitor.cli.global_options import Globals
from monitor.cli.machine_output_evidence import Backup, Restored
from monitor.cli.options import JsonOption, ask_passphrase, installation_of
from monitor.config.finding import find_home
from monitor.custody.backup_creating import create_backup
from monitor.custody.backup_restoring import unpack_backup
from monitor.custody.checking import check_evidence
from monitor.files.private import read_passphrase
from monitor.language import gettext as _
from monitor.language import tell_number
from monitor.state import INSTALLATION, Action

backup_app = typer.Typer(help="Backups of the whole installation.", no_args_is_help=True)
app.add_typer(backup_app, name="backup")

_KEYS = {
    "own_passphrase": _("sealed by this installation's own passphrase"),
    "backup_passphrase": _("sealed by the passphrase you gave for this backup"),
    "left_out": _("LEFT OUT: sessions, code secrets and the signing key are not in this backup"),
}


@backup_app.command("create")
def create(
    context: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(help="The new file.")],
    passphrase_file: Annotated[
        Path | None, typer.Option("--passphrase-file", help="Seals the keys for this backup; needed with a keyring.")
    ] = None,
    without_keys: Annotated[bool, typer.Option("--without-keys", help="Take no secrets along.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write evidence, action log, state, settings and (sealed) keys into one file; visits may go on meanwhile.

    It holds personal data: keep it as you keep the installation. Logged before it is there.

    Example: fairreview backup create /media/stick/fairreview-2026-11-22.backup
    """
    installation = installation_of(context, needs_key=passphrase_file is not None)
    passphrase = read_passphrase(passphrase_file) if passphrase_file else None
    made = create_backup(installation, file, passphrase=passphrase, leaves_keys_out=without_keys)
    told = {
        _("written"): str(made.path),
        "SHA-256": made.digest,
        _("files"): tell_number(len(made.contents.members)),
        _("bytes"): tell_number(made.contents.size),
        _("keys"): _KEYS[made.contents.keys],
    }
    if as_json:
        contents = made.contents
        output.print_json(
            Backup(
                path=str(made.path),
                sha256=made.digest,
                files=len(contents.members),
                size=contents.size,
                keys=contents.keys,
            )
        )
    else:
        output.print_table(("", ""), told.items())
        output.say(_("`fairreview --home NEW_FOLDER backup restore FILE --verify` proves it."), style="green")


@backup_app.command("restore")
def restore(
    context: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(help="The backup.")],
    verify: Annotated[bool, typer.Option("--verify", help="Re-read all evidence and the log afterwards.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup where no installation is (--home); each file is hashed on the way, and nothing is overwritten.

    The store then knows less than was done: nothing is sent until each open appeal is reconciled with the site's own
    list, which the next visits do. Exit code 1 when --verify finds damage.

    Example: fairreview --home ./restored backup restore fairreview-2026-11-22.backup --verify
    """
    chosen: Globals = context.obj
    unpacked = unpack_backup(file, find_home(chosen.home))
    installation = open_installation(unpacked.home.root, ask_passphrase=ask_passphrase)
    with installation.state.transaction() as tx:
        row = tx.installation.get()
        waiting = [account.id for account in tx.accounts.all() if account.must_reconcile_since is not None]
        inputs = {"name": file.name, "created": unpacked.contents.created}
        tx.journal.record(INSTALLATION, Action("backup.restore", inputs=inputs, outputs={"epoch": row.epoch}))
    installation.state.flush_mirror()
    findings = check_evidence(installation).findings if verify else ()
    damage = [one for one in findings if one.severity is Severity.DAMAGE]
    told = {
        _("restored"): str(unpacked.home.root),
        _("as of"): unpacked.contents.created,
        _("files"): tell_number(len(unpacked.contents.members)),
        _("epoch"): str(row.epoch),
        _("keys"): _KEYS[unpacked.contents.keys],
        _("verified"): _("{count} findings of damage").format(count=len(damage))
        if verify
        else _("files only; --verify reads evidence and log"),
    }
    if as_json:
        output.print_json(
            Restored(
                home=str(unpacked.home.root),
                created_at=datetime.fromisoformat(unpacked.contents.created),
                files=len(unpacked.contents.members),
                epoch=row.epoch,
                keys=unpacked.contents.keys,
                is_verified=verify,
                damage=findings_as_data(damage),
                must_reconcile=tuple(waiting),
            )
        )
    else:
        output.print_table(("", ""), told.items())
        if damage:
            output.print_table(("kind", "item", "detail"), ((one.kind, one.item, one.detail) for one in damage))
        held = _("{account}: nothing is sent until each open appeal is reconciled (`fairreview appeal follow`).")
        for account in waiting:
            output.say(held.format(account=account))
        output.say(_("Nor before you say that this one lives on, and no other copy: `fairreview home claim`."))
    if damage:
        raise typer.Exit(ExitCode.FINDINGS)

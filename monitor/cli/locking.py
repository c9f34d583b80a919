"""``unlock``, ``lock`` and ``status``: a passphrase is typed once, and forgotten in time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.machine_output_access import Status
from monitor.cli.options import JsonOption, installation_of
from monitor.config.settings import environment_for_children
from monitor.engine.watch_lock import is_watched
from monitor.errors import SecretsUnavailable
from monitor.language import gettext as _
from monitor.schedule.durations import parse_duration
from monitor.secrets.kept import CAN_KEEP, kept_open
from monitor.secrets.stores import kind_of
from monitor.secrets.unlocking import Keeping
from monitor.secrets.unlocking import lock as forget

_LONGEST = timedelta(days=1)


def _read_time(value: str) -> str:
    if not value:
        return value
    try:
        length = parse_duration(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if not timedelta(0) < length <= _LONGEST:
        raise typer.BadParameter(_("a time of at most 24h, like 8h"))
    return value


@app.command("unlock")
def unlock(
    context: typer.Context,
    *,
    time: Annotated[
        str, typer.Option("--for", callback=_read_time, help="How long, like 30m or 8h (default: [vault] keep_open).")
    ] = "",
) -> None:
    """Ask for the passphrase once, and keep the secrets open for the commands to come.

    They are forgotten after that time, by `fairreview lock`, when the machine sleeps, and when its clock is set.

    Example: fairreview unlock --for 2h
    """
    installation = installation_of(context, needs_key=True)
    if _needs_none(installation):
        return
    length = parse_duration(time) if time else installation.settings.vault.keep_open or _LONGEST
    _keeping(installation).unlock(installation.own_secrets, length)
    output.say(_until(installation), style="green")


@app.command("lock")
def lock(context: typer.Context) -> None:
    """Forget the secrets that `unlock` or a running `watch` keeps open.

    A visit under way loses them too. What a running `watch` needs for its own visits it keeps until it ends.

    Example: fairreview lock
    """
    installation = installation_of(context)
    was_open = forget(installation.home.runs)
    output.say(_("Forgotten.") if was_open else _("Nothing was held open."))
    for account in _watched(installation):
        output.say(_("`watch` of {account} goes on with its own visits; Ctrl-C there ends it.").format(account=account))


@app.command("status")
def status(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Say whether the secrets are open, until when, and which accounts are watched.

    Exit code 1 when a command that needs a secret would ask for the passphrase.

    Example: fairreview status
    """
    installation = installation_of(context)
    kind = kind_of(installation.home.secrets)
    held = kept_open(installation.home.runs)
    would_ask = kind == "file" and installation.settings.vault.passphrase_file is None and held is None
    watched = _watched(installation)
    if as_json:
        until = _moment(installation, held.seconds_left) if held else None
        output.print_json(Status(secrets=kind, asks_passphrase=would_ask, open_until=until, watched=watched))
    else:
        output.print_text(output.as_pasted(_until(installation)) if held else _of_kind(kind, would_ask=would_ask))
        names = ", ".join(watched)
        output.print_text(_("Watched now: {names}").format(names=names) if watched else _("No account is watched now."))
    if would_ask:
        output.say(_("`fairreview unlock` asks once for a while."))
        raise typer.Exit(ExitCode.FINDINGS)


def keep_open(installation: Installation, held: ExitStack, say: Callable[[str], None]) -> None:
    """Has a running ``watch`` keep the secrets open for commands, where somebody typed the passphrase for it."""
    vault = installation.settings.vault
    is_typed = installation.own_secrets.kind == "file" and vault.passphrase_file is None
    if not is_typed or not vault.keep_open or not CAN_KEEP or kept_open(installation.home.runs) is not None:
        return
    try:
        held.enter_context(_keeping(installation).unlocked(installation.own_secrets, vault.keep_open))
    except SecretsUnavailable as error:  # watching goes on all the same
        say(str(error))
    else:
        say(_until(installation))


def _needs_none(installation: Installation) -> bool:
    """Whether no command of this installation asks for a passphrase; says so."""
    kind = kind_of(installation.home.secrets)
    if kind == "file" and installation.settings.vault.passphrase_file is None:
        return False
    output.say(_of_kind(kind, would_ask=False))
    return True


def _of_kind(kind: str, *, would_ask: bool) -> str:
    if would_ask:
        return _("The secrets are locked: a command that needs one asks for the passphrase.")
    if kind == "keyring":
        return _("The secrets are opened by the system's keyring: no command asks for a passphrase.")
    return _("The secrets are opened without asking: [vault] passphrase_file names the passphrase.")


def _until(installation: Installation) -> str:
    held = kept_open(installation.home.runs)
    if held is None:
        return _("The secrets are locked again already.")
    pattern = (
        _("The secrets are open for commands until {until} ({zone}), or until `watch` ends; `fairreview lock` ends it.")
        if held.is_watch
        else _("The secrets are open for commands until {until} ({zone}); `fairreview lock` ends it.")
    )
    until = _moment(installation, held.seconds_left)
    return pattern.format(until=f"{until:%Y-%m-%d %H:%M}", zone=installation.settings.installation.zone)


def _moment(installation: Installation, seconds: float) -> datetime:
    zone = ZoneInfo(installation.settings.installation.zone)
    return (installation.clock.now() + timedelta(seconds=seconds)).astimezone(zone)


def _watched(installation: Installation) -> tuple[str, ...]:
    accounts = (account.name for account in installation.settings.account)
    return tuple(name for name in accounts if is_watched(installation.home.runs, name))


def _keeping(installation: Installation) -> Keeping:
    return Keeping(installation.home.secrets, installation.home.runs, environment_for_children())

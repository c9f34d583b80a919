"""Options that several commands share, and how a command reaches its installation."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from monitor.bootstrap import Installation, open_installation
from monitor.cli import asking
from monitor.cli.global_options import Globals
from monitor.cli.output import say
from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.errors import SecretsUnavailable, SettingsError, UsageError
from monitor.language import gettext as _

AccountOption = Annotated[
    str | None, typer.Option("--account", "-a", help="The account; may be left out when there is only one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
HeadedOption = Annotated[bool, typer.Option("--headed", help="Show the browser's window.")]
_MOST_ROWS = 100_000


def read_limit(text: str | int) -> int:
    """Reads a number of rows.

    Raises:
        typer.BadParameter: not a plain number, or out of range.
    """
    plain = str(text)
    if not (plain.isascii() and plain.isdecimal()) or not 1 <= int(plain[:10]) <= _MOST_ROWS:
        raise typer.BadParameter(
            _("{plain!r} is not a number from 1 to {most}").format(plain=plain[:40], most=_MOST_ROWS)
        )
    return int(plain)


LimitOption = Annotated[int, typer.Option("--limit", parser=read_limit, help="How many rows to show at most.")]


def say_there_are_more(limit: int) -> None:
    """Says beside a list that older rows were left out, and how to see them."""
    say(_("Only the newest {limit} of an account are shown: --limit shows more.").format(limit=limit))


def installation_of(context: typer.Context, *, needs_key: bool = False) -> Installation:
    """Opens the installation that the global options name; ``needs_key`` passes a keeper of the secrets over."""
    chosen: Globals = context.obj
    installation = open_installation(chosen.home, ask_passphrase=ask_passphrase)
    installation.needs_key = needs_key
    return installation


def choose_account(settings: Settings, home: Home, name: str | None) -> AccountSection:
    """Returns the named account, or the only one.

    Raises:
        SettingsError: the name is not known, or there are several accounts (or none) and none was named.
    """
    accounts = settings.account
    if name is not None:
        return settings.find_account(name)
    if len(accounts) == 1:
        return accounts[0]
    known = ", ".join(account.name for account in accounts)
    if not accounts:
        raise SettingsError(_("there is no account yet"), where=str(home.config), hint=_("Run `fairreview init`."))
    raise SettingsError(
        _("there are several accounts"), where="--account", hint=_("Name one of: {known}").format(known=known)
    )


def chosen_accounts(settings: Settings, name: str | None) -> tuple[AccountSection, ...]:
    """Returns the named account, or all of them."""
    return (settings.find_account(name),) if name is not None else settings.account


def ask_passphrase() -> str:
    """Asks for the passphrase of the secret store.

    Raises:
        SecretsUnavailable: nobody is at the terminal.
    """
    if not sys.stdin.isatty():
        raise SecretsUnavailable(
            _("the passphrase is needed, and standard input is not a terminal"),
            hint=_("open it first by `fairreview unlock`, or set [vault] passphrase_file in config.toml"),
        )
    return str(asking.prompt(_("Passphrase"), hide_input=True))


def require_hash(given: str | None) -> str | None:
    """Refuses an empty hash: a shell's variable that is not set names nothing that anybody was shown."""
    if given is not None and not given.strip():
        raise UsageError(
            _("no hash was given"),
            field="--hash",
            hint=_("Copy it from what was shown; without --hash you are shown it and asked."),
        )
    return given


HashOption = Annotated[
    str | None,
    typer.Option("--hash", callback=require_hash, help="Approve without asking exactly what has this hash."),
]

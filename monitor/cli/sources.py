"""``source``: where reviews are read besides the public page, and whether that works."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import asking, output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.machine_output import Source
from monitor.cli.options import AccountOption, JsonOption, choose_account, chosen_accounts, installation_of
from monitor.cli.visiting import leave_with, visit_runner
from monitor.engine.health import SourceHealth, examine_sources
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.language.days import tell_second
from monitor.language.words import tell_span
from monitor.schedule.durations import format_duration
from monitor.secrets.vault import API_PLACE, AccountSecrets
from monitor.visit_protocol import VisitKind

source_app = typer.Typer(help="Further sources of reviews: the cabinet's list, the Seller API.", no_args_is_help=True)
app.add_typer(source_app, name="source")

AccountArgument = Annotated[str, typer.Argument(help="The account.")]


@source_app.command("set-key")
def set_key(context: typer.Context, account: AccountArgument) -> None:
    """Keep the account's key of the Seller API; asked for, never given on the command line.

    Example: fairreview source set-key my-shop
    """
    installation = installation_of(context)
    section = installation.settings.find_account(account)
    if not sys.stdin.isatty():
        raise SettingsError(
            _("Cannot ask for the key: standard input is not a terminal."), hint=_("Run the command at a terminal.")
        )
    key = str(asking.prompt("Api-Key", hide_input=True)).strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError(_("this is not a key"), hint=_("Copy it whole from Настройки → API-ключи in the cabinet."))
    AccountSecrets(installation.secrets).save(account, API_PLACE, "api_key", key)
    output.say(_("Kept."))
    if not section.sources.api_client_id:
        output.say(
            _('Next: in config.toml, [account.sources] api_client_id = "<Client-Id>", then `fairreview source check`.')
        )


@source_app.command("forget-key")
def forget_key(context: typer.Context, account: AccountArgument) -> None:
    """Delete the account's key of the Seller API.

    Example: fairreview source forget-key my-shop
    """
    installation = installation_of(context)
    is_gone = AccountSecrets(installation.secrets).forget(account, API_PLACE, "api_key")
    output.say(_("Deleted.") if is_gone else _("There was none."))


@source_app.command("check")
def check(context: typer.Context, *, account: AccountOption = None) -> None:
    """Read the account's further sources now; exit code 1, with the reason and the next step, when one refuses.

    Example: fairreview source check
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    if not chosen.sources.switched_on:
        raise SettingsError(
            _("account {chosen} has no further source").format(chosen=chosen.name),
            where="account.sources",
            hint=_('Write `cabinet = true` or `api_client_id = "…"` under [account.sources] in config.toml.'),
        )
    leave_with(visit_runner(installation).run(chosen, VisitKind.SOURCES))


@source_app.command("status")
def status(context: typer.Context, *, account: AccountOption = None, as_json: JsonOption = False) -> None:
    """Show each source's last success and what was wrong since; exit code 1 when one is late or fails.

    Example: fairreview source status
    """
    installation = installation_of(context)
    found = [
        one
        for section in chosen_accounts(installation.settings, account)
        for one in examine_sources(installation, section)
    ]
    zone = installation.settings.installation.zone
    if as_json:
        output.print_lines(_as_data(one, ZoneInfo(zone)) for one in found)
    else:
        columns = ("account", "source", f"last full success ({zone})", "age", "reviews", "of other products", "")
        output.print_table(columns, (_as_row(one, zone) for one in found))
        for one in found:
            if one.hint:
                output.say(f"{one.source}: {one.hint}")
    if any(one.is_late or one.problem for one in found):
        raise typer.Exit(ExitCode.FINDINGS)


def _as_row(one: SourceHealth, zone: str) -> tuple[str, ...]:
    last = tell_second(one.last_full_at, zone) if one.last_full_at else _("never")
    age = tell_span(format_duration(timedelta(seconds=round(one.age.total_seconds())))) if one.last_full_at else ""
    word = one.problem or (_("LATE") if one.is_late else _("fine"))
    if one.held_until is not None:
        word += _("; left alone until {when}").format(when=tell_second(one.held_until, zone))
    return (one.account, one.source, last, age, str(one.rows), str(one.foreign), word)


def _as_data(one: SourceHealth, zone: ZoneInfo) -> Source:
    return Source(
        account=one.account,
        source=one.source,
        last_full_at=one.last_full_at.astimezone(zone) if one.last_full_at else None,
        limit_seconds=round(one.limit.total_seconds()),
        is_late=one.is_late,
        reviews=one.rows,
        of_other_products=one.foreign,
        held_until=one.held_until.astimezone(zone) if one.held_until else None,
        problem=one.problem or None,
        hint=one.hint or None,
    )

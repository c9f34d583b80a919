"""``notify`` and ``health``: who is told, what became of it, and whether silence is a fault."""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import chain
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli import asking, output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.machine_output import Health, Message
from monitor.cli.options import AccountOption, JsonOption, LimitOption, chosen_accounts, installation_of
from monitor.config.settings import Settings
from monitor.endings import message_of
from monitor.engine.health import ProductHealth, examine_health, examine_sources
from monitor.errors import MonitorError, SettingsError
from monitor.language import gettext as _
from monitor.language.days import tell_second
from monitor.language.words import tell_span
from monitor.outgoing import message_words as wording
from monitor.outgoing.messengers import channel_names, forget_channel, load_channel, save_channel
from monitor.outgoing.pings import save_ping
from monitor.outgoing.sending import Messenger
from monitor.schedule.durations import format_duration
from monitor.state import State

notify_app = typer.Typer(help="Telling people: channels, what was sent and what was not.", no_args_is_help=True)
app.add_typer(notify_app, name="notify")

NameArgument = Annotated[str, typer.Argument(help="The channel's name, for example telegram.")]


@notify_app.command("set")
def set_channel(context: typer.Context, name: NameArgument) -> None:
    """Keep a channel's address (an apprise URL); asked for, never given on the command line: it holds a token.

    Example: fairreview notify set telegram
    """
    installation = installation_of(context)
    channel = save_channel(installation.secrets, name, _ask_address(_("Address of the channel")), installation.redactor)
    output.say(_("Kept: {channel}, {masked}").format(channel=channel.name, masked=channel.masked))
    if name not in _named(installation.settings):
        output.say(
            _('Next: name it in config.toml, [notify] seller = ["{name}"], then `fairreview notify test`.').format(
                name=name
            )
        )


@notify_app.command("forget")
def forget(context: typer.Context, name: NameArgument) -> None:
    """Delete a channel's address.

    Example: fairreview notify forget telegram
    """
    installation = installation_of(context)
    output.say(_("Deleted.") if forget_channel(installation.secrets, name) else _("There was none of this name."))


@notify_app.command("test")
def send_test(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Only this channel.")] = None,
) -> None:
    """Send a trial message through every channel; exit code 1 when one did not take it.

    Example: fairreview notify test
    """
    installation = installation_of(context)
    names = [name] if name else _named(installation.settings) or channel_names(installation.secrets)
    if not names:
        raise SettingsError(
            _("there is no channel yet"), where="notify", hint=_("`fairreview notify set NAME` makes one.")
        )
    failed = 0
    for one in names:
        try:
            channel = load_channel(installation.secrets, one, installation.redactor)
            channel.send(wording.TEST_TITLE, wording.TEST_BODY.format(name=one))
            output.say(_("{one}: sent to {masked}").format(one=one, masked=channel.masked), style="green")
        except MonitorError as error:
            failed += 1
            output.say(f"{one}: {installation.redactor.redact(message_of(error))}", style="bold red")
    notify = installation.settings.notify
    if not {*notify.seller, *notify.operator}:
        output.say(
            _(
                'Nobody is told anything yet: no channel is named in {config}. Write [notify] seller = ["{names}"].'
            ).format(config=installation.home.config, names=names[0]),
            style="bold red",
        )
        failed += 1
    if failed:
        raise typer.Exit(ExitCode.FINDINGS)


def _named(settings: Settings) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable(settings.named_channels().values())))


@notify_app.command("send")
def send(context: typer.Context, *, account: AccountOption = None) -> None:
    """Send what is due now (`watch` does it by itself); exit code 1 when something could not be sent.

    Example: fairreview notify send
    """
    installation = installation_of(context)
    done = Messenger(
        installation, [section.name for section in chosen_accounts(installation.settings, account)]
    ).send_due()
    output.say(_("{sent} sent, {failed} failed").format(sent=done.sent, failed=done.failed))
    if done.failed:
        raise typer.Exit(ExitCode.FINDINGS)


@notify_app.command("status")
def status(
    context: typer.Context, *, account: AccountOption = None, limit: LimitOption = 30, as_json: JsonOption = False
) -> None:
    """Show what became of the newest messages; exit code 1 when one was given up.

    Example: fairreview notify status
    """
    installation = installation_of(context)
    zone = ZoneInfo(installation.settings.installation.zone)
    rows = [
        one
        for section in chosen_accounts(installation.settings, account)
        for one in _messages(installation.state, section.name, limit, zone)
    ]
    if as_json:
        output.print_lines(rows)
    else:
        columns = ("account", "message", "event", "channel", "state", "attempts", "at", "error")
        output.print_table(columns, (_message_line(one) for one in rows))
    if any(one.state == "dead" for one in rows):
        raise typer.Exit(ExitCode.FINDINGS)


def _messages(state: State, account: str, limit: int, zone: ZoneInfo) -> list[Message]:
    """The newest deliveries, then the newest messages that no channel was given."""
    with state.read() as tx:
        messages = {message.id: message for message in tx.outbox.all(account)}
        deliveries = tx.outbox.deliveries(account, limit=limit)
    given = [
        Message(
            account=account,
            message=one.message_id,
            event=messages[one.message_id].event,
            channel=one.channel,
            state=one.state,
            attempts=one.attempts,
            at=(one.sent_at or one.next_attempt_at).astimezone(zone),
            error=one.last_error or None,
        )
        for one in deliveries
    ]
    kept = [one for one in messages.values() if one.state != "given"][-limit:]
    nobodys = [
        Message(
            account=account,
            message=one.id,
            event=one.event,
            channel=None,
            state=one.state,
            attempts=0,
            at=None,
            error=None,
        )
        for one in kept
    ]
    return given + nobodys


def _message_line(one: Message) -> tuple[str, ...]:
    at = one.at.isoformat(timespec="seconds") if one.at else ""
    attempts = str(one.attempts) if one.channel else ""
    return (one.account, str(one.message), one.event, one.channel or "", one.state, attempts, at, one.error or "")


@app.command("health")
def health(
    context: typer.Context,
    *,
    account: AccountOption = None,
    set_ping: Annotated[
        bool, typer.Option("--set-ping", help="Ask for an address to ping after every visit, and keep it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the age of the last full success of each product and source; exit code 1 for one late, troubled or stopped.

    Example: fairreview health
    """
    installation = installation_of(context)
    if set_ping:
        save_ping(installation.secrets, account, _ask_address(_("Address to ping")))
        output.say(_("Kept. It is pinged after every visit, with /fail when the visit was not a full success."))
        return
    sections, zone = chosen_accounts(installation.settings, account), installation.settings.installation.zone
    found = [one for section in sections for one in examine_health(installation, section)]
    found += [one.as_product for section in sections for one in examine_sources(installation, section)]
    if as_json:
        output.print_lines(_as_data(one, ZoneInfo(zone)) for one in found)
    else:
        columns = ("account", "product or source", f"last full success ({zone})", "age", "limit", "state")
        with installation.state.read() as tx:
            titles = {(one.name, kept.sku): kept.title for one in sections for kept in tx.products.all(one.name)}
        output.print_table(columns, (_as_row(one, zone, titles.get((one.account, one.sku), "")) for one in found))
    if not found or any(one.is_late or one.is_troubled or one.is_stopped for one in found):
        raise typer.Exit(ExitCode.FINDINGS)


def _as_row(one: ProductHealth, zone: str, title: str) -> tuple[str, ...]:
    last = tell_second(one.last_full_at, zone) if one.last_full_at else _("never")
    word = (
        _("STOPPED") if one.is_stopped else _("LATE") if one.is_late else _("TROUBLE") if one.is_troubled else _("fine")
    )
    return (
        one.account,
        f"{one.sku} ({title})" if title else one.sku,
        last,
        _age(one),
        tell_span(format_duration(one.limit)),
        f"{word} {one.remark}".strip(),
    )


def _as_data(one: ProductHealth, zone: ZoneInfo) -> Health:
    return Health(
        account=one.account,
        product=one.sku,
        last_full_at=one.last_full_at.astimezone(zone) if one.last_full_at else None,
        age_seconds=None if one.age == timedelta.max else round(one.age.total_seconds()),
        limit_seconds=round(one.limit.total_seconds()),
        is_late=one.is_late,
        is_troubled=one.is_troubled,
        is_stopped=one.is_stopped,
        remark=one.remark or None,
    )


def _age(one: ProductHealth) -> str:
    return (
        ""
        if one.age == timedelta.max
        else tell_span(format_duration(timedelta(seconds=round(one.age.total_seconds()))))
    )


def _ask_address(question: str) -> str:
    if not sys.stdin.isatty():
        raise SettingsError(
            _("Cannot ask for the address: standard input is not a terminal."), hint=_("Run the command at a terminal.")
        )
    return str(asking.prompt(question, hide_input=True))

"""``poll``, ``watch`` and ``capture``: visits that read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.bootstrap import Installation
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.locking import keep_open
from monitor.cli.lookup import find_review, review_id_of, watched_skus
from monitor.cli.machine_output import VisitReport
from monitor.cli.options import (
    AccountOption,
    HeadedOption,
    JsonOption,
    choose_account,
    chosen_accounts,
    installation_of,
)
from monitor.cli.visiting import leave_with, terminal_listener, visit_runner
from monitor.clock import Clock
from monitor.config.settings import Settings
from monitor.engine.loop import WatchLoop
from monitor.engine.turns import AccountTurns
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.language import gettext as _
from monitor.visit_protocol import VisitEnd, VisitKind


@app.command("poll")
def poll(
    context: typer.Context,
    *,
    account: AccountOption = None,
    sku: Annotated[list[str] | None, typer.Option(help="Only this product; repeatable.")] = None,
    headed: HeadedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read the reviews of an account's products now; exit code 1 when a page could not be read.

    Example: fairreview poll
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    skus = watched_skus(installation, chosen, sku or ())
    end = visit_runner(installation).run(chosen, VisitKind.POLL, VisitDetails(skus=skus, is_headed=headed))
    if as_json:
        output.print_json(_as_data(end))
    leave_with(end)


@app.command("watch")
def watch(
    context: typer.Context,
    *,
    account: AccountOption = None,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then leave.")] = False,
    headed: HeadedOption = False,
) -> None:
    """Keep watching: poll, look into new negative reviews, file what is approved, follow up; until Ctrl-C.

    Due times are stored: after sleep or a restart there is one catch-up, and every missed slot is on record.
    Exit code 8 when an appeal of an account's last visit may be out and nobody knows what became of it.

    Example: fairreview watch
    """
    installation = installation_of(context, needs_key=True)
    stop = threading.Event()
    runner = VisitRunner(installation, terminal_listener(), operator="schedule:watch", stop=stop)
    accounts = chosen_accounts(installation.settings, account)
    turns = AccountTurns(
        installation,
        runner,
        accounts,
        say=_with_time(installation.settings, installation.clock),
        is_headed=headed,
        only=account or "",
    )
    try:
        with ExitStack() as held:
            loop = WatchLoop(turns, stop, opened=lambda: None if once else keep_open(installation, held, turns.say))
            if installation.settings.desk.with_watch and not once:
                _serve_desk(installation, held, turns.say)
            loop.run(only_once=once)
    except KeyboardInterrupt:
        output.say(_("Stopped. What was done is stored; `fairreview watch` goes on from there."))
    if any(turns.unknown.values()):
        raise typer.Exit(ExitCode.UNKNOWN_OUTCOME)


def _serve_desk(installation: Installation, held: ExitStack, say: Callable[[str], None]) -> None:
    """Loads the desk only where it is wanted: its libraries take longer than a watcher needs."""
    from monitor.cli.desk import serve_beside  # noqa: PLC0415 - see above

    serve_beside(installation, held, say=say)


def _with_time(settings: Settings, clock: Clock) -> Callable[[str], None]:
    """Says each thing with the time at which it happened, in the installation's zone."""
    zone = ZoneInfo(settings.installation.zone)
    return lambda text: output.say(f"{clock.now().astimezone(zone):%H:%M:%S} {text}")


@app.command("capture")
def capture(
    context: typer.Context,
    *,
    review: Annotated[
        list[str] | None, typer.Argument(help="Ids or addresses of reviews; none takes all that are new and negative.")
    ] = None,
    account: AccountOption = None,
    headed: HeadedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Capture reviews as evidence, read what surrounds them, and judge them.

    Example: fairreview capture 01a0e82c
    """
    installation = installation_of(context)
    chosen = choose_account(installation.settings, installation.home, account)
    ids = [
        find_review(installation.state, installation.settings, review_id_of(one), chosen.name).review_id
        for one in review or ()
    ]
    end = visit_runner(installation).run(chosen, VisitKind.CAPTURE, VisitDetails(review_ids=ids, is_headed=headed))
    if as_json:
        output.print_json(_as_data(end))
    leave_with(end)


def _as_data(end: VisitEnd) -> VisitReport:
    return VisitReport(
        end=end.kind.value,
        message=end.message or None,
        hint=end.hint or None,
        facts={name: int(value) if value.isdecimal() else value for name, value in end.facts},
        problems=end.problems,
        unknown=end.unknown,
    )

"""``worker``, ``cluster`` and ``account``: several machines on one PostgreSQL."""

from __future__ import annotations

import importlib.util
import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.bootstrap import open_installation
from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.exits import ExitCode
from monitor.cli.machine_output import ClusterStatus, HeldLock, Worker
from monitor.cli.options import JsonOption, ask_passphrase, installation_of
from monitor.cli.roster import account_app
from monitor.cli.visiting import terminal_listener
from monitor.config.home import Home
from monitor.config.settings import Settings, state_url
from monitor.endings import message_of
from monitor.engine.homes import HomeTurns
from monitor.engine.turns import AccountTurns
from monitor.engine.visits import VisitRunner
from monitor.errors import MonitorError, SettingsError
from monitor.language import gettext, tell_number

cluster_app = typer.Typer(help="Several machines that share one PostgreSQL.", no_args_is_help=True)
app.add_typer(cluster_app, name="cluster")


@app.command("worker")
def worker(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then leave.")] = False,
) -> None:
    """Visit the accounts that are at home on this machine, from the queue that several machines share; until Ctrl-C.

    Needs PostgreSQL ([state] url) and the extra fairreview[cluster]. The first worker that asks is an account's home.

    Example: fairreview worker
    """
    installation = installation_of(context, needs_key=True)
    _require_cluster(installation.settings, installation.home)
    from monitor.engine.queue import QueueEngine, QueuePlace  # noqa: PLC0415 - the extra is loaded where it is used

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    runner = VisitRunner(installation, terminal_listener(), operator="schedule:worker", stop=stop)
    _ = installation.secrets  # asks for a passphrase now, while nothing runs yet
    turns = HomeTurns(installation, AccountTurns(installation, runner, installation.settings.account, say=output.say))
    place = QueuePlace(state_url(installation.settings, installation.home))
    output.say(gettext("Worker {worker} is at work.").format(worker=turns.worker))
    QueueEngine(turns, place, stop, say=output.say).run(only_once=once)


@cluster_app.command("status")
def status(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Show workers, their accounts and queues, and the locks that are held; exit code 1 when a dead one has accounts.

    Example: fairreview cluster status
    """
    installation = installation_of(context)
    _require_cluster(installation.settings, installation.home)
    from monitor.engine.cluster_status import read_status  # noqa: PLC0415

    found = read_status(installation)
    zone = ZoneInfo(installation.settings.installation.zone)
    shown = ClusterStatus(
        workers=tuple(
            Worker(
                name=one.name,
                is_alive=one.is_alive,
                seen_at=one.seen_at.astimezone(zone) if one.seen_at else None,
                accounts=one.accounts,
                waiting=one.waiting,
                running=one.running,
            )
            for one in found.workers
        ),
        locks=tuple(
            HeldLock(
                account=lock.account_id,
                owner=lock.owner,
                fence=lock.fence,
                until=lock.expires_at.astimezone(zone) if lock.expires_at else None,
            )
            for lock in found.locks
        ),
    )
    if as_json:
        output.print_json(shown)
    else:
        _show_status(shown)
    for dead in found.homeless:
        output.say(
            gettext(
                "Worker {dead} is not heard of, and {accounts} accounts are at home with it: bring it back,"
            ).format(dead=dead.name, accounts=dead.accounts)
        )
        output.say(gettext("or move them: `fairreview --home COPY_OF_ITS_HOME account move ACCOUNT… --to HOME`."))
    if found.homeless:
        raise typer.Exit(ExitCode.FINDINGS)


def _show_status(shown: ClusterStatus) -> None:
    output.print_table(
        ("worker", "alive", "seen", "accounts", "waiting", "running"),
        (
            (
                one.name,
                "yes" if one.is_alive else "no",
                _moment(one.seen_at) or "never",
                str(one.accounts),
                str(one.waiting),
                str(one.running),
            )
            for one in shown.workers
        ),
    )
    output.print_text("")
    output.print_table(
        ("account", "owner", "fence", "until"),
        ((lock.account, lock.owner or "-", str(lock.fence), _moment(lock.until) or "-") for lock in shown.locks),
    )


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


@account_app.command("move")
def move(
    context: typer.Context,
    account: Annotated[list[str], typer.Argument(help="Names of the accounts.")],
    *,
    to: Annotated[Path, typer.Option("--to", help="The home folder they move to, as this machine sees it.")],
    without_secrets: Annotated[
        bool, typer.Option("--without-secrets", help="Leave sessions and secrets behind: sign in anew afterwards.")
    ] = False,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Write off evidence that this home does not have; the log names it.")
    ] = False,
) -> None:
    """Move accounts from this home (or a copy of it, when the machine is dead) to another, evidence and all.

    Everything is read back on arrival before the account changes its home; until then nothing has changed.

    Example: fairreview --home /mnt/backup/worker1 account move shop --to ~/fairreview
    """
    from monitor.engine.moving import MoveTerms, move_account  # noqa: PLC0415

    source = installation_of(context, needs_key=True)
    target = open_installation(to, ask_passphrase=ask_passphrase)
    target.needs_key = True
    terms = MoveTerms(without_secrets=without_secrets, accepts_loss=accept_loss)
    failed = False
    for name in account:
        try:
            moved = move_account(source, target, name, terms)
        except MonitorError as error:
            failed = True
            output.say(f"{name}: {message_of(error)}", style="bold red")
            continue
        output.say(
            gettext(
                "{name}: at home with {worker} now (was {origin}); {files} files ({bytes} bytes) and "
                "{secrets} secrets arrived and were read back"
            ).format(
                name=name,
                worker=moved.worker,
                origin=moved.origin,
                files=moved.files,
                bytes=tell_number(moved.bytes),
                secrets=moved.secrets,
            ),
            style="green",
        )
        for digest in moved.lost:
            output.say(gettext("  - written off: {digest}").format(digest=digest))
    if failed:
        raise typer.Exit(ExitCode.FINDINGS)


def _require_cluster(settings: Settings, home: Home) -> None:
    if not state_url(settings, home).startswith("postgresql"):
        raise SettingsError(
            gettext("several machines need one PostgreSQL"),
            where="state.url",
            hint=gettext("On one machine `fairreview watch` does the same without a server."),
        )
    if importlib.util.find_spec("procrastinate") is None:
        raise SettingsError(gettext("the extra is not installed"), hint=gettext("pip install 'fairreview[cluster]'"))

"""``desk``: the page on this machine on which people look and decide."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from contextlib import ExitStack
from typing import Annotated

import typer

from monitor.bootstrap import Installation, open_installation
from monitor.cli import asking, output
from monitor.cli.application import app
from monitor.cli.desk_terminal import DeskTerminal
from monitor.cli.global_options import Globals
from monitor.cli.options import ask_passphrase
from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.engine import Engine
from monitor.desk.entering import Door
from monitor.desk.guard import HOST
from monitor.desk.links import announced, find_desk
from monitor.desk.serving import DeskServer, bind
from monitor.desk.setup import Setup
from monitor.desk.setup_pages import Switch, build_setup_app
from monitor.errors import AccountBusy, SecretsUnavailable
from monitor.language import gettext
from monitor.use_cases.first_run import needs_first_run, settings_so_far

_IDLE = 15 * 60.0  # seconds, where no settings say another


@app.command("desk")
def desk(
    context: typer.Context,
    *,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link.")] = False,
    no_watch: Annotated[
        bool, typer.Option("--no-watch", help="Do not watch or send here; what is approved waits for `watch`.")
    ] = False,
) -> None:
    """Open the desk: reviews that wait for you, with pictures, reasons and the exact text; until Ctrl-C.

    It listens on this machine alone. The link lets one browser in, once; Enter at the terminal prints another one.
    Where there is no installation yet, it makes one. While it is open it watches and sends what is approved, unless a
    running `fairreview watch` does; where one serves the desk already, only a link into that is made.

    Example: fairreview desk
    """
    chosen: Globals = context.obj
    home = find_home(chosen.home)
    running = find_desk(home.runs)
    if running is not None:
        _give_link(running.new(), running.port, no_browser=no_browser)
        return
    try:
        with ExitStack() as held:
            served = _Served(home, held, watches=not no_watch)
            served.open(no_browser=no_browser)
    except AccountBusy:  # another one was quicker between the two looks
        if (running := find_desk(home.runs)) is None:
            raise
        _give_link(running.new(), running.port, no_browser=no_browser)


class _Served:
    """The desk of a home while it runs: first of an empty one, then of the installation that was made."""

    def __init__(self, home: Home, held: ExitStack, *, watches: bool) -> None:
        self._home, self._held, self._watches = home, held, watches
        self._switch = Switch()
        self._terminal = DeskTerminal(lambda: output.print_text(self._door.new_link()))
        installation = (
            open_installation(home.root, ask_passphrase=ask_passphrase) if not needs_first_run(home) else None
        )
        self._bound = bind(installation.settings.desk.port if installation else 0)
        self._port = int(self._bound.getsockname()[1])
        self._door = Door(port=self._port, idle=_IDLE, people=())
        if installation is not None:
            installation.state.flush_mirror()  # opened and migrated before anybody looks
            self._take_over(installation)
        else:
            settings_so_far(home)  # refused here, at the terminal, and not on a page
            home.create()  # for its owner alone, before anything is kept in it
            self._setup = Setup(home, self._new_passphrase, self._terminal.is_there, self._made)
            self._switch.app = build_setup_app(self._setup, self._door, port=self._port)

    def open(self, *, no_browser: bool) -> None:
        """Serves until Ctrl-C."""
        self._held.enter_context(announced(self._home.runs, self._door.links))

        def ready() -> None:
            _give_link(self._door.new_link(), self._port, no_browser=no_browser)
            if self._terminal.is_there:
                output.say(gettext("Enter prints another link."))
            self._terminal.start()

        try:
            DeskServer(self._switch, self._bound, ready=ready, ending=self._end_streams).run()
        except KeyboardInterrupt:
            output.say(gettext("The desk is closed. What was decided is stored."))

    def _end_streams(self) -> None:
        if self._calls is not None:
            self._calls.work.close()

    def _made(self) -> None:
        installation = open_installation(self._home.root, ask_passphrase=self._once_more)
        installation.state.flush_mirror()
        self._take_over(installation)

    def _take_over(self, installation: Installation) -> None:
        locked = _unlock(installation)
        calls = Calls(
            installation,
            ask=self._terminal.ask,
            ask_hidden=lambda prompt: self._terminal.ask_for(prompt, is_hidden=True),
            locked=locked,
            work=self._setup.work if self._setup else None,
        )
        self._door.know(calls.people, idle=installation.settings.desk.idle.total_seconds())
        self._calls = calls
        self._held.callback(calls.work.stop_all)
        if self._watches and not locked:
            calls.engine = Engine(installation, calls.work, self._terminal.ask)
            self._held.callback(calls.engine.close)
            if self._setup is None:  # else the person signs in first
                calls.engine.start()
        self._switch.app = build_app(calls, self._door, port=self._port)

    def _new_passphrase(self) -> str | None:
        self._typed = self._terminal.do(gettext("New passphrase"), _new_passphrase)
        return self._typed

    def _once_more(self) -> str:
        """The passphrase that was typed just now: nobody is asked for it twice."""
        if self._typed is None:
            raise SecretsUnavailable(gettext("no passphrase was typed"))
        return self._typed

    _typed: str | None = None
    _calls: Calls | None = None
    _setup: Setup | None = None


def serve_beside(installation: Installation, held: ExitStack, *, say: Callable[[str], None]) -> None:
    """Serves the desk beside a watcher until ``held`` ends; no link is printed: `fairreview desk` makes one."""
    import threading  # noqa: PLC0415 - here alone

    bound = bind(installation.settings.desk.port)
    port = int(bound.getsockname()[1])
    calls = Calls(installation, locked=_unlock(installation))
    door = Door(port=port, idle=installation.settings.desk.idle.total_seconds(), people=calls.people)
    held.enter_context(announced(installation.home.runs, door.links))
    server = DeskServer(build_app(calls, door, port=port), bound, ready=lambda: None, ending=calls.work.close)
    thread = threading.Thread(target=server.run, name="desk", daemon=True)
    thread.start()
    held.callback(thread.join, 10.0)
    held.callback(server.close)
    held.callback(calls.work.stop_all)
    say(gettext("The desk is served on port {port} of this machine: `fairreview desk` opens it.").format(port=port))


def _give_link(link: str, port: int, *, no_browser: bool) -> None:
    output.print_text(link)
    output.say(gettext("The link works once, in one browser. Ctrl-C ends the desk; nothing is lost by it."))
    output.say(
        gettext("From another machine: ssh -L {port}:{host}:{port} this-machine, then the link there.").format(
            port=port, host=HOST
        )
    )
    if not no_browser:
        webbrowser.open(link)


def _new_passphrase() -> str | None:
    try:
        return asking.new_passphrase()
    except typer.Abort:
        return None


def _unlock(installation: Installation) -> str:
    """Opens the secrets, asking for the passphrase while nothing else runs; returns why they stay locked."""
    try:
        _ = installation.secrets
    except SecretsUnavailable as error:
        output.say(
            gettext("The secrets are locked, so nothing is read or sent from here: {error}. {hint}")
            .format(error=error, hint=error.hint)
            .rstrip()
        )
        return str(error)
    return ""

"""``desk``: the page on this machine on which people look and decide."""

from __future__ import annotations

import sys
import threading
import webbrowser
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.application import app
from monitor.cli.options import installation_of
from monitor.desk.app import build_app
from monitor.desk.calls import Calls
from monitor.desk.entering import Door
from monitor.desk.guard import HOST
from monitor.desk.serving import bind, serve


@app.command("desk")
def desk(
    context: typer.Context,
    *,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link.")] = False,
) -> None:
    """Open the desk: reviews that wait for you, with pictures, reasons and the exact text; until Ctrl-C.

    It listens on this machine alone. The link lets one browser in, once; Enter at the terminal prints another one.
    What is approved is sent by a running `fairreview watch`, or by `appeal submit`.

    Example: fairreview desk
    """
    installation = installation_of(context)
    settings = installation.settings
    installation.state.flush_mirror()  # opened and migrated before anybody looks
    bound = bind(settings.desk.port)
    port = int(bound.getsockname()[1])
    calls = Calls(installation)
    door = Door(port=port, idle=settings.desk.idle.total_seconds(), people=calls.people)

    def ready() -> None:
        link = door.new_link()
        output.print_text(link)
        output.say("The link works once, in one browser. Ctrl-C ends the desk; nothing is lost by it.")
        output.say(f"From another machine: ssh -L {port}:{HOST}:{port} this-machine, then the link there.")
        if not no_browser:
            webbrowser.open(link)
        if sys.stdin is not None and sys.stdin.isatty():
            output.say("Enter prints another link.")
            threading.Thread(target=_more_links, args=(door,), daemon=True).start()

    try:
        serve(build_app(calls, door, port=port), bound, ready=ready)
    except KeyboardInterrupt:
        output.say("The desk is closed. What was decided is stored.")


def _more_links(door: Door) -> None:
    for _ in sys.stdin:
        output.print_text(door.new_link())

"""Runs an order of the QA tools in a child process and tells its steps: the parent never loads a browser's driver."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import threading
from typing import IO, TYPE_CHECKING

from pydantic import ValidationError

import flows.errors as flow_errors
from flows.catalog.layers import Layers
from monitor.cli import output
from monitor.cli.exits import ExitCode
from monitor.cli.reporting import report_end
from monitor.config.finding import find_home
from monitor.config.home import Home
from monitor.config.settings import default_settings, environment_for_children, load_settings
from monitor.endings import kind_of_type
from monitor.engine.process_tree import kill_tree, mark_tree
from monitor.errors import SettingsError
from monitor.language import gettext as _
from monitor.visit_protocol import EndKind, VisitEnd
from qa.orders import EVENTS, AnyOrder, BrowserWish, Done, Failed, Place, StepTold
from qa.samples import find_catalogs

if TYPE_CHECKING:
    from monitor.cli.global_options import Globals

_COMMAND = (sys.executable, "-P", "-m", "qa")
_REFUSED = "OrderRefused"
DEFAULT_SITE = "ozon"


def browser_wish(chosen: Globals, *, is_headed: bool = False) -> BrowserWish:
    """Takes the browser of the installation, or of the environment where there is none yet."""
    home = find_home(chosen.home)
    section = (load_settings(home) if home.config.exists() else default_settings()).browser
    return BrowserWish(
        path=section.path,
        channel=section.channel,
        endpoint=section.connect or None,
        is_headless=section.headless and not is_headed,
        has_sandbox=section.sandbox,
    )


def layers_of(home: Home, account: str | None = None) -> Layers | None:
    """Returns what an installation says otherwise than the package; None where there is no installation.

    Raises:
        SettingsError: there is no such account.
    """
    if account is not None:
        load_settings(home).find_account(account)
    return Layers(home.catalogs, account or "") if home.config.exists() else None


def site_of(chosen: Globals, site: str | None, account: str | None = None) -> str:
    """Returns the site that a command is about: the one named, the account's, the one of all accounts, else Ozon.

    Raises:
        SettingsError: there is no such account.
    """
    home = find_home(chosen.home)
    if site is not None or not home.config.exists():
        return site or DEFAULT_SITE
    settings = load_settings(home)
    sites = {settings.find_account(account).site} if account else {one.site for one in settings.account}
    return sites.pop() if len(sites) == 1 else DEFAULT_SITE


def place_of(chosen: Globals, place: Place, *, account: str | None = None) -> Place:
    """Completes a place, where it names no folder: with the installation's catalogs, else those of the mock's sites."""
    if place.catalogs is not None:
        return place.model_copy(update={"catalogs": place.catalogs.absolute()})
    layers = layers_of(find_home(chosen.home), account)
    place = place.model_copy(update={"catalogs": find_catalogs(place.site, None, layers)})
    if layers is None:
        return place
    return place.model_copy(update={"layers": layers.folder, "account": layers.account})


def carry_out(order: AnyOrder, *, limit_seconds: float, is_debugging: bool = False) -> Done | ExitCode:
    """Runs the order and tells its steps on standard error.

    Args:
        order: What to do.
        limit_seconds: The child's whole tree is killed after this.
        is_debugging: Shows what the child wrote to its standard error.

    Returns:
        What was read or made; an exit code when it failed, which has been told then.

    Raises:
        SettingsError: the order itself cannot be carried out: correct the command.
    """
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603 - our own module
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if is_debugging else complaints,
            env=environment_for_children(),
        )
        is_late = threading.Event()
        timer = threading.Timer(limit_seconds, _kill_late, (child, is_late))
        timer.start()
        try:
            end = _converse(child, order)
        finally:
            timer.cancel()
            _end(child)
        if isinstance(end, Done):
            return end
        if end is None and is_late.is_set():
            end = Failed(
                error="PageNotReady",
                message=_("not done after {limit_seconds:g} seconds").format(limit_seconds=limit_seconds),
                where="--limit",
            )
        return _tell_failure(end, complaints)


def _converse(child: subprocess.Popen[bytes], order: AnyOrder) -> Done | Failed | None:
    """Sends the order and passes the steps on; None when the child ended without a last word."""
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    try:
        child.stdin.write(order.model_dump_json().encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        return None
    for line in child.stdout:
        try:
            event = EVENTS.validate_json(line)
        except ValidationError:
            continue
        if not isinstance(event, StepTold):
            return event
        output.say(event.text)
    return None


def _tell_failure(end: Failed | None, complaints: IO[bytes]) -> ExitCode:
    if end is None:
        complaints.seek(0)
        last = (complaints.read().decode("utf-8", "replace").strip().splitlines() or [_("no word")])[-1]
        return report_end(VisitEnd(kind=EndKind.BUG, message=last, hint=_("Run it again with `fairreview --debug …`.")))
    if end.error == _REFUSED:
        raise SettingsError(end.message, where=end.where, hint=end.hint)
    known = OSError if end.error == "OSError" else getattr(flow_errors, end.error, Exception)
    message = f"{end.where}: {end.message}" if end.where else end.message
    return report_end(VisitEnd(kind=kind_of_type(known), message=f"{end.error}: {message}", hint=end.hint))


def _kill_late(child: subprocess.Popen[bytes], is_late: threading.Event) -> None:
    is_late.set()
    kill_tree(mark_tree(child.pid))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Closes the child's pipe, which ends it, and kills what is left of its tree."""
    family = mark_tree(child.pid) if child.poll() is None else frozenset()
    with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
        if child.stdin is not None:
            child.stdin.close()
        child.wait(timeout=5)
    kill_tree(family)
    child.wait()

"""Installs, removes and asks after the service manager's entry for ``watch``."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.config.home import Home
from monitor.engine import service_texts as texts
from monitor.errors import ServiceUnavailable
from monitor.language import gettext as _

_SECONDS = 30.0


@dataclass(frozen=True)
class ServiceManager:
    """What an operating system needs to keep a program running.

    Attributes:
        path: The file that is written.
        text: What stands in it.
        start: Commands after it was written.
        end: Commands before it is removed.
        ask: Command that says whether it runs.
        hint: What a person can do when the commands fail.
    """

    path: Path
    text: str
    start: tuple[tuple[str, ...], ...]
    end: tuple[tuple[str, ...], ...]
    ask: tuple[str, ...]
    hint: str


def manager_for(home: Home, *, system: str = sys.platform, user_home: Path | None = None) -> ServiceManager:
    """Returns the manager of this operating system for one installation."""
    place = user_home or Path.home()
    command = (*own_command(), "--home", str(home.root), "watch")
    if system == "win32":
        return _windows(home, command)
    if system == "darwin":
        return _launchd(home, command, place)
    return _systemd(command, place)


def own_command() -> tuple[str, ...]:
    """Returns how this program is started: its own script beside the interpreter, else the interpreter itself."""
    script = shutil.which("fairreview", path=str(Path(sys.executable).parent))
    return (script,) if script else (sys.executable, "-P", "-m", "monitor")


def install(manager: ServiceManager) -> None:
    """Writes the file and starts the watcher; takes the file away again when that fails.

    Raises:
        ServiceUnavailable: the service manager does not answer; nothing was left behind.
    """
    _require(manager.start[0][0], manager)
    if manager.start[0][0] == "systemctl":
        _run(("systemctl", "--user", "show-environment"), manager)  # before anything is written: is anybody there?
    manager.path.parent.mkdir(parents=True, exist_ok=True)
    before = manager.path.read_text("utf-8") if manager.path.exists() else None
    manager.path.write_text(manager.text, encoding="utf-8")
    try:
        for command in manager.start:
            _run(command, manager)
    except ServiceUnavailable:
        if before is None:
            manager.path.unlink(missing_ok=True)
        else:
            manager.path.write_text(before, encoding="utf-8")
        raise


def uninstall(manager: ServiceManager) -> bool:
    """Stops the watcher and removes the file; tells whether there was one.

    Raises:
        ServiceUnavailable: the service manager does not answer; the file is still there.
    """
    if not manager.path.exists():
        return False
    for command in manager.end:
        _run(command, manager)
    manager.path.unlink()
    return True


def status(manager: ServiceManager) -> tuple[bool, str]:
    """Returns whether the watcher runs under the service manager, and what the manager says about it.

    Raises:
        ServiceUnavailable: the service manager does not answer.
    """
    _require(manager.ask[0], manager)
    done = _call(manager.ask)
    said = (done.stdout or done.stderr).strip()
    if _is_away(said):
        raise ServiceUnavailable(f"{manager.ask[0]}: {said[:300]}", hint=manager.hint)
    return done.returncode == 0, said.splitlines()[0] if said else _("not installed")


def _systemd(command: Sequence[str], place: Path) -> ServiceManager:
    name = f"{texts.LABEL}.service"
    tell = ("systemctl", "--user")
    return ServiceManager(
        path=place / ".config" / "systemd" / "user" / name,
        text=texts.systemd_unit(command),
        start=((*tell, "daemon-reload"), (*tell, "enable", "--now", name)),
        end=((*tell, "disable", "--now", name),),
        ask=(*tell, "is-active", name),
        hint=(
            _(
                "Nobody's systemd runs for this user here. Log in as this user (not through su or sudo), or "
                "let it run without a login: `loginctl enable-linger`. Or have another supervisor run "
                "`fairreview watch`; `fairreview service install --print` shows the unit."
            )
        ),
    )


def _launchd(home: Home, command: Sequence[str], place: Path) -> ServiceManager:
    path = place / "Library" / "LaunchAgents" / f"{texts.LABEL}.plist"
    return ServiceManager(
        path=path,
        text=texts.launchd_plist(command, str(home.logs / "watch.log")),
        start=(("launchctl", "load", "-w", str(path)),),
        end=(("launchctl", "unload", "-w", str(path)),),
        ask=("launchctl", "list", texts.LABEL),
        hint=_("Log in as this user on the screen, then try again."),
    )


def _windows(home: Home, command: Sequence[str]) -> ServiceManager:
    path = home.root / f"{texts.LABEL}.xml"
    return ServiceManager(
        path=path,
        text=texts.windows_task(command, getpass.getuser()),
        start=(
            ("schtasks", "/Create", "/F", "/TN", texts.LABEL, "/XML", str(path)),
            ("schtasks", "/Run", "/TN", texts.LABEL),
        ),
        end=(("schtasks", "/End", "/TN", texts.LABEL), ("schtasks", "/Delete", "/F", "/TN", texts.LABEL)),
        ask=("schtasks", "/Query", "/TN", texts.LABEL, "/FO", "LIST"),
        hint=_("Open the Task Scheduler and look at the task's last result."),
    )


def _require(program: str, manager: ServiceManager) -> None:
    if shutil.which(program) is None:
        raise ServiceUnavailable(_("{program} is not here").format(program=program), hint=manager.hint)


def _run(command: Sequence[str], manager: ServiceManager) -> None:
    done = _call(command)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        told = said[0] if said else _("exit code {returncode}").format(returncode=done.returncode)
        raise ServiceUnavailable(f"{' '.join(command[:3])}: {told[:300]}", hint=manager.hint)


def _call(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - fixed commands of ours, no shell
        list(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
    )


def _is_away(said: str) -> bool:
    return "connect to bus" in said or "not been booted" in said

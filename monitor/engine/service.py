"""Installs, removes and asks after the operating system's own keeper of ``watch``."""

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

_SECONDS = 30.0


@dataclass(frozen=True)
class Keeper:
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


def keeper_for(home: Home, *, system: str = sys.platform, user_home: Path | None = None) -> Keeper:
    """Returns the keeper of this operating system for one installation."""
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


def install(keeper: Keeper) -> None:
    """Writes the file and starts the watcher; takes the file away again when that fails.

    Raises:
        ServiceUnavailable: the system's keeper does not answer; nothing was left behind.
    """
    _require(keeper.start[0][0], keeper)
    if keeper.start[0][0] == "systemctl":
        _run(("systemctl", "--user", "show-environment"), keeper)  # before anything is written: is anybody there?
    keeper.path.parent.mkdir(parents=True, exist_ok=True)
    before = keeper.path.read_text("utf-8") if keeper.path.exists() else None
    keeper.path.write_text(keeper.text, encoding="utf-8")
    try:
        for command in keeper.start:
            _run(command, keeper)
    except ServiceUnavailable:
        if before is None:
            keeper.path.unlink(missing_ok=True)
        else:
            keeper.path.write_text(before, encoding="utf-8")
        raise


def uninstall(keeper: Keeper) -> bool:
    """Stops the watcher and removes the file; tells whether there was one.

    Raises:
        ServiceUnavailable: the system's keeper does not answer; the file is still there.
    """
    if not keeper.path.exists():
        return False
    for command in keeper.end:
        _run(command, keeper)
    keeper.path.unlink()
    return True


def status(keeper: Keeper) -> tuple[bool, str]:
    """Returns whether the watcher runs under the system's keeper, and what the keeper says about it.

    Raises:
        ServiceUnavailable: the system's keeper does not answer.
    """
    _require(keeper.ask[0], keeper)
    done = _call(keeper.ask)
    said = (done.stdout or done.stderr).strip()
    if _is_away(said):
        raise ServiceUnavailable(f"{keeper.ask[0]}: {said[:300]}", hint=keeper.hint)
    return done.returncode == 0, said.splitlines()[0] if said else "not installed"


def _systemd(command: Sequence[str], place: Path) -> Keeper:
    name = f"{texts.LABEL}.service"
    tell = ("systemctl", "--user")
    return Keeper(
        path=place / ".config" / "systemd" / "user" / name,
        text=texts.systemd_unit(command),
        start=((*tell, "daemon-reload"), (*tell, "enable", "--now", name)),
        end=((*tell, "disable", "--now", name),),
        ask=(*tell, "is-active", name),
        hint=(
            "Nobody's systemd runs for this user here. Log in as this user (not through su or sudo), or let it run "
            "without a login: `loginctl enable-linger`. Or have another supervisor run `fairreview watch`; "
            "`fairreview service install --print` shows the unit."
        ),
    )


def _launchd(home: Home, command: Sequence[str], place: Path) -> Keeper:
    path = place / "Library" / "LaunchAgents" / f"{texts.LABEL}.plist"
    return Keeper(
        path=path,
        text=texts.launchd_plist(command, str(home.logs / "watch.log")),
        start=(("launchctl", "load", "-w", str(path)),),
        end=(("launchctl", "unload", "-w", str(path)),),
        ask=("launchctl", "list", texts.LABEL),
        hint="Log in as this user on the screen, then try again.",
    )


def _windows(home: Home, command: Sequence[str]) -> Keeper:
    path = home.root / f"{texts.LABEL}.xml"
    return Keeper(
        path=path,
        text=texts.windows_task(command, getpass.getuser()),
        start=(
            ("schtasks", "/Create", "/F", "/TN", texts.LABEL, "/XML", str(path)),
            ("schtasks", "/Run", "/TN", texts.LABEL),
        ),
        end=(("schtasks", "/End", "/TN", texts.LABEL), ("schtasks", "/Delete", "/F", "/TN", texts.LABEL)),
        ask=("schtasks", "/Query", "/TN", texts.LABEL, "/FO", "LIST"),
        hint="Open the Task Scheduler and look at the task's last result.",
    )


def _require(program: str, keeper: Keeper) -> None:
    if shutil.which(program) is None:
        raise ServiceUnavailable(f"{program} is not here", hint=keeper.hint)


def _run(command: Sequence[str], keeper: Keeper) -> None:
    done = _call(command)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        told = said[0] if said else f"exit code {done.returncode}"
        raise ServiceUnavailable(f"{' '.join(command[:3])}: {told[:300]}", hint=keeper.hint)


def _call(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - fixed commands of ours, no shell
        list(command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
    )


def _is_away(said: str) -> bool:
    return "connect to bus" in said or "not been booted" in said

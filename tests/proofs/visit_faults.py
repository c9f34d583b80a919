"""The faults B1-B17 of browser and processes: what is done to a visit's processes, and the ends that are allowed."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

import psutil

from monitor.appeals.machine import AppealState
from monitor.clock import SystemClock
from monitor.engine.process_tree import ProcessMark, mark_tree
from monitor.visit_protocol import EndKind, VisitKind
from tests.e2e.installed import COMMAND, environment
from tests.filing_world import ACCOUNT, FilingWorld
from tests.proofs.filing_faults import script

_S = AppealState
Role = Literal["visit", "driver", "browser", "renderer", "network"]
_LIMIT = 120.0  # seconds a command may take


class JumpingClock(SystemClock):
    """The parent's clock: a fault that can only end at the deadline need not be waited for."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def boottime(self) -> float:
        return super().boottime() + self.ahead


@dataclass
class Stand:
    """One visit under a fault.

    Attributes:
        marks: The visit's processes at the moment of the fault.
        temporary: Its private folders then.
        profiles: The user data folders of its browsers then.
    """

    world: FilingWorld
    clock: JumpingClock = field(default_factory=JumpingClock)
    marks: frozenset[ProcessMark] = frozenset()
    temporary: tuple[Path, ...] = ()
    profiles: tuple[str, ...] = ()
    command: subprocess.Popen[bytes] | None = None

    def processes(self, role: Role) -> list[psutil.Process]:
        root = psutil.Process(self.command.pid if self.command else os.getpid())
        return [one for one in root.children(recursive=True) if _plays(one, role)]

    def strike(self, role: Role, what: signal.Signals = signal.SIGKILL) -> None:
        """Sends a signal to each of the visit's processes of a role."""
        for process in self.processes(role):
            process.send_signal(what)

    def look(self) -> None:
        """Notes what lives and lies about now, to be looked for afterwards."""
        (visit,) = self.processes("visit")
        self.marks = mark_tree(visit.pid)
        records = self.world.installation.home.runs.glob("*.json")
        self.temporary = tuple(Path(json.loads(path.read_text())["temporary"]) for path in records)
        lines = [one.cmdline() for one in self.processes("browser")]
        self.profiles = tuple(part.partition("=")[2] for line in lines for part in line if "--user-data-dir=" in part)

    def run_command(self) -> EndKind:
        """Files by the installed command, which dies or ends with the fault."""
        arguments = [str(COMMAND), "--home", str(self.world.installation.home.root), "appeal", "submit"]
        quiet = subprocess.DEVNULL
        self.command = subprocess.Popen(arguments, stdin=quiet, stdout=quiet, stderr=quiet, env=environment())
        self.command.wait(_LIMIT)
        return EndKind.KILLED

    def left_over(self) -> list[str]:
        """Says what of the visit is still there."""
        alive = [f"process {mark.pid} lives on" for mark in self.marks if mark.process() is not None]
        return alive + [f"{path} is still there" for path in self.temporary if path.exists()]

    def is_profile_private(self) -> bool:
        """Whether every profile lay in a visit's own folder, where no stale lock and no second browser can be."""
        return all(any(Path(one).is_relative_to(folder) for folder in self.temporary) for one in self.profiles)


@dataclass(frozen=True, kw_only=True)
class VisitFault:
    """One row of the table.

    Attributes:
        strike: What happens when the filing request arrives.
        run: How the visit is made; the plain one is supervised from the test's process.
        before: What is done to the installation before the visit.
        browser: Settings of the browser.
        kinds: How the visit may end; a bug it is never.
    """

    id: str
    title: str
    ends: frozenset[AppealState]
    posts: int = 1
    strike: Callable[[Stand], object] = lambda _: None
    run: Callable[[Stand], EndKind] = lambda stand: stand.world.run_process(VisitKind.SUBMIT).kind
    before: Callable[[Stand], object] = lambda _: None
    browser: tuple[tuple[str, str], ...] = ()
    kinds: frozenset[EndKind] = frozenset(EndKind) - {EndKind.BUG}


def _plays(process: psutil.Process, role: Role) -> bool:
    try:
        line = process.cmdline()
    except psutil.Error:
        return False
    told = " ".join(line)
    is_chromium = "--headless" in told or "--type=" in told
    return {
        "visit": "monitor.visiting" in told and "--type=" not in told,
        "driver": "run-driver" in told,
        "browser": is_chromium and "--type=" not in told and "run-driver" not in told,
        "renderer": "--type=renderer" in told,
        "network": "network.mojom.NetworkService" in told,
    }[role]


def _starve_renderers(stand: Stand) -> None:
    for process in stand.processes("renderer"):
        resource.prlimit(process.pid, resource.RLIMIT_AS, (1, 1))


def _pass_deadline_in(seconds: float) -> Callable[[Stand], None]:
    """Gives the visit so long to end by itself, then lets its deadline be over."""

    def strike(stand: Stand) -> None:
        timer = threading.Timer(seconds, lambda: setattr(stand.clock, "ahead", 1_000.0))
        timer.daemon = True
        timer.start()

    return strike


def _freeze_browser(stand: Stand) -> None:
    stand.strike("browser", signal.SIGSTOP)
    _pass_deadline_in(5.0)(stand)


def _freeze_driver_and_die(stand: Stand) -> None:
    stand.strike("driver", signal.SIGSTOP)
    stand.strike("visit")
    assert stand.command is not None
    stand.command.kill()


def _signal_command(what: signal.Signals) -> Callable[[Stand], None]:
    def strike(stand: Stand) -> None:
        assert stand.command is not None
        stand.command.send_signal(what)

    return strike


def _occupy(stand: Stand) -> None:
    stand.world.installation.state.acquire(ACCOUNT, "somebody else", timedelta(minutes=5))


def _damage_session(stand: Stand) -> None:
    for path in stand.world.installation.home.secrets.rglob("*.sealed"):
        path.write_bytes(path.read_bytes()[:20])


def _loop_for_ever(stand: Stand) -> None:
    script("if (location.search.includes('created')) { for (;;) {} }")(stand.world)


def _allocate(stand: Stand) -> None:
    script("if (location.search.includes('created')) { window.kept = new Uint8Array(3e8).fill(1); }")(stand.world)


def _through(*before: str) -> Callable[[Stand], EndKind]:
    return lambda stand: stand.world.run_command(VisitKind.SUBMIT, *before).kind


_TINY_SHM = (
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs -o size=64k tmpfs /dev/shm && exec "$@"',
    "visit",
)
_ONCE = frozenset({_S.CONFIRMED})
_NOTHING = frozenset({_S.APPROVED})

VISIT_FAULTS = (
    VisitFault(id="B1", title="renderer killed", ends=_ONCE, strike=lambda stand: stand.strike("renderer")),
    VisitFault(id="B2", title="renderer out of memory", ends=_ONCE, before=_allocate, strike=_starve_renderers),
    VisitFault(id="B3", title="the page loops for ever", ends=_ONCE, before=_loop_for_ever,
               strike=_pass_deadline_in(20.0)),
    VisitFault(id="B4", title="browser frozen", ends=_ONCE, strike=_freeze_browser,
               kinds=frozenset({EndKind.KILLED})),
    VisitFault(id="B5", title="browser killed", ends=_ONCE, strike=lambda stand: stand.strike("browser")),
    VisitFault(id="B6", title="driver killed", ends=_ONCE, strike=lambda stand: stand.strike("driver")),
    VisitFault(id="B7", title="driver frozen, visit and parent killed", ends=_ONCE, run=Stand.run_command,
               strike=_freeze_driver_and_die),
    VisitFault(id="B8-int", title="SIGINT to the command", ends=_ONCE, run=Stand.run_command,
               strike=_signal_command(signal.SIGINT)),
    VisitFault(id="B8-term", title="SIGTERM to the command", ends=_ONCE, run=Stand.run_command,
               strike=_signal_command(signal.SIGTERM)),
    VisitFault(id="B9", title="network service killed", ends=_ONCE, strike=lambda stand: stand.strike("network")),
    VisitFault(id="B10", title="no fault at all: nothing is left behind", ends=_ONCE),
    VisitFault(id="B12", title="another visit holds the account", ends=_NOTHING, posts=0, before=_occupy,
               kinds=frozenset({EndKind.BUSY})),
    VisitFault(id="B14", title="stored session damaged", ends=_NOTHING, posts=0, before=_damage_session,
               kinds=frozenset({EndKind.SECRETS})),
    VisitFault(id="B15", title="hardly any files may be open", ends=_NOTHING, posts=0,
               run=_through("prlimit", "--nofile=40:40")),
    VisitFault(id="B16", title="/dev/shm tiny", ends=_ONCE, run=_through(*_TINY_SHM)),
    VisitFault(id="B17", title="browser missing", ends=_NOTHING, posts=0, browser=(("path", "/nonexistent/chromium"),),
               kinds=frozenset({EndKind.ENVIRONMENT})),
)  # fmt: skip
"""B11 and B13 hold for every row: the visit's private folder is gone afterwards, and the profile lay inside it."""

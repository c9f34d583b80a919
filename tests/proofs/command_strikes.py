"""What is done to the installed command, its visit, its browser and its store while a filing is at the site."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mock_site.server import MockSite
from monitor.appeals.machine import AppealState
from tests.e2e.installed import COMMAND, environment
from tests.filing_world import FilingWorld, make_filing_world
from tests.proofs.visit_faults import Role, Stand

_LIMIT = 180.0  # seconds a command may take before the proof gives up on it
_MOST_LOOKS = 4


@dataclass
class Struck:
    """One command under one strike.

    Attributes:
        locks: Connections that keep the store to themselves until the command has ended.
    """

    world: FilingWorld
    stand: Stand
    locks: list[sqlite3.Connection] = field(default_factory=list)

    def signal_command(self, what: signal.Signals) -> None:
        assert self.stand.command is not None
        self.stand.command.send_signal(what)

    def stop_and_go_on(self, role: Role) -> None:
        """Stops processes for a while, as a laptop's lid or a busy machine does."""
        self.stand.strike(role, signal.SIGSTOP)
        timer = threading.Timer(3.0, lambda: self.stand.strike(role, signal.SIGCONT))
        timer.daemon = True
        timer.start()

    def lock_store(self) -> None:
        """Another program takes the database for itself, and keeps it."""
        store = sqlite3.connect(self.world.installation.home.database, timeout=30.0, check_same_thread=False)
        store.execute("BEGIN EXCLUSIVE")
        self.locks.append(store)

    def heal(self) -> None:
        for store in self.locks:
            store.rollback()
            store.close()


@dataclass(frozen=True)
class Strike:
    """One row of the table.

    Attributes:
        codes: The exit codes that tell the truth; None: the command itself is dead.
        mend: Makes good what was done, before the next step is typed.
    """

    title: str
    do: Callable[[Struck], object]
    codes: frozenset[int | None] = frozenset({8})
    mend: Callable[[Struck], object] = Struck.heal


STRIKES = (
    Strike("Ctrl-C", lambda struck: struck.signal_command(signal.SIGINT)),
    Strike("SIGTERM to the command", lambda struck: struck.signal_command(signal.SIGTERM)),
    Strike("SIGHUP to the command", lambda struck: struck.signal_command(signal.SIGHUP)),
    Strike("SIGKILL to the command", lambda struck: struck.signal_command(signal.SIGKILL), frozenset({None})),
    Strike("SIGKILL to the visit", lambda struck: struck.stand.strike("visit")),
    Strike("SIGTERM to the visit", lambda struck: struck.stand.strike("visit", signal.SIGTERM)),
    Strike("SIGINT to the visit", lambda struck: struck.stand.strike("visit", signal.SIGINT), frozenset({0, 8})),
    Strike("the visit stopped for a while", lambda struck: struck.stop_and_go_on("visit"), frozenset({0, 8})),
    Strike("driver killed", lambda struck: struck.stand.strike("driver")),
    Strike("browser killed", lambda struck: struck.stand.strike("browser")),
    Strike("renderer killed", lambda struck: struck.stand.strike("renderer"), frozenset({0, 8})),
    Strike("the store locked for good", lambda struck: struck.lock_store()),
)


def strike_once(site: MockSite, folder: Path, strike: Strike) -> list[str]:
    """Files by the installed command under one strike; returns what was wrong."""
    world = make_filing_world(folder, site)
    appeal = world.approve()
    struck = Struck(world, Stand(world))

    def on_arrival() -> None:
        world.on_arrival = None
        strike.do(struck)

    world.on_arrival = on_arrival
    try:
        code, told = _run(struck, "appeal", "submit", appeal)
    finally:
        strike.mend(struck)
    wrong = []
    if (None if code < 0 else code) not in strike.codes:
        wrong.append(f"exit code {code}, not one of {sorted(map(str, strike.codes))}: {told[-600:]}")
    if code == 8 and (appeal not in told or "`fairreview appeal follow" not in told):
        wrong.append(f"exit code 8 without the appeal or the next step: {told[-600:]}")
    wrong += _follow(struck, appeal, was_killed=code < 0)
    if (posts := sum(world.posts().values())) != 1:
        wrong.append(f"{posts} requests")
    if (state := world.load(appeal).state) != AppealState.CONFIRMED:
        wrong.append(f"the site has it once, the ledger says {state}")
    return [f"{strike.title}: {one}" for one in wrong]


def _follow(struck: Struck, appeal: str, *, was_killed: bool) -> list[str]:
    """Types the next step until the outcome is known; the first one may not be refused because of the dead visit."""
    struck.stand.command = None
    for number in range(_MOST_LOOKS):
        code, told = _run(struck, "appeal", "follow")
        if number == 0 and code != 0:
            return [f"the next step ends with {code}: {told[-600:]}"]
        if number == 0 and was_killed and f"{appeal} went out and its outcome is not known" not in told:
            return [f"the next command does not tell what the killed one left: {told[-600:]}"]
        if struck.world.load(appeal).state != AppealState.UNKNOWN:
            break
    return []


def _run(struck: Struck, *arguments: str) -> tuple[int, str]:
    quiet, at_home = subprocess.DEVNULL, {"FAIRREVIEW_HOME": str(struck.world.installation.home.root)}
    with subprocess.Popen(
        [str(COMMAND), *arguments], stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, env={**environment(), **at_home}
    ) as child:
        struck.stand.command = child
        _, told = child.communicate(timeout=_LIMIT)
    return child.returncode, told.decode("utf-8", "replace")

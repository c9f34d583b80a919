"""Kills and stops at random instants of real filings by the installed command; then the site is asked, all is judged.

Struck are the command, the visit, its driver, a browser, a renderer or the process with a browser's connections: by
SIGKILL, SIGTERM or SIGINT, or by SIGSTOP and a SIGCONT later. A command that lives must end with 8, and name the
appeal, whenever an outcome is not known; the one after a killed command must tell what that one left.

``python -m tests.proofs.filing_kills --kills 30`` prints ``injections / violations / seed``. With ``--sabotage`` a part
of the protection is taken out, and violations must show.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import psutil

from mock_site.server import MockSite
from mock_site.switches import Latency
from monitor.appeals.machine import AppealState
from monitor.engine.supervisor import run_visit
from monitor.visit_protocol import VisitKind
from tests.e2e.installed import COMMAND, environment
from tests.filing_world import CREATE, OPTIONS, FilingWorld, make_filing_world
from tests.machine_browser import open_machine_browser
from tests.proofs.counted import Counted
from tests.proofs.filing_checks import find_violations
from tests.proofs.filing_faults import DOUBLE_HANDLER, script

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FORM = "/my/orderdetails/appeal"
STRIKES = (
    *(("command", what) for what in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP)),
    *(("visit", what) for what in (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP)),
    *(("driver", what) for what in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP)),
    *(("browser", what) for what in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGSTOP)),
    *(("renderer", what) for what in (signal.SIGKILL, signal.SIGSTOP)),
    *(("network", what) for what in (signal.SIGKILL, signal.SIGSTOP)),
)
"""Whom to strike and how; the visit's own death stays the most frequent."""
LONGEST_STOP = 3.0
LIMIT = 180.0
"""Seconds that a command may take before the proof gives up on it."""
MODES = ("ok", "ok", "ok", "500_after_store", "hang", "fin", "rst")
PROTECTIONS = ("intent", "gate", "retry")
RESENDING = frozenset({"fin", "rst"})
SECOND_HALF = 1000
"""What the seeds of the second half of the kills are above those of the first."""
OPEN_ENDED = frozenset({AppealState.INTENT, AppealState.ARMED, AppealState.RELEASED, AppealState.UNKNOWN})
AN_INSTALLATION = 40
"""Appeals of one installation: a cap of a hundred a day holds for proofs as well."""


@dataclass
class Killing:
    """Files appeals one after the other and kills each visit at a random instant.

    Attributes:
        is_typed: The installed command files; otherwise a visit does that is supervised from this process.
        length: Seconds in which a blow falls into a filing here and now: most of what the last took that none struck.
        wrong: What commands said that is not so.
    """

    world: FilingWorld
    browser: Browser
    chance: random.Random
    is_typed: bool = True
    length: float = 5.0
    filed: int = 0
    states: Counter[str] = field(default_factory=Counter)
    resent: set[str] = field(default_factory=set)
    struck: bool = False
    blows: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    command: subprocess.Popen[bytes] | None = None

    def round(self) -> bool:
        """Files one appeal in a visit that is struck; tells whether what should be struck was still alive then."""
        switches = self.world.site.switches
        chosen = self.chance.choice(MODES)
        switches.submit, switches.submit_times = chosen, 1
        switches.latency = [Latency(kind="uniform", mean_ms=150, spread_ms=150, path=CREATE)]
        review = self._next()
        if chosen in RESENDING:
            self.resent.add(review)
        started = self.world.installation.clock.boottime()
        was_struck = self._file_and_strike(review)
        if chosen == "ok" and not was_struck:  # a blow that comes too late costs as much as one that falls
            self.length = 0.8 * (self.world.installation.clock.boottime() - started)
        self._clear_up()
        return was_struck

    def calibrate(self) -> None:
        """Lets one visit live, to know how long one takes."""
        review = self._next()
        started = self.world.installation.clock.boottime()
        self._file(review)
        self.length = 0.8 * (self.world.installation.clock.boottime() - started)
        self._clear_up()

    def judge(self) -> list[str]:
        """Asks the site about everything that is not proven yet, and compares."""
        self.world.ask_site(self.browser)
        wrong, self.wrong = self.wrong, []
        return wrong + find_violations(self.world, resent=self.resent)

    def _clear_up(self) -> None:
        """Asks the site where an outcome is unknown: the next appeal would not go out before."""
        self.world.ask_site(self.browser, is_about=lambda appeal: appeal.state == AppealState.UNKNOWN)

    def _next(self) -> str:
        waiting = [one for one in self.world.appeals() if one.state == AppealState.APPROVED]
        if not waiting:
            self.world.approve(number=self.filed)
            self.filed += 1
            waiting = [one for one in self.world.appeals() if one.state == AppealState.APPROVED]
        return waiting[0].review_id

    def _file_and_strike(self, review: str) -> bool:
        is_over = threading.Event()
        self.struck = False
        striker = threading.Thread(target=self._strike_later, args=(is_over,), daemon=True)
        striker.start()

        def stop_striking() -> None:
            is_over.set()
            striker.join()

        self._file(review, until=stop_striking)
        return self.struck

    def _file(self, review: str, *, until: Callable[[], object] = lambda: None) -> None:
        """Files what is approved; ``until`` is called as soon as that is over."""
        if not self.is_typed:
            self.world.run_process(VisitKind.SUBMIT)
            until()
            return
        code, told = self._type("submit")
        until()
        appeal = next(one for one in self.world.appeals() if one.review_id == review)
        if code < 0:
            followed, left = self._type("follow")
            if followed not in {0, 7, 8}:
                self.wrong.append(
                    f"{appeal.id}: after a killed command the next one ends with {followed}: {left[-400:]}"
                )
            if appeal.released_at is not None and appeal.state in OPEN_ENDED and appeal.id not in left:
                self.wrong.append(
                    f"{appeal.id}: the next command does not tell what the killed one left: {left[-400:]}"
                )
            return
        if appeal.state in OPEN_ENDED and (code != 8 or appeal.id not in told):
            self.wrong.append(f"{appeal.id} is {appeal.state} and the command ends with {code}: {told[-400:]}")
        if code == 8 and appeal.state not in OPEN_ENDED:
            self.wrong.append(f"{appeal.id} is {appeal.state} and the command ends with 8: {told[-400:]}")
        if "This visit sent nothing" in told and self.world.posts()[review]:
            self.wrong.append(f"{appeal.id}: a request arrived and the command says: {told[-400:]}")

    def _type(self, *words: str) -> tuple[int, str]:
        """Types a command of appeals; returns its exit code, below zero for a killed one, and what it said."""
        line = [str(COMMAND), "--home", str(self.world.installation.home.root), "appeal", *words]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(line, stdin=quiet, stdout=quiet, stderr=subprocess.PIPE, env=environment()) as child:
            self.command = child
            _, told = child.communicate(timeout=LIMIT)
        self.command = None
        return child.returncode, " ".join(told.decode("utf-8", "replace").split())

    def _strike_later(self, is_over: threading.Event) -> None:
        """Half of the blows fall anywhere into the visit, half near the gesture: from the form's opening on."""
        victim, what = self.chance.choice(STRIKES)
        pause = self.chance.uniform(0.1, LONGEST_STOP)
        after = self.world.site.ledger.last_seq
        if self.chance.random() < 0.5:
            is_over.wait(self.chance.uniform(0.0, self.length))
        else:
            delay = self.chance.uniform(0.0, self.length / 3)
            while not is_over.is_set() and not self._has_opened_form(after):
                is_over.wait(0.02)
            is_over.wait(delay)
        while not (found := self._find(victim)) and not is_over.wait(0.05):
            pass  # it is not there yet
        if is_over.is_set():
            return
        for process in found:
            _send(process, what)
        self.struck = bool(found)
        if found:
            self.blows[f"{victim} {what.name}"] += 1
        if what is signal.SIGSTOP:
            is_over.wait(pause)
            for process in found:
                _send(process, signal.SIGCONT)

    def _find(self, victim: str) -> list[psutil.Process]:
        family = psutil.Process().children(recursive=True)
        if victim == "command":
            return [process for process in family if self.command is not None and process.pid == self.command.pid]
        return [process for process in family if role_of(process) == victim]

    def _has_opened_form(self, after: int) -> bool:
        return any(entry.seq > after and entry.path == FORM for entry in self.world.site.ledger.gets)


def role_of(process: psutil.Process) -> str:
    """Names what a process of a visit is; "" for one that nobody strikes, or that is of no visit."""
    try:
        line = process.cmdline()
        above = [one for parent in process.parents() for one in parent.cmdline()]
    except psutil.Error:
        return ""
    if is_visit(line):
        return "visit"
    if not is_visit(above):
        return ""
    if "run-driver" in line:
        return "driver"
    if not any("chrom" in part for part in line[:1]):
        return ""
    kinds = [part.removeprefix("--type=") for part in line if part.startswith("--type=")]
    if not kinds:
        return "browser"
    is_network = any("network.mojom" in part for part in line)
    return "network" if is_network else kinds[0]


def is_visit(line: Sequence[str]) -> bool:
    """Tells whether a command line is that of a visit itself."""
    return any(part in {"monitor.visiting", "tests.proofs.sabotaged_visit"} for part in line)


def _send(process: psutil.Process, what: signal.Signals) -> None:
    with suppress(psutil.Error):
        process.send_signal(what)


@contextmanager
def killing(seed: int, *, is_typed: bool = True) -> Iterator[Killing]:
    """A mock, an installation and a warm browser that asks the questions."""
    with (
        tempfile.TemporaryDirectory() as folder,
        MockSite.start(OPTIONS) as site,
        open_machine_browser() as handle,
    ):
        yield Killing(make_filing_world(Path(folder), site), handle.browser, random.Random(seed), is_typed)


def prove_kills(kills: int, seed: int) -> Counted:
    """Kills so many visits, half of them in each of two processes that run side by side."""
    counted, states = Counted("kills of real visits", seed), Counter[str]()
    half = kills // 2
    with _begin_half(kills - half, seed) as first, _begin_half(half, seed + SECOND_HALF) as second:
        for child in (first, second):
            told, _ = child.communicate()
            share = json.loads(told.splitlines()[-1])
            counted.injections += share["injections"]
            counted.violations += share["violations"]
            states.update(share["states"])
    counted.notes.append(", ".join(f"{count} {state}" for state, count in sorted(states.items())))
    return counted


def _begin_half(kills: int, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.proofs.filing_kills", "--half", "--kills", str(kills), "--seed", str(seed)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_in_turn(kills: int, seed: int) -> tuple[Counted, Counter[str]]:
    """Kills so many visits one after the other; returns what was counted, where the appeals ended, and the blows."""
    counted, states = Counted("kills of real visits", seed), Counter[str]()
    installation = 0
    while counted.injections < kills:
        with killing(seed + installation) as run:
            run.calibrate()
            while counted.injections < kills and run.filed < AN_INSTALLATION:
                counted.injections += run.round()
            counted.violations += run.judge()
            states.update(one.state for one in run.world.appeals())
            states.update(run.blows)
        installation += 1
    return counted, states


def prove_sabotage(name: str, seed: int, *, rounds: int = 12) -> Counted:
    """Takes one protection out and looks whether the harness sees it; ends with the first violation."""
    counted = Counted(f"without protection: {name}", seed)
    command = (sys.executable, "-m", "tests.proofs.sabotaged_visit", name)  # from the checkout: it is not installed
    supervised = patch("monitor.engine.visits.run_visit", partial(run_visit, command=command))
    with killing(seed, is_typed=False) as run, supervised:
        if name == "gate":
            script(DOUBLE_HANDLER)(run.world)
        if name == "retry":
            switches = run.world.site.switches
            # The answer to a request that the site did not take does not come.
            switches.submit, switches.submit_times, switches.store_lost_submits = "hang", 1, False
        counted.injections += 1
        run.calibrate()  # a visit that lives shows it at best, a killed one by chance
        counted.violations += run.judge()
        while counted.injections < rounds and not counted.violations:
            counted.injections += 1
            run.round()
            counted.violations += run.judge()
    return counted


def main(arguments: Sequence[str]) -> int:
    """Runs the proof; a sabotage that nobody sees is the failure there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--sabotage", choices=PROTECTIONS)
    parser.add_argument("--half", action="store_true", help="no second process; print what was counted as JSON")
    given = parser.parse_args(arguments)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of a shell's background: what is struck shall hear it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if given.half:
        counted, states = kill_in_turn(given.kills, given.seed)
        seen = {"injections": counted.injections, "violations": counted.violations, "states": states}
        sys.stdout.write(json.dumps(seen) + "\n")
        return 0
    if given.sabotage:
        return 0 if prove_sabotage(given.sabotage, given.seed).report() else 1
    return prove_kills(given.kills, given.seed).report()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

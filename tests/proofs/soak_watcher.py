"""A process that watches as the program does, one visit a line of input, and reports itself after each of them.

``python -m tests.proofs.soak_watcher HOME``; a line names the fault to cause in the middle of the visit, or ``none``.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from monitor.bootstrap import Installation, open_installation
from monitor.engine.supervisor import Listener
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.state.repository import new_id
from monitor.visit_protocol import Progress, VisitKind

DEADLINE = 90.0  # seconds of a visit that is let alone
SHORT_DEADLINE = 12.0  # of one that is made to hang
HANGING = frozenset({"freeze_browser", "freeze_visit", "hang"})
STRIKING = frozenset({"kill_visit", "kill_browser", "freeze_browser", "freeze_visit"})


@dataclass
class Striker:
    """Causes the fault as soon as the visit says that it has read a product.

    Attributes:
        has_struck: Whether there was still somebody to strike: a visit may be over before its word is heard.
    """

    fault: str = "none"
    has_struck: bool = False

    def await_word(self, fault: str) -> None:
        self.fault, self.has_struck = fault, False

    def hear(self, _: Progress) -> None:
        fault, self.fault = self.fault, "none"
        if fault not in STRIKING:
            return
        with suppress(psutil.Error):
            victim = _visit() if fault.endswith("visit") else _browser_of(_visit())
            if victim is not None:
                (victim.kill if fault.startswith("kill") else victim.suspend)()
                self.has_struck = True


def _visit() -> psutil.Process | None:
    return next(iter(psutil.Process().children()), None)


def _browser_of(visit: psutil.Process | None) -> psutil.Process | None:
    family = visit.children(recursive=True) if visit else []
    return next((one for one in family if "chrom" in one.name() and "--type=" not in " ".join(one.cmdline())), None)


def report(installation: Installation, end: str, seconds: float) -> dict[str, object]:
    """Says how the visit ended and what is left of it."""
    me = psutil.Process()
    return {
        "end": end,
        "seconds": round(seconds, 1),
        "processes": len(me.children(recursive=True)),
        "records": len(list(installation.home.runs.glob("*.json"))),
        "temporary": len(os.listdir(tempfile.gettempdir())),  # noqa: PTH208 - a count
        "descriptors": me.num_fds(),
        "memory": me.memory_info().rss,
    }


def main() -> None:
    """Visits until the input ends."""
    installation = open_installation(Path(sys.argv[1]))
    (account,) = installation.settings.account
    striker = Striker()
    runner = VisitRunner(installation, Listener(report=striker.hear, ask=lambda _: None), operator="schedule:soak")
    for line in sys.stdin:
        striker.await_word(line.strip())
        deadline = SHORT_DEADLINE if striker.fault in HANGING else DEADLINE
        started = installation.clock.boottime()
        visit_id = new_id("visit")
        end = runner.run(account, VisitKind.POLL, VisitDetails(visit_id=visit_id, deadline_seconds=deadline))
        with installation.state.transaction() as tx:
            mine = [poll for poll in tx.polls.latest(account.name) if poll.visit_id == visit_id]
            tx.accounts.resume(account.name)  # as a person does who has looked at the wall
        told = report(installation, end.kind.value, installation.clock.boottime() - started)
        told |= {"struck": striker.has_struck, "read": sum(poll.is_complete or poll.is_unchanged for poll in mine)}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

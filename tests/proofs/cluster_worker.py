"""One machine of the cluster proof: the real queue, turns and locks; a visit that only writes what it did.

Each action of a visit is a row in ``proof_actions``, written in a transaction under the account's lease, as everything
a real visit does to the outside is. The rows in their order are the only truth about who acted when.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import cast

from sqlalchemy import text

from monitor.bootstrap import Installation, open_installation
from monitor.config.sections import AccountSection
from monitor.engine.homes import HomeTurns, require_home
from monitor.engine.queue import QueueEngine, QueuePlace
from monitor.engine.turns import AccountTurns
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.errors import AccountBusy
from monitor.state import Lease, Transaction
from monitor.visit_protocol import EndKind, VisitEnd, VisitKind

LEASE = timedelta(seconds=2)
ACTIONS = 4
TICK = 0.3


@dataclass(frozen=True)
class Assignment:
    """What a machine is told.

    Attributes:
        is_shared: No account has a home: any machine takes any, and only the lock is between them.
        is_locked: False is the negative control: visits take no lock.
        pace: Seconds between two actions of a visit; long ones are hit in the middle more often.
        poisoned: Accounts whose visit kills its worker.
    """

    home: str
    is_shared: bool = False
    is_locked: bool = True
    pace: float = 0.02
    poisoned: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, given: str) -> Assignment:
        found = json.loads(given)
        return cls(**{**found, "poisoned": tuple(found["poisoned"])})


@dataclass
class WritingRunner:
    """Stands in for the runner of real visits."""

    installation: Installation
    given: Assignment
    pause: Event

    def run(self, account: AccountSection, kind: VisitKind, details: VisitDetails) -> VisitEnd:
        del kind
        visit_id = str(details.visit_id)
        if not self.given.is_locked:
            self._act(account.name, visit_id, None)
            return VisitEnd(kind=EndKind.DONE)
        try:
            lease = self.installation.state.acquire(account.name, visit_id, LEASE)
        except AccountBusy:
            return VisitEnd(kind=EndKind.BUSY)
        try:
            if not self.given.is_shared:
                with self.installation.state.read() as tx:
                    require_home(tx, account.name, self.installation.settings)
            self._act(account.name, visit_id, lease)
        finally:
            self.installation.state.release(lease)
        return VisitEnd(kind=EndKind.DONE)

    def _act(self, account: str, visit_id: str, lease: Lease | None) -> None:
        for step in range(ACTIONS):
            with self.installation.state.transaction(lease) as tx:
                write_action(tx, account, visit_id, lease.fence if lease else 0, step)
            if account in self.given.poisoned:
                os.kill(os.getpid(), signal.SIGKILL)
            self.pause.wait(self.given.pace)


def write_action(tx: Transaction, account: str, visit: str, fence: int, step: int) -> None:
    values = {"account": account, "visit": visit, "fence": fence, "step": step, "pid": os.getpid()}
    columns = "account, visit, fence, step, pid"
    tx.connection.execute(
        text(f"INSERT INTO proof_actions ({columns}) VALUES (:account, :visit, :fence, :step, :pid)"), values
    )


class SharedTurns(HomeTurns):
    """Every machine is the home of every account."""

    @property
    def worker(self) -> str:
        return "all"

    def note_alive(self) -> None:
        with self.installation.state.transaction() as tx:
            tx.homes.note_worker(self.worker, "all")


class WarmTurns(AccountTurns):
    """Enrols once a cluster, not once a start: hundreds of accounts and frequent deaths would spend it all on that."""

    def enrol(self) -> None:
        return

    def due(self) -> list[AccountSection]:
        found: Sequence[AccountSection] = super().due()
        return list(found)


def main(given: Assignment) -> int:
    installation = open_installation(Path(given.home))
    runner = cast("VisitRunner", WritingRunner(installation, given, Event()))
    accounts = WarmTurns(installation, runner, installation.settings.account, say=_say)
    turns = SharedTurns(installation, accounts) if given.is_shared else HomeTurns(installation, accounts)
    stop = Event()
    Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    QueueEngine(turns, QueuePlace(installation.settings.state.url), stop, say=_say, tick_seconds=TICK).run()
    return 0


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        Event().wait(1.0)
    os._exit(1)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(Assignment.from_json(sys.argv[1])))

"""One of several workers that file appeals of the same accounts; it may be stopped, woken and killed at any instant."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Literal

from flows.channels import FilingOrder
from flows.errors import FlowError
from monitor.appeals.filing import Filing
from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import Reconciler, submitter_gone_since
from monitor.appeals.terms import ChannelTerms
from monitor.clock import SystemClock
from monitor.errors import AccountBusy, AppealError, LeaseLost, StorageError
from monitor.state import Lease, State, StatePlaces
from monitor.state.appeals import AppealRecord
from monitor.state.repository import new_id
from monitor.visit_protocol import VisitKind
from tests.appeal_world import LIST_TERMS
from tests.faults.simulated_site import Kind, Mode, SimulatedForm, SimulatedSite, opener

SHORTEST_WINDOW = 2.0  # seconds: of a lease, a gesture and a settle window; longer where this machine is slow or busy
BATCH = 4
SETTLED = frozenset(AppealState) - {
    AppealState.APPROVED,
    AppealState.INTENT,
    AppealState.ARMED,
    AppealState.RELEASED,
    AppealState.UNKNOWN,
}


@dataclass(frozen=True)
class Assignment:
    """What a worker is told."""

    url: str
    folder: str
    accounts: tuple[str, ...]
    seed: int
    name: str
    window: float = SHORTEST_WINDOW

    @property
    def lease(self) -> timedelta:
        """How long a lock holds; every other window of the proof is as long."""
        return timedelta(seconds=self.window)

    @property
    def terms(self) -> ChannelTerms:
        """The channel's terms."""
        return replace(LIST_TERMS, daily_cap=10**9, gesture_window=self.lease, settle_window=self.lease, max_returns=50)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Assignment:
        given = json.loads(text)
        return cls(**{**given, "accounts": tuple(given["accounts"])})


def places_of(assignment: Assignment) -> StatePlaces:
    # The mirror and the mark belong to a machine; the workers of this proof are machines of their own.
    home = Path(assignment.folder) / assignment.name.split("-", 1)[0]
    return StatePlaces(url=assignment.url, mirror=home / "log")


def site_of(folder: Path, review_id: str, window: float, is_released: Callable[[str], bool]) -> SimulatedSite:
    """The site, one file a review, so that many workers do not read each other's lines."""
    site = SimulatedSite(
        folder / "site" / f"{review_id}.jsonl", Kind.DELAYED_LIST, SystemClock(), is_released=is_released
    )
    site.list_delay = timedelta(seconds=window / 2)
    return site


def mode_of(seed: int, review_id: str) -> Mode:
    return random.Random(f"{seed}{review_id}").choice(list(Mode))


class Worker:
    """Goes round the accounts until nothing is left."""

    def __init__(self, assignment: Assignment) -> None:
        self.given = assignment
        self.state = State.open(places_of(assignment), may_migrate=False)
        self.probe = State.open(places_of(assignment), may_migrate=False)
        self.random = random.Random(f"{assignment.seed}{assignment.name}{os.getpid()}")
        self.pause = Event()

    def run(self) -> None:
        left, parent = list(self.given.accounts), os.getppid()
        while left and os.getppid() == parent:
            account = self.random.choice(left)
            try:
                if self._is_settled(account):
                    left.remove(account)
                else:
                    self._visit(account)
            except (AccountBusy, LeaseLost):
                self.pause.wait(self.random.random() / 10)
            except StorageError:
                # The connection was cut or the store is busy: what was in flight is found by the next visit.
                self.pause.wait(self.random.random() / 5)

    def _is_settled(self, account: str) -> bool:
        with self.state.read() as tx:
            found = tx.appeals.of_account(account, only_open=True)
        return all(appeal.state in SETTLED and (appeal.counted_at or appeal.number is None) for appeal in found)

    def _visit(self, account: str) -> None:
        owner = f"{self.given.name}:{os.getpid()}:{new_id('visit')}"
        lease = self.state.acquire(account, owner, self.given.lease)
        with self.state.transaction(lease) as tx:
            tx.visits.begin(owner, account, kind=VisitKind.SUBMIT, owner=owner, fence=lease.fence)
        try:
            self._work(account, lease)
        finally:
            # All forms of this visit are closed, whatever ended it.
            with self.state.transaction() as tx:
                tx.visits.finish(owner, "over")
        self.state.release(lease)
        self.pause.wait(0.02)

    def _work(self, account: str, lease: Lease) -> None:
        ledger = Ledger(self.state)
        ledger.abandon(lease, "taken over")
        self._reconcile(account, lease)
        with self.state.read() as tx:
            ready = tx.appeals.of_account(account, states=[AppealState.APPROVED], only_open=True)
        for appeal in ready[:BATCH]:
            self._file(ledger, appeal, lease)
            self.state.heartbeat(lease)

    def _reconcile(self, account: str, lease: Lease) -> None:
        reconciler = Reconciler(self.state)
        for appeal in reconciler.waiting(account, [self.given.terms]):
            site = site_of(Path(self.given.folder), appeal.review_id, self.given.window, self._is_released)
            with self.state.read() as tx:
                gone_since = submitter_gone_since(tx, appeal, lease)
            seen = site.look(appeal.review_id)
            look = replace(seen, submitter_gone=gone_since is not None, gone_since=gone_since)
            reconciler.apply(appeal.id, look, lease, self.given.terms)
            self.state.heartbeat(lease)

    def _file(self, ledger: Ledger, appeal: AppealRecord, lease: Lease) -> None:
        site = site_of(Path(self.given.folder), appeal.review_id, self.given.window, self._is_released)
        form = SimulatedForm(site, mode_of(self.given.seed, appeal.review_id))
        try:
            Filing(ledger, _seal).file(appeal.id, lease, self.given.terms, opener(form))
        except (AppealError, FlowError):
            return

    def _is_released(self, appeal_id: str) -> bool:
        with self.probe.read() as tx:
            found = tx.appeals.get(appeal_id)
        return found is not None and found.released_at is not None


def _seal(_order: FilingOrder, _moment: Literal["filled_form", "confirmation"], data: bytes) -> str | None:
    return "ab" * 32 if data else None


if __name__ == "__main__":
    Worker(Assignment.from_json(sys.argv[1])).run()

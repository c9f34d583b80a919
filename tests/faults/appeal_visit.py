"""One visit of the ledger's side: what was left behind first, then what is unclear, then what is approved.

Also runs as a process of its own that kills itself at a named point (``python -m tests.faults.appeal_visit``).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from flows.channels import FilingOrder
from flows.errors import FlowError
from monitor.appeals.crash import CrashHook, CrashPoint, no_crash
from monitor.appeals.filing import Filing
from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import AppealState
from monitor.appeals.reconcile import Reconciler
from monitor.appeals.terms import ChannelTerms
from monitor.clock import ManualClock
from monitor.errors import AppealError
from monitor.state import Lease, State
from tests.appeal_world import ACCOUNT, LIST_TERMS, NO_LIST_TERMS, StoreHome, sqlite_home
from tests.faults.simulated_site import Kind, Mode, SimulatedForm, SimulatedSite, opener

LEASE = timedelta(minutes=5)


class CrashNow(BaseException):
    """The program dies here. Not an Exception: nothing may catch it."""


@dataclass
class CrashOnce:
    """A hook that dies the first time a point is reached."""

    point: CrashPoint
    is_spent: bool = False

    def __call__(self, point: CrashPoint) -> None:
        if point == self.point and not self.is_spent:
            self.is_spent = True
            raise CrashNow(point)


def kill_at(point: CrashPoint) -> CrashHook:
    """Returns a hook that kills this process for real."""

    def hook(reached: CrashPoint) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


@dataclass
class Visitor:
    """How visits are made; the negative controls replace parts of it."""

    home: StoreHome
    site: SimulatedSite
    mode: Mode
    terms: ChannelTerms
    make_ledger: Callable[[State, CrashHook], Ledger] = field(
        default=lambda state, hook: Ledger(state, crash_hook=hook)
    )
    make_filing: Callable[[Ledger, CrashHook], Filing] = field(
        default=lambda ledger, hook: Filing(ledger, _seal, crash_hook=hook)
    )
    has_gate: bool = True
    requests_per_gesture: int = 1

    def visit(self, owner: str, hook: CrashHook = no_crash) -> None:
        """Makes one visit; a crash leaves everything as it was at that moment."""
        state = self.home.open()
        try:
            lease = state.acquire(ACCOUNT, owner, LEASE)
            ledger = self.make_ledger(state, hook)
            ledger.abandon(lease, "the process that worked on it is gone")
            self._reconcile(state, lease, hook)
            self._submit(state, ledger, lease, hook)
            self._reconcile(state, lease, hook)
            state.release(lease)
        finally:
            state.close()

    def _reconcile(self, state: State, lease: Lease, hook: CrashHook) -> None:
        reconciler = Reconciler(state, crash_hook=hook)
        for appeal in reconciler.waiting(ACCOUNT, [self.terms]):
            reconciler.apply(appeal.id, self.site.look(appeal.review_id), lease, self.terms)

    def _submit(self, state: State, ledger: Ledger, lease: Lease, hook: CrashHook) -> None:
        filing = self.make_filing(ledger, hook)
        with state.read() as tx:
            ready = tx.appeals.of_account(ACCOUNT, states=[AppealState.APPROVED], only_open=True)
        for appeal in ready:
            form = SimulatedForm(
                self.site,
                self.mode,
                crash_hook=hook,
                has_gate=self.has_gate,
                requests_per_gesture=self.requests_per_gesture,
            )
            try:
                filing.file(appeal.id, lease, self.terms, opener(form))
            except (AppealError, FlowError):
                continue


def terms_of(kind: Kind) -> ChannelTerms:
    """Returns the terms of the channel that the kind of site stands for."""
    return NO_LIST_TERMS if kind is Kind.NO_LIST else LIST_TERMS


def _seal(_order: FilingOrder, _moment: Literal["filled_form", "confirmation"], data: bytes) -> str | None:
    return "ab" * 32 if data else None


def main(arguments: list[str]) -> None:
    """Makes one visit in this process and dies at the named point, when it is reached."""
    given = json.loads(arguments[0])
    home = sqlite_home(Path(given["folder"]), ManualClock(datetime.fromisoformat(given["now"])))
    site = SimulatedSite(Path(given["site"]), Kind(given["kind"]), home.clock)
    visitor = Visitor(home, site, Mode(given["mode"]), terms_of(Kind(given["kind"])))
    visitor.visit(given["owner"], kill_at(given["point"]))


if __name__ == "__main__":
    main(sys.argv[1:])

"""The embedded loop: visits each account when its stored due time has come. No server, no thread of its own.

The stored moment rules, not the loop's memory: a restart, downtime or a night asleep makes no difference but
the record of missed slots. Nothing waits longer than half a minute, so a clock that was set is noticed at once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.bootstrap import Installation
from monitor.engine.due_times import Turn, mend, take_turn
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.errors import MonitorError
from monitor.settings import AccountSection
from monitor.state import Action, Transaction, subject
from monitor.visit_protocol import EndKind, VisitKind
from monitor.watching.roster import bring_up_to_date

LONGEST_WAIT = 30.0  # seconds
TASK = "visit"
"""Kind of the due time this loop keeps; what a visit then does is decided by the stored state."""


@dataclass
class WatchLoop:
    """Visits accounts as they fall due.

    Attributes:
        say: Tells the person at the terminal.
    """

    opened: Installation
    runner: VisitRunner
    accounts: Sequence[AccountSection]
    say: Callable[[str], None]
    is_headed: bool = False

    def run(self, stop: threading.Event, *, only_once: bool = False) -> None:
        """Runs until ``stop`` is set (or once, for what is due now).

        Raises:
            SecretsUnavailable, StorageError: nothing can be done here; the message says why.
        """
        for left in self.opened.clean_up():
            self.say(f"Cleaned up after {left}, whose parent had died.")
        self._enrol()
        while not stop.is_set():
            for account in self.accounts:
                self._visit_if_due(account)
                if stop.is_set():
                    return
            if only_once:
                return
            stop.wait(self._seconds_to_next())

    def _enrol(self) -> None:
        with self.opened.state.transaction() as tx:
            for account in self.accounts:
                bring_up_to_date(tx, account, self.opened.site(account.site))
                if self._due_at(tx, account) is None:
                    tx.schedule.set_due(account.name, TASK, tx.now(), rule=self._rule(account))

    def _visit_if_due(self, account: AccountSection) -> None:
        turn = self._claim(account)
        if turn is None:
            return
        self.say(f"Visiting {account.name}")
        try:
            end = self.runner.run(account, VisitKind.DUE, VisitDetails(is_headed=self.is_headed))
            self.say(f"{account.name}: {end.message}" + (f" ({end.hint})" if end.hint else ""))
            for problem in end.problems:
                self.say(f"  - {problem}")
        except MonitorError as error:
            # One account's trouble never stops the others.
            end = None
            self.say(f"{account.name}: {error} {error.hint}".rstrip())
        with self.opened.state.transaction() as tx:
            tx.schedule.finish_slot(account.name, TASK, turn.slot_at)
            if end is not None and end.kind is EndKind.WALL:
                action = Action("watch.wall", subjects=[subject("account", account.name)])
                tx.journal.record(account.name, action)

    def _claim(self, account: AccountSection) -> Turn | None:
        """Takes the account's slot if one is due, and writes down those that were missed."""
        interval = account.schedule.poll
        with self.opened.state.transaction() as tx:
            due_at = self._due_at(tx, account) or tx.now()
            turn = take_turn(due_at, now=tx.now(), interval=interval)
            if turn is None:
                near = mend(due_at, now=tx.now(), interval=interval)
                if near != due_at:
                    tx.schedule.set_due(account.name, TASK, near, rule=self._rule(account))
                return None
            for slot in turn.missed:
                tx.schedule.skip_slot(account.name, TASK, slot, reason="not running at that time")
            if turn.unnamed:
                action = Action("watch.missed", outputs={"slots": turn.unnamed + len(turn.missed)})
                tx.journal.record(account.name, action)
            is_ours = tx.schedule.claim_slot(account.name, TASK, turn.slot_at, is_catch_up=bool(turn.missed))
            tx.schedule.set_due(account.name, TASK, turn.next_at, rule=self._rule(account))
            return turn if is_ours else None

    def _seconds_to_next(self) -> float:
        with self.opened.state.read() as tx:
            names = {account.name for account in self.accounts}
            moments = [due.next_at for due in tx.schedule.all() if due.account_id in names and due.kind == TASK]
            nearest = min(moments, default=tx.now())
            left = (nearest - tx.now()).total_seconds()
        return min(max(left, 0.2), LONGEST_WAIT)

    @staticmethod
    def _due_at(tx: Transaction, account: AccountSection) -> datetime | None:
        return next((due.next_at for due in tx.schedule.all(account.name) if due.kind == TASK), None)

    @staticmethod
    def _rule(account: AccountSection) -> str:
        return f"every {account.schedule.poll}"

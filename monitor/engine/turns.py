"""An account's turn: is it due, is this slot ours, run the visit, write down what became of it.

Whatever brings accounts here (the loop of one machine, the queue of several) may come twice, late or never: the stored
due time and the slot's claim decide, so a doubled or lost call is harmless.
"""

from __future__ import annotations

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

TASK = "visit"
"""Kind of the due time that is kept; what a visit then does is decided by the stored state."""


@dataclass
class AccountTurns:
    """The turns of some accounts of one installation.

    Attributes:
        say: Tells the person at the terminal, or the worker's log.
    """

    opened: Installation
    runner: VisitRunner
    accounts: Sequence[AccountSection]
    say: Callable[[str], None]
    is_headed: bool = False

    def enrol(self) -> None:
        """Brings the roster up to date and gives each account without a due time its first one: now.

        Raises:
            SecretsUnavailable, StorageError: nothing can be done here; the message says why.
        """
        for left in self.opened.clean_up():
            self.say(f"Cleaned up after {left}, whose parent had died.")
        with self.opened.state.transaction() as tx:
            for account in self.accounts:
                bring_up_to_date(tx, account, self.opened.site(account.site))
                if self._due_at(tx, account) is None:
                    tx.schedule.set_due(account.name, TASK, tx.now(), rule=self._rule(account))

    def take(self, account: AccountSection) -> None:
        """Visits the account if it is due and its slot is not taken yet; its trouble never reaches the others."""
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
            end = None
            self.say(f"{account.name}: {error} {error.hint}".rstrip())
        with self.opened.state.transaction() as tx:
            tx.schedule.finish_slot(account.name, TASK, turn.slot_at)
            if end is not None and end.kind is EndKind.WALL:
                action = Action("watch.wall", subjects=[subject("account", account.name)])
                tx.journal.record(account.name, action)

    def seconds_to_next(self) -> float:
        """Returns how long it is until the next account is due; 0 when one is due now."""
        with self.opened.state.read() as tx:
            names = {account.name for account in self.accounts}
            moments = [due.next_at for due in tx.schedule.all() if due.account_id in names and due.kind == TASK]
            nearest = min(moments, default=tx.now())
            return max((nearest - tx.now()).total_seconds(), 0.0)

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

    @staticmethod
    def _due_at(tx: Transaction, account: AccountSection) -> datetime | None:
        return next((due.next_at for due in tx.schedule.all(account.name) if due.kind == TASK), None)

    @staticmethod
    def _rule(account: AccountSection) -> str:
        return f"every {account.schedule.poll}"

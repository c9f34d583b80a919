"""The embedded loop: gives each account its turn when something is due for it. No server; a few visits at once.

The stored moments rule (``monitor.engine.slots``): a restart, downtime or a night asleep makes no difference but the
record of missed slots. Nothing waits longer than half a minute, so a clock that was set is noticed at once. A slow or
walled account never keeps another from its turn while a place is free.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from monitor.config.sections import AccountSection
from monitor.config.settings import Settings
from monitor.engine.changed_settings import ChangedSettings
from monitor.engine.slots import Taken
from monitor.engine.turns import AccountTurns
from monitor.engine.watch_lock import watching

LONGEST_WAIT = 30.0  # seconds
_SHORTEST_WAIT = 0.2


def bounded(seconds: float) -> float:
    """Returns how long to wait at most when the next slot is so far away: clocks are looked at every half minute."""
    return min(max(seconds, _SHORTEST_WAIT), LONGEST_WAIT)


def next_account(
    due: Sequence[AccountSection], busy: Collection[str], places: int, *, done: Collection[str] = ()
) -> AccountSection | None:
    """Returns whom to visit next: the longest overdue account that nobody visits, while a place is free. Pure."""
    if len(busy) >= places:
        return None
    return next((account for account in due if account.name not in busy and account.name not in done), None)


@dataclass
class WatchLoop:
    """Visits accounts as they fall due.

    Attributes:
        stop: Ends the loop and the visits under way.
        opened: Called each time the secrets have been opened, before anything runs.
    """

    turns: AccountTurns
    stop: threading.Event
    opened: Callable[[], None] = lambda: None
    _wake: threading.Event = field(default_factory=threading.Event)

    def wake(self) -> None:
        """Has it look at due times and settings now, from another thread; after ``stop`` was set it then ends."""
        self._wake.set()

    def run(self, *, only_once: bool = False) -> None:
        """Runs until ``stop`` is set (or once, for what is due now).

        Raises:
            AccountBusy: another process watches one of the accounts.
            SecretsUnavailable, StorageError: nothing can be done here; the message says why.
        """
        installation = self.turns.installation
        changed = ChangedSettings(installation.home, installation.settings, self.turns.say)
        while (fresh := self._watch(None if only_once else changed)) is not None:
            self.turns.take_up(fresh)

    def _watch(self, changed: ChangedSettings | None) -> Settings | None:
        """Watches until the end, or until the settings changed: then it returns them, and no visit is under way."""
        installation = self.turns.installation
        with watching(installation.home.runs, (account.name for account in self.turns.accounts)):
            self.turns.enrol()
            _ = installation.secrets  # asks for a passphrase now, while nothing runs yet
            self.opened()
            places = installation.settings.installation.visits_at_once
            with ThreadPoolExecutor(places, "visit") as pool, ThreadPoolExecutor(1, "messenger") as post:
                try:
                    fresh = self._go_round(pool, post, places, changed)
                    post.submit(self.turns.tell_people).result()
                except BaseException:  # Ctrl-C too: the pool waits for its visits, which must end now; raised on
                    self.stop.set()
                    raise
        return fresh

    def _go_round(
        self, pool: ThreadPoolExecutor, post: ThreadPoolExecutor, places: int, changed: ChangedSettings | None
    ) -> Settings | None:
        only_once = changed is None
        fresh: Settings | None = None
        running: dict[str, Future[None]] = {}
        telling: Future[None] | None = None
        seen: set[str] = set()
        while not self.stop.is_set():
            self._wake.clear()
            for name in [name for name, visit in running.items() if visit.done()]:
                running.pop(name).result()
            due, done = self.turns.due(), set(seen) if only_once else set()
            fresh = (changed.take() if changed else None) or fresh
            if fresh is not None and not running:
                return fresh
            while fresh is None and (account := next_account(due, running, places, done=done)) is not None:
                done.add(account.name)
                taken = self.turns.book.take(account)
                if taken is not None:
                    running[account.name] = pool.submit(self._visit, taken)
            seen |= done
            if only_once and not running:
                return None
            if telling is None or telling.done():  # a slow service keeps nobody's visit waiting
                if telling is not None:
                    telling.result()
                telling = post.submit(self.turns.tell_people)
            if not running and changed is not None:
                self.turns.say_wait()
            is_full = only_once or len(running) >= places
            self._wake.wait(bounded(LONGEST_WAIT if is_full else self.turns.seconds_to_next(without=running)))
        return None

    def _visit(self, taken: Taken) -> None:
        try:
            self.turns.carry_out(taken)
        finally:
            self._wake.set()

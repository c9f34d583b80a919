"""The embedded loop: gives each account its turn when its stored due time has come. No server, no thread of its own.

The stored moment rules, not the loop's memory: a restart, downtime or a night asleep makes no difference but
the record of missed slots. Nothing waits longer than half a minute, so a clock that was set is noticed at once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from monitor.engine.turns import AccountTurns

LONGEST_WAIT = 30.0  # seconds
_SHORTEST_WAIT = 0.2


@dataclass
class WatchLoop:
    """Visits accounts one after the other as they fall due."""

    turns: AccountTurns

    def run(self, stop: threading.Event, *, only_once: bool = False) -> None:
        """Runs until ``stop`` is set (or once, for what is due now).

        Raises:
            SecretsUnavailable, StorageError: nothing can be done here; the message says why.
        """
        self.turns.enrol()
        while not stop.is_set():
            for account in self.turns.accounts:
                self.turns.take(account)
                if stop.is_set():
                    return
            if only_once:
                return
            stop.wait(min(max(self.turns.seconds_to_next(), _SHORTEST_WAIT), LONGEST_WAIT))

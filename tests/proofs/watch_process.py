"""A process with the program's own loop, slots and store, whose visits only say that they were made.

``python -m tests.proofs.watch_process HOME``: writes a line a visit, until it is ended.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import cast

from monitor.bootstrap import Installation
from monitor.clock import SystemClock
from monitor.config.home import Home
from monitor.config.sections import AccountSection
from monitor.config.settings import Settings, default_settings
from monitor.engine.loop import WatchLoop
from monitor.engine.turns import AccountTurns
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.secrets.stores import create_store
from monitor.visit_protocol import EndKind, VisitEnd, VisitKind

ACCOUNT = "shop"
EVERY = 2  # seconds


class Runner:
    """Makes no visit; says that it was asked to."""

    def run(self, account: AccountSection, kind: VisitKind, details: VisitDetails) -> VisitEnd:
        line = {"visit": details.visit_id, "account": account.name, "kind": kind.value}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return VisitEnd(kind=EndKind.DONE)


def make_settings() -> Settings:
    """One account that is polled every two seconds, as only a mock may be."""
    origins = {name: f"http://{name}.localhost:1" for name in ("www", "seller", "sso")}
    account = {"name": ACCOUNT, "schedule": {"poll": f"{EVERY}s"}}
    return default_settings({"sites": {"ozon": {"origins": origins}}, "account": [account]})


def main() -> None:
    """Watches until the process is killed."""
    home = Home(Path(sys.argv[1]))
    home.create()
    installation = Installation(home, make_settings(), SystemClock())
    installation.secrets = create_store(home.secrets, "ephemeral")
    turns = AccountTurns(installation, cast("VisitRunner", Runner()), installation.settings.account, say=lambda _: None)
    WatchLoop(turns, threading.Event()).run()


if __name__ == "__main__":
    main()

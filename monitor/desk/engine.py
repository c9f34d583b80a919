"""The engine behind the desk: it watches and sends while the desk is open, unless another process does so already."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from monitor.bootstrap import Installation
from monitor.config.sections import AccountSection
from monitor.desk.orders import Ask, EitherEvent, conclude, listener_of
from monitor.desk.refusals import Refusal, tell_refusal
from monitor.desk.work import Job, Stopped, Work
from monitor.engine.loop import WatchLoop
from monitor.engine.supervisor import Listener
from monitor.engine.turns import AccountTurns
from monitor.engine.visits import VisitDetails, VisitRunner
from monitor.errors import AccountBusy, MonitorError
from monitor.visit_protocol import VisitEnd, VisitKind

_NEXT_TRY = timedelta(seconds=5)
_AFTER_TROUBLE = timedelta(seconds=30)
_GOODBYE = 25.0  # seconds: a visit gets a moment to close its browser

EngineStanding = Literal["off", "runs", "elsewhere", "trouble"]


@dataclass(frozen=True)
class ShownRunner(VisitRunner):
    """Runs the visits of a watcher, each as a piece of work that pages show and a person may stop."""

    work: Work = field(kw_only=True)
    ask: Ask = field(kw_only=True)

    def run(self, account: AccountSection, kind: VisitKind, details: VisitDetails | None = None) -> VisitEnd:
        """Runs one visit to its end."""
        job = self.work.begin(f"visit {account.name}", f"Посещение по расписанию: {account.name}", "/health")
        if job is None:  # a person ordered one just now: the account's own lock says who goes first
            return super().run(account, kind, details)
        stop = EitherEvent(self.stop or threading.Event())
        job.stop = stop
        runner = VisitRunner(self.installation, listener_of(job, self.ask), self.operator, stop)
        try:
            end = runner.run(account, kind, details)
        except BaseException:  # the page must not say that it runs; raised on
            self.work.end(job, "failed", Refusal("Посещение не удалось начать или довести до конца"))
            raise
        self._note(job, end)
        return end

    def _note(self, job: Job, end: VisitEnd) -> None:
        try:
            self.work.end(job, "done", conclude(job, end))
        except Stopped:
            self.work.end(job, "stopped", Refusal("Остановлено вами. По расписанию пойдёт следующее."))
        if not job.is_finding and job.standing == "done":
            self.work.forget(job.id)  # what went well by itself is in the log, and no news


class Engine:
    """Watches in a thread while nobody else does; where another process does, it waits until that ends.

    Args:
        installation: The installation, with its secrets open.
        work: Shows the visits.
        ask: Asks at the terminal.
    """

    def __init__(self, installation: Installation, work: Work, ask: Ask) -> None:
        self._installation, self._work, self._ask = installation, work, ask
        self._stop = threading.Event()
        self._loop: WatchLoop | None = None
        self._thread = threading.Thread(target=self._run, name="desk-engine", daemon=True)
        self._starting, self._is_started = threading.Lock(), False
        self.standing: EngineStanding = "off"
        self.why = ""

    def start(self) -> None:
        """Begins to watch; once."""
        with self._starting:
            if not self._is_started:
                self._is_started = True
                self._thread.start()

    def nudge(self) -> None:
        """Has the settings looked at now: something in them was changed at the desk."""
        if self._loop is not None:
            self._loop.wake()

    def halt(self) -> None:
        """Begins nothing any more; what is under way ends in order."""
        self._stop.set()
        self.nudge()

    def close(self) -> None:
        """Ends the visits under way, each in order."""
        self.halt()
        if self._thread.is_alive():
            self._thread.join(_GOODBYE)

    def _run(self) -> None:
        while not self._stop.is_set():
            wait = _NEXT_TRY
            try:
                self._watch()
            except AccountBusy:
                self.standing, self.why = "elsewhere", ""
            except (MonitorError, OSError) as error:
                told = tell_refusal(error).detail if isinstance(error, MonitorError) else str(error)
                self.standing, self.why, wait = "trouble", told, _AFTER_TROUBLE
            self._stop.wait(wait.total_seconds())
        self.standing = "off"

    def _watch(self) -> None:
        quiet = Listener(report=lambda _: None, ask=self._ask)
        runner = ShownRunner(self._installation, quiet, "schedule:desk", self._stop, work=self._work, ask=self._ask)
        turns = AccountTurns(self._installation, runner, self._installation.settings.account, say=lambda _: None)
        self._loop = WatchLoop(turns, self._stop)
        self.standing, self.why = "runs", ""
        self._loop.run()

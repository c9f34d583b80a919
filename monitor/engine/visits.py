"""Orders visits: builds the order, runs it under supervision, and settles what a killed one left open."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from monitor.config.sections import AccountSection
from monitor.config.settings import environment_for_children
from monitor.engine.context import EngineContext
from monitor.engine.dead_visits import clean_up, settle_or_note, tell_left
from monitor.engine.interrupts import VisitInterrupted, undisturbed
from monitor.engine.last_word import Announced, add_last_word
from monitor.engine.supervisor import Listener, run_visit
from monitor.state.repository import new_id
from monitor.visit_protocol import DEADLINES, EndKind, Progress, TaskKind, VisitEnd, VisitKind, VisitOrder


@dataclass(frozen=True)
class VisitDetails:
    """What a visit of some kinds needs besides its account."""

    visit_id: str | None = None
    tasks: Sequence[TaskKind] = tuple(TaskKind)
    skus: Sequence[str] = ()
    review_ids: Sequence[str] = ()
    appeal_ids: Sequence[str] = ()
    messages: Sequence[str] = ()
    channels: Sequence[str] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    identity: str | None = None
    is_headed: bool = False
    is_live_preview: bool = False
    deadline_seconds: float | None = None


@dataclass(frozen=True)
class VisitRunner:
    """Runs visits of one installation.

    Attributes:
        operator: Who orders them, as ``operator:NAME``, ``schedule:NAME`` or ``simulated:NAME``.
        stop: When it is set, running visits are ended as if their deadline had passed.
    """

    installation: EngineContext
    listener: Listener
    operator: str
    stop: threading.Event | None = None

    def run(self, account: AccountSection, kind: VisitKind, details: VisitDetails | None = None) -> VisitEnd:
        """Runs one visit to its end, and says what went out in it and what of that is unknown, whatever ended it.

        Raises:
            SecretsUnavailable: the secret store cannot be opened.
            StorageError: what an earlier visit left cannot be settled; nothing was begun.
            VisitInterrupted: Ctrl-C; it carries the last word.
        """
        chosen = details or VisitDetails()
        for visit_id in clean_up(self.installation.state, self.installation.home):
            for line in tell_left(self.installation.state, visit_id):
                self.listener.report(Progress(step="left", text=line))
        order = VisitOrder(
            visit_id=chosen.visit_id or new_id("visit"),
            account=account.name,
            kind=kind,
            home=self.installation.home.root,
            data_key=SecretStr(key) if (key := self.installation.secrets.data_key()) else None,
            tasks=tuple(chosen.tasks),
            skus=tuple(chosen.skus),
            review_ids=tuple(chosen.review_ids),
            appeal_ids=tuple(chosen.appeal_ids),
            messages=tuple(chosen.messages),
            channels=tuple(chosen.channels),
            values=dict(chosen.values),
            identity=chosen.identity,
            is_headed=chosen.is_headed,
            is_live_preview=chosen.is_live_preview,
            deadline_seconds=chosen.deadline_seconds or self._deadline(kind),
            operator=self.operator,
        )
        announced = Announced()

        def tell(progress: Progress) -> None:
            announced.hear(progress)
            self.listener.report(progress)

        try:
            end = run_visit(
                order,
                clock=self.installation.clock,
                listener=Listener(report=tell, ask=self.listener.ask),
                environment=environment_for_children(),
                stop=self.stop,
            )
        except KeyboardInterrupt as interruption:
            stopped = VisitEnd(kind=EndKind.INTERRUPTED, message="Interrupted.")
            raise VisitInterrupted(self._conclude(order, stopped, announced)) from interruption
        except BaseException:  # the visit is dead by now, whatever ended its parent; raised on
            settle_or_note(self.installation.state, self.installation.home, order.visit_id, "its parent failed")
            raise
        return self._conclude(order, end, announced)

    def _conclude(self, order: VisitOrder, end: VisitEnd, announced: Announced) -> VisitEnd:
        """The visit's processes are dead by now, so whatever it left open is settled; then the ledger has the word."""
        with undisturbed():
            unsettled = settle_or_note(self.installation.state, self.installation.home, order.visit_id, end.message)
            return add_last_word(self.installation.state, order, end, announced.appeal_ids, unsettled=unsettled)

    def _deadline(self, kind: VisitKind) -> float:
        windows = self.installation.settings.windows
        configured = {
            VisitKind.POLL: windows.poll_deadline,
            VisitKind.CAPTURE: windows.capture_deadline,
            VisitKind.SUBMIT: windows.submit_deadline,
            VisitKind.PREVIEW: windows.submit_deadline,
            VisitKind.ANSWER: windows.submit_deadline,
            VisitKind.FOLLOW: windows.follow_deadline,
            VisitKind.LOGIN: windows.hand_over,
        }
        return configured[kind].total_seconds() if kind in configured else DEADLINES[kind]

"""Orders visits: builds the order, runs it under supervision, and settles what a killed one left open."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from monitor.appeals.answers import Answers
from monitor.appeals.ledger import Ledger
from monitor.bootstrap import Installation
from monitor.engine.supervisor import Listener, run_visit
from monitor.errors import AccountBusy
from monitor.setting_sections import AccountSection
from monitor.settings import environment_for_children
from monitor.state import Action, subject
from monitor.state.repository import new_id
from monitor.visit_protocol import DEADLINES, EndKind, TaskKind, VisitEnd, VisitKind, VisitOrder

_SEIZED = timedelta(seconds=30)


@dataclass(frozen=True)
class VisitDetails:
    """What a visit of some kinds needs besides its account."""

    visit_id: str | None = None
    tasks: Sequence[TaskKind] = tuple(TaskKind)
    skus: Sequence[str] = ()
    review_ids: Sequence[str] = ()
    appeal_ids: Sequence[str] = ()
    channels: Sequence[str] = ()
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

    opened: Installation
    listener: Listener
    operator: str
    stop: threading.Event | None = None

    def run(self, account: AccountSection, kind: VisitKind, details: VisitDetails | None = None) -> VisitEnd:
        """Runs one visit to its end.

        Raises:
            SecretsUnavailable: the secret store cannot be opened.
        """
        chosen = details or VisitDetails()
        self.opened.clean_up()
        order = VisitOrder(
            visit_id=chosen.visit_id or new_id("visit"),
            account=account.name,
            kind=kind,
            home=self.opened.home.root,
            data_key=SecretStr(self.opened.secrets.data_key()),
            tasks=tuple(chosen.tasks),
            skus=tuple(chosen.skus),
            review_ids=tuple(chosen.review_ids),
            appeal_ids=tuple(chosen.appeal_ids),
            channels=tuple(chosen.channels),
            identity=chosen.identity,
            is_headed=chosen.is_headed,
            is_live_preview=chosen.is_live_preview,
            deadline_seconds=chosen.deadline_seconds or self._deadline(kind),
            operator=self.operator,
        )
        end = run_visit(
            order,
            clock=self.opened.clock,
            listener=self.listener,
            environment=environment_for_children(),
            stop=self.stop,
        )
        if end.kind is EndKind.KILLED:
            self._settle(order, end)
        return end

    def _deadline(self, kind: VisitKind) -> float:
        windows = self.opened.settings.windows
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

    def _settle(self, order: VisitOrder, end: VisitEnd) -> None:
        """Writes down that the visit was killed and moves what it had under way to UNKNOWN, under a newer fence."""
        state = self.opened.state
        asked_at = self.opened.clock.boottime()
        owner = f"{order.visit_id}/parent"
        with state.transaction() as tx:
            lock = tx.locks.get(order.account)
            if lock is not None and lock.owner not in (None, order.visit_id):
                raise AccountBusy("another visit works on this account already", where=str(lock.owner))
            lease = tx.locks.seize(order.account, owner, _SEIZED, boottime=asked_at)
            tx.visits.finish(order.visit_id, "killed", detail=end.message)
            action = Action(
                "visit.killed",
                subjects=[subject("visit", order.visit_id)],
                outputs={"message": end.message},
                fence=lease.fence,
            )
            tx.journal.record(order.account, action)
        Ledger(state).abandon(lease, "the visit was killed")
        Answers(state).abandon(lease)
        state.release(lease)
        state.flush_mirror()

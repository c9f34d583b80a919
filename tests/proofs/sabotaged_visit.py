"""A visit process with one protection taken out: the negative controls of the proof by kills.

``intent``: what the ledger writes before the answer stays in memory, as if it were never synced. ``gate``: every
request passes. ``retry``: a filing without an answer is made again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from unittest.mock import patch

from flows.channels import FilledForm, Observation
from flows.gate import SubmitGate
from monitor.appeals.filing import Filing, OpenChannel
from monitor.appeals.ledger import Intent, Ledger, WaitingRequest
from monitor.appeals.machine import AppealState
from monitor.appeals.payload import order_of
from monitor.appeals.terms import ChannelTerms
from monitor.state import Lease
from monitor.state.appeals import AppealRecord
from monitor.visiting.entry import main

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


class ForgetfulLedger(Ledger):
    """Keeps every step in memory until the answer is there."""

    def take_intent(self, appeal_id: str, lease: Lease, terms: ChannelTerms) -> Intent:
        with self._state.read() as tx:
            appeal = tx.appeals.get(appeal_id)
            assert appeal is not None
            order = order_of(tx, appeal)
        self._late: list[Callable[[], object]] = [
            lambda: super(ForgetfulLedger, self).take_intent(appeal_id, lease, terms)
        ]
        return Intent(appeal_id, lease, terms, order, lease.sure_until)

    def arm(self, intent: Intent, form: FilledForm, *, picture: str | None) -> None:
        self._late.append(lambda: super(ForgetfulLedger, self).arm(intent, form, picture=picture))

    def stamp_gesture(self, intent: Intent) -> None:
        self._late.append(lambda: super(ForgetfulLedger, self).stamp_gesture(intent))

    def record_release(self, intent: Intent, request: WaitingRequest) -> None:
        self._late.append(lambda: super(ForgetfulLedger, self).record_release(intent, request))

    def settle(self, intent: Intent, seen: Observation | None, *, picture: str | None = None) -> AppealRecord:
        for step in self._late:
            step()
        return super().settle(intent, seen, picture=picture)


class StubbornFiling(Filing):
    """Files again when no answer came."""

    def file(self, appeal_id: str, lease: Lease, terms: ChannelTerms, open_channel: OpenChannel) -> AppealRecord:
        done = super().file(appeal_id, lease, terms, open_channel)
        if done.state == AppealState.UNKNOWN:
            with self._ledger._state.read() as tx:
                order = order_of(tx, done)
            with open_channel(order) as form:
                form.channel.prepare(order)
                form.gate.arm(lambda _: None)
                form.channel.gesture()
                form.channel.observe()
        return done


def let_all_pass(gate: SubmitGate, context: BrowserContext) -> None:
    """Attaches nothing."""
    gate._context = context


def run(name: str) -> int:
    """Makes the visit without the named protection."""
    changes = {
        "intent": ("monitor.visiting.filing.Ledger", ForgetfulLedger),
        "retry": ("monitor.visiting.filing.Filing", StubbornFiling),
        "gate": ("flows.gate.SubmitGate.attach", let_all_pass),
    }
    target, replacement = changes[name]
    with patch(target, replacement):
        return main()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))

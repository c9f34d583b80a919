"""What a visit left open whose processes are dead: settled at once, not when its lease runs out.

Only the machine that ran a visit can see it dead, so only its parent, or the next start beside its record, does this.
"""

from __future__ import annotations

from datetime import timedelta

from monitor.appeals.answers import Answers
from monitor.appeals.ledger import Ledger
from monitor.bootstrap import Installation
from monitor.engine.visit_registry import reap
from monitor.state import Action, State, subject

_SEIZED = timedelta(seconds=30)


def clean_up(opened: Installation) -> list[str]:
    """Ends what visits of dead parents left behind and settles what they had under way; returns their ids.

    Until somebody has seen a visit's processes dead, nobody may take its form for closed.
    """
    reaped = reap(opened.home.runs)
    for visit_id in reaped:
        settle_dead_visit(opened.state, visit_id, "its parent died")
    return reaped


def settle_dead_visit(state: State, visit_id: str, why: str) -> None:
    """Writes down that a visit was killed and moves what it had under way to UNKNOWN, under a newer fence.

    Call it only after the visit's processes were seen dead: its lock is taken from it. A visit that gave its lock back,
    or lost it to another one, has nothing under way any more.
    """
    asked_at = state.clock.boottime()
    with state.transaction() as tx:
        tx.visits.finish(visit_id, "killed", detail=why)
        held = next((lock for lock in tx.locks.held() if lock.owner == visit_id), None)
        if held is None:
            return
        lease = tx.locks.seize(held.account_id, f"{visit_id}/parent", _SEIZED, boottime=asked_at)
        action = Action(
            "visit.killed", subjects=[subject("visit", visit_id)], outputs={"message": why}, fence=lease.fence
        )
        tx.journal.record(held.account_id, action)
    Ledger(state).abandon(lease, "the visit was killed")
    Answers(state).abandon(lease)
    state.release(lease)
    state.flush_mirror()

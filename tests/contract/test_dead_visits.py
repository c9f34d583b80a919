"""A visit that was seen dead is settled at once, on both stores; one that lost its account is nobody's to settle."""

from __future__ import annotations

from datetime import timedelta

from monitor.appeals.machine import AppealState
from monitor.engine.dead_visits import settle_dead_visit
from monitor.state import State
from monitor.visit_protocol import VisitKind
from tests.appeal_world import ACCOUNT, lease_of, settle_in
from tests.contract.test_ledger import released

DEAD = "visit-1"


def test_the_account_is_free_at_once_and_what_was_under_way_is_unknown(state: State) -> None:
    settle_in(state, ["r1"])
    intent = released(state, lease_of(state, DEAD))

    settle_dead_visit(state, DEAD, "its parent was interrupted")

    with state.read() as tx:
        appeal, killed = tx.appeals.get(intent.appeal_id), tx.journal.of_action("visit.killed")
    assert appeal is not None
    assert appeal.state == AppealState.UNKNOWN
    assert len(killed) == 1
    assert lease_of(state, "visit-2").fence > intent.lease.fence + 1


def test_the_visit_that_holds_the_account_now_is_left_alone(state: State) -> None:
    settle_in(state, ["r1"])
    intent = released(state, lease_of(state, "visit-2"))

    settle_dead_visit(state, DEAD, "its parent died")

    with state.read() as tx:
        appeal, lock = tx.appeals.get(intent.appeal_id), tx.locks.get(ACCOUNT)
    assert appeal is not None
    assert appeal.state == AppealState.RELEASED
    assert lock is not None
    assert lock.owner == "visit-2"


def test_an_interrupted_visit_that_gave_its_lock_back_leaves_nothing_in_flight(state: State) -> None:
    settle_in(state, ["r1"])
    lease = lease_of(state, DEAD)
    with state.transaction(lease) as tx:
        deadline = tx.now() + timedelta(minutes=5)
        tx.visits.begin(DEAD, ACCOUNT, kind=VisitKind.SUBMIT, owner="test", fence=lease.fence, deadline_at=deadline)
    intent = released(state, lease)
    state.release(lease)

    settle_dead_visit(state, DEAD, "Interrupted.")

    with state.read() as tx:
        appeal, lock = tx.appeals.get(intent.appeal_id), tx.locks.get(ACCOUNT)
    assert appeal is not None
    assert appeal.state == AppealState.UNKNOWN
    assert lock is not None
    assert lock.owner is None

"""What only a person can say about an appeal, and what even a person cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from evidence_store.journal import Actor
from flows.channels import Observation, ObservedKind
from monitor.appeals.drafting import Drafting
from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import AppealState
from monitor.errors import IllegalTransition, NotApproved, UnknownOutcome
from monitor.state import Lease, State
from monitor.state.appeals import AppealRecord
from monitor.visit_protocol import VisitKind
from tests.appeal_world import ACCOUNT, LIST_TERMS, OPERATOR, approved, lease_of, load, settle_in
from tests.contract.test_ledger import released

WALL = Observation(kind=ObservedKind.WALL, status_code=200, released=1)


@pytest.fixture
def lease(state: State) -> Lease:
    settle_in(state, ["r1", "r2"])
    return lease_of(state)


@pytest.fixture
def unknown(state: State, lease: Lease) -> AppealRecord:
    return Ledger(state).settle(released(state, lease), None)


def say(state: State, appeal: AppealRecord, wanted: AppealState, *, actor: Actor = OPERATOR) -> AppealRecord:
    return Drafting(state).resolve(appeal.id, wanted, actor=actor, note_text="looked at the list", number="A-7")


def test_a_person_who_found_it_confirms_it_with_its_number(state: State, unknown: AppealRecord) -> None:
    done = say(state, unknown, AppealState.CONFIRMED)
    assert (done.state, done.number) == (AppealState.CONFIRMED, "A-7")


def test_what_a_person_did_not_find_can_be_released_for_another_attempt(state: State, unknown: AppealRecord) -> None:
    say(state, unknown, AppealState.ABSENT)
    fresh = Drafting(state).release(unknown.id, actor=OPERATOR, payload_hash=unknown.payload_hash)
    assert (fresh.generation, fresh.state) == (2, AppealState.APPROVED)


def test_nobody_calls_it_absent_while_the_visit_that_sent_it_has_not_ended(
    state: State, lease: Lease, unknown: AppealRecord
) -> None:
    with state.transaction(lease) as tx:
        ends = tx.now() + timedelta(minutes=5)
        tx.visits.begin("v1", ACCOUNT, kind=VisitKind.SUBMIT, owner="anna", fence=lease.fence, deadline_at=ends)
    with pytest.raises(UnknownOutcome):
        say(state, unknown, AppealState.ABSENT)


def test_a_gesture_that_was_made_is_not_unmade(state: State, unknown: AppealRecord) -> None:
    with pytest.raises(IllegalTransition):
        say(state, unknown, AppealState.DRAFT)


def test_a_schedule_decides_nothing(state: State, unknown: AppealRecord) -> None:
    with pytest.raises(NotApproved):
        say(state, unknown, AppealState.CONFIRMED, actor=Actor(kind="schedule", id="nightly"))


def test_what_is_known_is_not_resolved(state: State, lease: Lease) -> None:
    del lease
    with pytest.raises(IllegalTransition):
        say(state, approved(state, "r1"), AppealState.MOOT)


def test_a_revoked_approval_lets_nothing_out(state: State, lease: Lease) -> None:
    appeal = approved(state, "r1")
    Drafting(state).revoke(appeal.id, actor=OPERATOR, why="another word")
    assert load(state, appeal.id).state == AppealState.DRAFT
    with pytest.raises(NotApproved):
        Ledger(state).take_intent(appeal.id, lease, LIST_TERMS)


def test_a_wall_at_the_request_stops_the_account(state: State, lease: Lease) -> None:
    Ledger(state).settle(released(state, lease), WALL)
    with state.read() as tx:
        account = tx.accounts.get(ACCOUNT)
    assert account is not None
    assert account.stopped_at is not None

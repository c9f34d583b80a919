"""Another ticket follows one that a person called closed, and no other; on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.channels import FilledForm, Observation, ObservedKind
from monitor.appeals.ledger import Ledger
from monitor.closed_lists.contact_kinds import Direction, Saying, Way
from monitor.errors import AlreadyOpen
from monitor.state import State
from monitor.state.appeals import AppealRecord
from monitor.support.noting import NewContact
from monitor.use_cases.support import note_contact
from tests.appeal_world import ACCOUNT, NO_LIST_TERMS, OPERATOR, approved, draft, lease_of, load, settle_in
from tests.faults.simulated_site import Request

NUMBER = "73712587"
TICKETS = replace(NO_LIST_TERMS, channel="support_chat", opens_dialogue=True, max_reappeals=9)
OPENED = Observation(kind=ObservedKind.NUMBER, number=NUMBER, status_code=200, released=1)
FORM = FilledForm(url="u", review_id="r1", review_text=None, reason_label=None, text=None, is_opening=True)


@pytest.fixture
def ticket(state: State) -> AppealRecord:
    """An appeal whose gesture opened a ticket."""
    settle_in(state, ["r1"])
    lease, ledger = lease_of(state), Ledger(state)
    intent = ledger.take_intent(approved(state, "r1", TICKETS).id, lease, TICKETS)
    ledger.arm(intent, FORM, picture="ab" * 32)
    ledger.stamp_gesture(intent)
    ledger.record_release(intent, Request())
    settled = ledger.settle(intent, OPENED, picture="cd" * 32)
    state.release(lease)
    return settled


def hear(state: State, appeal: AppealRecord, says: Saying, *, number: str = NUMBER, ago: int = 0) -> None:
    with state.read() as tx:
        case = tx.cases.get(appeal.case_id)
    assert case is not None
    at = state.clock.now() - timedelta(seconds=ago)
    new = NewContact(way=Way.CHAT, direction=Direction.IN, happened_at=at, text="слова", number=number, says=says)
    note_contact(state, case, new, actor=OPERATOR)


def test_a_ticket_that_nobody_called_closed_is_followed_by_none(state: State, ticket: AppealRecord) -> None:
    hear(state, ticket, Saying.CLOSED, ago=60)
    hear(state, ticket, Saying.REFUSED)  # so it was not closed
    hear(state, ticket, Saying.CLOSED, number="73712588")
    with pytest.raises(AlreadyOpen) as caught:
        draft(state, "r1", TICKETS)
    assert f"support chat draft r1 --number {NUMBER}" in str(caught.value.hint)
    assert load(state, ticket.id).is_open


def test_a_closed_ticket_ends_its_appeal_when_another_one_is_drafted(state: State, ticket: AppealRecord) -> None:
    hear(state, ticket, Saying.CLOSED)
    assert load(state, ticket.id).is_open, "a word alone ends nothing"
    second = draft(state, "r1", TICKETS)
    first = load(state, ticket.id)
    assert (first.is_open, first.number, second.generation) == (False, NUMBER, 2)
    assert NUMBER in first.closed_why
    with state.read() as tx:
        assert [one.id for one in tx.appeals.of_account(ACCOUNT, only_open=True)] == [second.id]


def test_a_channel_without_tickets_is_never_followed_like_that(state: State, ticket: AppealRecord) -> None:
    hear(state, ticket, Saying.CLOSED)
    with pytest.raises(AlreadyOpen):
        draft(state, "r1", NO_LIST_TERMS)

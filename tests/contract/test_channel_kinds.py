"""An approval holds for the kind of channel that was described when the appeal was drafted, on both stores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.catalog.channel_kinds import ChannelKind
from monitor.appeals.drafting import Drafting
from monitor.appeals.ledger import Ledger
from monitor.errors import AppealError
from monitor.state import Lease, State
from tests.appeal_world import ACCOUNT, LIST_TERMS, OPERATOR, approved, lease_of, payload_for, settle_in


@pytest.fixture
def lease(state: State) -> Lease:
    settle_in(state, ["r1"])
    return lease_of(state)


@pytest.fixture
def ledger(state: State) -> Ledger:
    return Ledger(state)


def test_a_channel_that_is_described_as_another_kind_needs_a_new_approval(
    state: State, lease: Lease, ledger: Ledger
) -> None:
    form, letter = (replace(LIST_TERMS, kind=kind) for kind in (ChannelKind.ORDER_FORM, ChannelKind.LETTER))
    payload = replace(payload_for("r1"), channel_kind=ChannelKind.ORDER_FORM)
    with state.transaction() as tx:
        case = tx.cases.open(ACCOUNT, "r1")
    drafting = Drafting(state)
    appeal = drafting.draft(case.id, payload, actor=OPERATOR, terms=form)
    drafting.approve(appeal.id, appeal.payload_hash, actor=OPERATOR)

    with pytest.raises(AppealError, match="was of kind order_form"):
        ledger.take_intent(appeal.id, lease, letter)
    revised = replace(payload, channel_kind=ChannelKind.LETTER)
    changed = drafting.revise(appeal.id, revised, actor=OPERATOR)
    assert changed.channel_kind is ChannelKind.LETTER
    assert changed.payload_hash != appeal.payload_hash, "an approval is bound to the kind"
    drafting.approve(changed.id, changed.payload_hash, actor=OPERATOR)
    assert ledger.take_intent(appeal.id, lease, letter).appeal_id == appeal.id


def test_an_appeal_of_before_the_kind_was_kept_goes_out_as_approved(state: State, lease: Lease, ledger: Ledger) -> None:
    appeal = approved(state, "r1")

    assert appeal.channel_kind == ""
    terms = replace(LIST_TERMS, kind=ChannelKind.ORDER_FORM)
    assert ledger.take_intent(appeal.id, lease, terms).appeal_id == appeal.id

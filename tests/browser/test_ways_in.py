"""Other ways to a form: the button on the product's page, and a further appeal after a rejection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.channels import ObservedKind
from flows.errors import AlreadyReported, FormMismatch
from flows.library.filing import open_channel
from flows.library.probe_channels import ProbeTarget, probe_channel
from tests.browser.channel_table import order_for
from tests.browser.orders import fill, report_order

if TYPE_CHECKING:
    from flows.channels import FilingOrder, Observation
    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite


def file(bench: Workbench, state: bytes, owner: AccountWitness, order: FilingOrder) -> Observation:
    with open_channel(bench, order.channel, state=state, expected=owner) as form:
        form.channel.prepare(order)
        form.gate.arm(lambda _: None)
        form.channel.gesture()
        return form.channel.observe()


def test_a_report_goes_by_the_product_page_where_the_menu_offers_none(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.renames = {">Пожаловаться<": ">Спрятать<"}
    shelf = mock.world.listing(mock.world.product_at(0))
    review = next(one for one in shelf if not one.positive and not one.negative)

    seen = file(bench, state, owner, report_order(mock, review))

    assert (seen.kind, seen.released) == (ObservedKind.SUCCESS_TEXT, 1)
    assert [one.review_uuid for one in mock.world.stored_appeals] == [review.uuid]
    assert len(mock.ledger.submits) == 1


def test_where_neither_way_is_there_nothing_is_sent(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.renames = {">Пожаловаться<": ">Спрятать<", ">Подать жалобу<": ">Спрятать<"}
    review = mock.world.listing(mock.world.product_at(0))[0]

    with pytest.raises(FormMismatch, match="menu offers no report"):
        fill(bench, report_order(mock, review), state=state, expected=owner)


def test_a_further_appeal_is_filed_only_as_one(
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness
) -> None:
    mock.switches.moderator.rule, mock.switches.reappeals = "never", 1
    order = order_for(mock, "order_appeal")
    target = ProbeTarget(review_id=order.review_id, product_url=order.product_url, order_number=order.order_number)
    first = file(bench, state, owner, order)
    assert first.number is not None

    before = probe_channel(bench, "order_appeal", target, state=state, expected=owner)
    mock.world.decide(first.number, "rejected")
    after = probe_channel(bench, "order_appeal", target, state=state, expected=owner)
    with pytest.raises(AlreadyReported):
        fill(bench, order, state=state, expected=owner)
    second = file(bench, state, owner, order.model_copy(update={"generation": 2}))

    assert before.control == "already_reported"
    assert (after.control, after.form.was_appealed) == ("present", True)
    assert second.kind is ObservedKind.NUMBER
    assert second.number != first.number
    assert len(mock.ledger.submits) == 2

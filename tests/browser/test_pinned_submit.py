"""A request sent by the driver's own client: never a second time, where the browser's network stack sends twice."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from flows.channels import FilingOrder
from flows.errors import FlowError
from flows.library.filing import open_channel
from tests.browser.orders import appeal_order, negative_review, report_order

if TYPE_CHECKING:
    from flows.session import AccountWitness
    from flows.workbench import Workbench
    from mock_site.server import MockSite

RESENT_BY_BROWSERS = ("fin", "rst", "408")
LOSSY = (*RESENT_BY_BROWSERS, "hang", "late_4", "partial", "500_after_store")


def order_for(mock: MockSite, channel: str) -> FilingOrder:
    review = negative_review(mock)
    return appeal_order(mock, review) if channel == "order_appeal" else report_order(mock, review)


def file_once(bench: Workbench, order: FilingOrder, *, state: bytes, expected: AccountWitness) -> str | None:
    with open_channel(bench, order.channel, state=state, expected=expected, answer_window_seconds=2) as opened:
        opened.channel.prepare(order)
        opened.gate.arm(lambda _: None)
        opened.channel.gesture()
        try:
            return opened.channel.observe().number
        except FlowError:
            return None


@pytest.fixture
def pinned(bench: Workbench) -> Workbench:
    channels = {name: spec.model_copy(update={"pins_submit": True}) for name, spec in bench.site.channels.items()}
    return dataclasses.replace(bench, site=bench.site.model_copy(update={"channels": channels}))


@pytest.mark.parametrize("channel", ["order_appeal", "public_report"])
@pytest.mark.parametrize("mode", LOSSY)
def test_a_pinned_request_arrives_once_whatever_becomes_of_its_answer(  # noqa: PLR0917
    mock: MockSite, pinned: Workbench, state: bytes, owner: AccountWitness, mode: str, channel: str
) -> None:
    mock.switches.submit = mode
    file_once(pinned, order_for(mock, channel), state=state, expected=owner)
    assert len(mock.ledger.submits) == 1


@pytest.mark.parametrize("channel", ["order_appeal", "public_report"])
@pytest.mark.parametrize("mode", RESENT_BY_BROWSERS)
def test_the_browser_sends_a_lost_request_again(  # noqa: PLR0917
    mock: MockSite, bench: Workbench, state: bytes, owner: AccountWitness, mode: str, channel: str
) -> None:
    mock.switches.submit = mode
    file_once(bench, order_for(mock, channel), state=state, expected=owner)
    assert len(mock.ledger.submits) == 2


def test_a_pinned_request_follows_the_redirect_to_its_number(
    mock: MockSite, pinned: Workbench, state: bytes, owner: AccountWitness
) -> None:
    number = file_once(pinned, order_for(mock, "order_appeal"), state=state, expected=owner)
    assert [stored.number for stored in mock.world.stored_appeals] == [number]

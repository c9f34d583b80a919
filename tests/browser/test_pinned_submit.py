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
    return dataclasses.replace(bench, site=bench.site.model_copy(update={"submit_transport": "pinned"}))


@pytest.mark.parametrize("channel", ["order_appeal", "public_report"])
@pytest.mark.parametrize("mode", ["fin", "rst", "408", "hang", "partial"])
def test_tmp(mock, bench, pinned, state, owner, mode, channel) -> None:
    for name, b in (("browser", bench), ("pinned", pinned)):
        mock.reset()
        mock.switches.submit = mode
        review = negative_review(mock)
        from tests.browser.conftest import signed_in_state

        order = appeal_order(mock, review) if channel == "order_appeal" else report_order(mock, review)
        n = file_once(b, order, state=signed_in_state(mock), expected=owner)
        print(name, mode, channel, len(mock.ledger.submits), n)

"""A channel that only data describes files once, in the browser, by the flow of its kind."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from flows.catalog import SiteOverlay, load_site
from flows.channels import ObservedKind
from flows.library.filing import open_channel
from flows.session import AccountWitness
from qa.flow_cards import flow_cards
from tests.browser.channel_table import order_for
from tests.fifth_channel import NAME, write_sample

if TYPE_CHECKING:
    from flows.workbench import Workbench
    from mock_site.server import MockSite


def test_a_channel_of_data_alone_files_once(mock: MockSite, bench: Workbench, state: bytes, tmp_path: Path) -> None:
    overlay = SiteOverlay(origins=mock.origins, timings={"requests_per_minute": 60_000})
    site = load_site("ozon", folder=write_sample(tmp_path), overlay=overlay)
    account = mock.world.accounts[0]
    expected = AccountWitness(name=account.name, guid=account.guid)
    order = order_for(mock, "support_ticket").model_copy(update={"channel": NAME})

    with open_channel(dataclasses.replace(bench, site=site), NAME, state=state, expected=expected) as opened:
        opened.channel.prepare(order)
        form = opened.channel.inspect()
        opened.gate.arm(lambda _: None)
        opened.channel.gesture()
        seen = opened.channel.observe()

    assert (form.problems, seen.kind, seen.released) == ((), ObservedKind.NUMBER, 1)
    assert len(mock.ledger.submits) == 1
    assert flow_cards(site)[NAME].is_writing

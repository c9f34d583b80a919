from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.catalog import SiteOverlay, load_site
from flows.channels import ObservedKind
from flows.errors import WrongAccount
from flows.library.filing import open_channel
from flows.session import AccountWitness
from tests.browser.channel_table import order_for
from tests.browser.conftest import signed_in_state
from tests.browser.orders import fill

if TYPE_CHECKING:
    from flows.workbench import Workbench
    from mock_site.server import MockSite

COMPANY = AccountWitness(name="ООО Пример")
SELECTORS = Path(__file__).parents[2] / "selectors"


@pytest.fixture
def cabinet(mock: MockSite) -> bytes:
    return signed_in_state(mock, site="seller")


@pytest.fixture
def from_profile(bench: Workbench, mock: MockSite, tmp_path: Path) -> Workbench:
    """The same site, whose support takes letters from the profile instead of the cabinet: other data, the same flow."""
    shutil.copytree(SELECTORS / "ozon", tmp_path / "ozon")
    file = tmp_path / "ozon" / "site.toml"
    head, support = file.read_text(encoding="utf-8").split("[channels.support_ticket]")
    support = support.replace('identity = "seller_cabinet"', 'identity = "site_profile"', 1)
    text = f"{head}[channels.support_ticket]{support}".replace('"seller:/app/support"', '"www:/app/support"')
    file.write_text(text.replace("seller:/api/support/ticket*", "www:/api/support/ticket*"), encoding="utf-8")
    overlay = SiteOverlay(origins=mock.origins, timings={"requests_per_minute": 60_000})
    return dataclasses.replace(bench, site=load_site("ozon", folder=tmp_path, overlay=overlay))


def test_a_letter_that_does_not_name_the_review_is_a_problem(mock: MockSite, bench: Workbench, cabinet: bytes) -> None:
    order = order_for(mock, "support_ticket").model_copy(update={"text": "Удалите отзыв."})

    form = fill(bench, order, state=cabinet, expected=COMPANY)

    assert form.review_id is None
    assert "the letter does not name the review" in form.problems
    assert mock.ledger.posts == []


def test_a_form_that_changes_the_sender_is_a_problem(mock: MockSite, bench: Workbench, cabinet: bytes) -> None:
    order = order_for(mock, "support_ticket")

    with open_channel(bench, "support_ticket", state=cabinet, expected=COMPANY) as opened:
        opened.channel.prepare(order)
        opened.tab.page.get_by_label("Электронная почта").fill("other@example.com")
        form = opened.channel.inspect()

    assert form.problems == ("the sender is not the approved one",)


def test_another_company_writes_nothing(mock: MockSite, bench: Workbench) -> None:
    other = signed_in_state(mock, "+79000000002", site="seller")

    with pytest.raises(WrongAccount):
        fill(bench, order_for(mock, "support_ticket"), state=other, expected=COMPANY)


def test_the_identity_of_a_channel_is_data(mock: MockSite, from_profile: Workbench, state: bytes) -> None:
    order = order_for(mock, "support_ticket")
    account = mock.world.accounts[0]
    expected = AccountWitness(name=account.name, guid=account.guid)

    with open_channel(from_profile, "support_ticket", state=state, expected=expected) as form:
        form.channel.prepare(order)
        form.gate.arm(lambda _: None)
        form.channel.gesture()
        seen = form.channel.observe()

    assert (seen.kind, seen.released) == (ObservedKind.NUMBER, 1)
    assert {entry.host.partition(".")[0] for entry in mock.ledger.submits} == {"www"}
    assert len(mock.ledger.submits) == 1

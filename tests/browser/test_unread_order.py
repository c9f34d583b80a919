"""An order that could not be read decides nothing: the case waits, the person is told, a later visit goes on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from starlette.responses import Response

from flows.library.read_order import find_order
from mock_site.server import MockSite
from mock_site.switches import Wall
from mock_site.world import NewReview
from monitor.visit_protocol import EndKind, VisitKind
from monitor.visiting import investigating
from tests.filing_world import ACCOUNT, OPTIONS, FilingWorld, make_filing_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from mock_site.pages.app import Handler

INSULT = "Продавец — дебил и мошенник, чтоб вы провалились со своим товаром!"
DETAILS = "/my/orderdetails/"


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.fixture
def world(present_mock: MockSite, tmp_path: Path) -> FilingWorld:
    """A shop that has polled once and then got a review that breaks the rules."""
    present_mock.reset()
    world = make_filing_world(tmp_path, present_mock, answer_window="20s")
    product = present_mock.world.product(world.reviews()[0].sku)
    assert product is not None
    present_mock.world.add_review(product, NewReview(kind="insult", rating=1, text=INSULT, with_order=True))
    world.take_note()
    return world


def captures(world: FilingWorld) -> list[str]:
    with world.installation.state.read() as tx:
        return [one.moment for one in tx.artifacts.of_account(ACCOUNT) if one.moment in {"public", "account"}]


def test_an_unread_order_chooses_no_channel_and_is_read_by_the_next_visit(world: FilingWorld, browser: Browser) -> None:
    is_broken = True
    world.site.set_route(DETAILS, cast("Handler", lambda _: Response(status_code=500) if is_broken else None))
    end = world.visit(VisitKind.CAPTURE, browser)
    assert world.appeals() == []
    assert any("the order decides the channel and is not known yet" in one for one in end.problems)

    again = world.visit(VisitKind.CAPTURE, browser)
    assert world.appeals() == []
    assert any("waits for its order" in one for one in again.problems)

    is_broken = False
    world.visit(VisitKind.CAPTURE, browser)
    assert [appeal.channel for appeal in world.appeals()] == ["order_appeal"]


def test_orders_read_in_part_choose_no_channel_either(
    world: FilingWorld, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(investigating, "find_order", partial(find_order, order_limit=0))
    end = world.visit(VisitKind.CAPTURE, browser)
    assert world.appeals() == []
    assert any("there are more; name the right one" in one for one in end.problems)

    asked = world.site.ledger.count("/my/orderlist*")
    world.visit(VisitKind.CAPTURE, browser)
    assert world.site.ledger.count("/my/orderlist*") == asked > 0, "the same part is not read again"


def test_a_wall_in_front_of_the_order_leaves_the_case_for_a_later_visit(world: FilingWorld, browser: Browser) -> None:
    world.site.switches.walls = [Wall(kind="challenge", path="/my/orderdetails*")]
    assert world.visit(VisitKind.CAPTURE, browser).kind is EndKind.WALL
    assert world.appeals() == []
    pictures = captures(world)

    world.site.switches.walls = []
    with world.installation.state.transaction() as tx:
        tx.accounts.resume(ACCOUNT)
    world.visit(VisitKind.CAPTURE, browser)

    assert [appeal.channel for appeal in world.appeals()] == ["order_appeal"]
    assert captures(world).count("public") == pictures.count("public"), "what was captured is not captured again"

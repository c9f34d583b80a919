"""The shop window's counters against the mock's own truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.errors import WallMet
from flows.library.read_storefront import read_storefront
from flows.readings.models import PageHealth
from mock_site.switches import PageVariant, Wall
from mock_site.world import NewReview

if TYPE_CHECKING:
    from flows.workbench import Workbench
    from mock_site.server import MockSite

SHOP = "primer-1"


def counters(bench: Workbench) -> dict[str, int | None]:
    (page,) = read_storefront(bench, SHOP, [1])
    assert page.read.health is PageHealth.HEALTHY
    return {one.sku: one.reviews_total for one in page.read.products}


def test_one_request_tells_which_product_got_a_review(mock: MockSite, bench: Workbench) -> None:
    before = counters(bench)
    mock.world.add_review(2, NewReview(rating=1))
    after = counters(bench)
    assert [sku for sku in after if after[sku] != before[sku]] == [mock.world.product_at(2).sku]
    assert after == {one.sku: mock.world.counters(one).total for one in mock.world.products()}


def test_where_the_json_is_of_no_use_the_window_is_opened(mock: MockSite, bench: Workbench) -> None:
    mock.switches.variants = [PageVariant(name="json_states_missing", path="/api/*")]
    (page,) = read_storefront(bench, SHOP, [1])
    assert page.way == "rendered_page"
    assert {one.sku for one in page.read.products} == {one.sku for one in mock.world.products()}


def test_a_page_that_is_not_there_is_not_an_empty_window(bench: Workbench) -> None:
    (page,) = read_storefront(bench, SHOP, [7])
    assert page.read.health is PageHealth.BROKEN
    assert page.read.products == ()


def test_a_wall_stops_the_reading(mock: MockSite, bench: Workbench) -> None:
    mock.switches.walls = [Wall(kind="challenge", path="/api/*")]
    with pytest.raises(WallMet):
        list(read_storefront(bench, SHOP, [1]))

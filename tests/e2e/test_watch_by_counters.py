"""Watching with a shop window: its counters tell which product got a review, and only that one is read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview
from tests.e2e.installed import install

pytestmark = pytest.mark.timeout(300)


def test_only_the_product_whose_counter_moved_is_read(tmp_path: Path, mock_site: MockSite) -> None:
    window = {"storefront": f"{mock_site.origins['www']}/seller/primer-1/products/"}
    shop = install(tmp_path / "home", mock_site, products=4, looking=window, schedule={"poll": "1s"})
    first = shop.run("watch", "--once")
    assert first.code == 0, first.err
    assert "4 products read" in first.err

    mock_site.world.add_review(2, NewReview(rating=5, text="Хорошая вещь, берите."))
    mock_site.ledger.clear()
    second = shop.run("watch", "--once")
    assert "1 of 4 products to read: 1 because a counter moved" in second.err
    assert "1 products read, 0 unchanged; 1 new" in second.err
    listings = {mock_site.world.product_at(number).sku for number in range(4) if _was_read(mock_site, number)}
    assert listings == {mock_site.world.product_at(2).sku}


def _was_read(site: MockSite, number: int) -> bool:
    sku = site.world.product_at(number).sku
    asked = [entry.path + unquote(entry.query) for entry in site.ledger.entries]
    return any(sku in one and "reviews" in one for one in asked)

"""Cards with variants by the installed command: one listing, one review, one failure at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mock_site.server import MockSite
from mock_site.world import NewReview
from tests.e2e.installed import Installed, install

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def shop(tmp_path: Path, mock_site: MockSite) -> Installed:
    """An installation that watches two colours of one card and another card."""
    card, _other = mock_site.world.products(0, 2)
    www = mock_site.origins["www"]
    red = card.items[1].item_id
    made = install(tmp_path / "home", mock_site, products=2)
    config = made.home / "config.toml"
    first = f'"{www}/product/{card.slug}-{card.sku}/"'
    config.write_text(config.read_text().replace(first, f'{first}, "{www}/product/{card.slug}-{red}/"'))
    return made


def test_two_colours_of_one_card_are_one_listing_and_one_failure_stops_nobody(shop: Installed) -> None:
    card, other = shop.site.world.products(0, 2)
    red = card.items[1].item_id
    first = shop.run("poll", "--json")
    assert (first.code, first.data()["facts"]["baseline_reviews"]) == (0, 80)
    new = NewReview(kind="insult", rating=1, text="Продавец — дебил!", item_id=red, with_order=False)
    uuid = shop.site.world.add_review(0, new).uuid

    second = shop.run("poll")
    assert second.code == 0, second.err
    assert "3 products read" in second.err
    assert "1 new" in second.err
    shown = shop.run("reviews", "show", uuid, "--json").data()["review"]
    assert (shown["sku"], shown["item_id"], shown["item_name"]) == (red, red, card.title)

    spoil_memory(shop, other.sku)
    third = shop.run("poll")
    assert third.code == 1
    assert f"{card.sku}: " in third.err, "the card is read all the same"
    assert f"{other.sku}: JSONDecodeError" in third.err
    assert troubles(shop) == {card.sku: False, red: False, other.sku: True}


def spoil_memory(shop: Installed, sku: str) -> None:
    with closing(sqlite3.connect(shop.home / "state.sqlite3")) as database, database:
        database.execute("UPDATE products SET poll_memory = 'not ours' WHERE sku = ?", (sku,))


def troubles(shop: Installed) -> dict[str, bool]:
    health = shop.run("health", "--json")
    assert health.code == 1
    return {one["product"]: one["is_troubled"] for one in health.rows()}


def test_a_listing_the_site_cuts_tells_new_reviews_and_how_much_is_shown(shop: Installed) -> None:
    shop.site.switches.listing_max_pages = 1
    first = shop.run("poll")
    assert first.code == 0, first.err
    assert "of 40 reviews are shown (limit of the site)" in first.err
    shop.site.world.add_review(0, NewReview(kind="insult", rating=1, text="Продавец — дебил!", with_order=False))
    second = shop.run("poll")
    assert (second.code, "1 new" in second.err) == (0, True)
    health = shop.run("health")
    assert "reviews are shown (limit of the site)" in health.out
    assert "triage --past" in first.err
    past = shop.run("triage", "--past")
    assert past.code == 0
    assert "fairreview capture" in past.err

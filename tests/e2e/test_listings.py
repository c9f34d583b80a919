"""Cards with variants by the installed command: one listing, one review, one failure at a time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mock_site.scenarios import load_scenario
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


def test_a_renamed_key_is_the_page_s_doing_and_nobody_s_edit(shop: Installed) -> None:
    assert shop.run("poll").code == 0
    for quote in ('\\"', '"'):  # as the page JSON and the page's own state write it
        shop.site.switches.renames |= {f"{quote}comment{quote}:": f"{quote}commentText{quote}:"}

    drifted = shop.run("poll")
    assert (drifted.code, "drift: " in drifted.err, "'text'" in drifted.err) == (1, True, True), drifted.err
    assert all(troubles(shop).values())
    shop.site.switches.renames = {}

    back = shop.run("poll")
    assert back.code == 0, back.err
    assert "edited" not in drifted.err + back.err


def test_a_card_of_the_captured_size_tells_at_each_poll_how_much_of_it_is_shown(tmp_path: Path) -> None:
    scenario = load_scenario("long_card")
    with MockSite.start(scenario.world, scenario.switches) as site:
        shop = install(tmp_path / "home", site, products=1)
        shown = reached(site, 0, 990)
        told = f"{shown} of 3368 reviews are shown (limit of the site)"
        assert 990 < shown < 2 * 990, "the orders overlap and are joined by id"

        first = shop.run("poll")
        assert (first.code, told in first.err) == (0, True), first.err
        assert f"{shown} reviews were there before watching began" in first.err
        assert site.ledger.count("/api/*") == 2 * 34, "each order ends with an empty page"
        site.ledger.clear()

        new = NewReview(kind="insult", rating=1, text="Продавец — дебил!", with_order=False)
        uuid = site.world.add_review(0, new).uuid
        later = told.replace("3368", "3369")
        for news in ("1 new", "nothing new"):
            poll = shop.run("poll")
            assert (poll.code, news in poll.err, poll.err.count(later)) == (0, True, 2), poll.err
        assert site.ledger.count("/api/*") == 2 * 2, "first pages only, once a day all of them"
        health = shop.run("health", "--wide")
        assert (health.code, later in health.out) == (0, True)
        assert shop.run("triage", uuid).code == 0
        assert f"видно {shown} из 3369 (предел сайта)" in shop.run("case", "show", uuid).out


def reached(site: MockSite, index: int, rows: int) -> int:
    """Counts what a site shows that leads to so many rows of each of the two orders that are read."""
    listings = (site.world.listing(site.world.product_at(index), order) for order in ("published_at_desc", "score_asc"))
    return len({review.uuid for listing in listings for review in listing[:rows]})


def test_the_wall_that_guests_meet_is_told_with_a_number_and_stops_nobody(shop: Installed) -> None:
    shop.site.switches.guest_rows = 25
    told = [f"{reached(shop.site, index, 25)} of 40 reviews are shown (sign-in wall)" for index in (0, 1)]
    for _ in range(2):
        poll = shop.run("poll")
        assert (poll.code, [text in poll.err for text in told]) == (0, [True, True]), poll.err
    health = shop.run("health", "--wide")
    assert (health.code, [text in health.out for text in told]) == (0, [True, True])
    past = shop.run("triage", "--past")
    assert (past.code, "Judging " in past.err, "fairreview capture" in past.err) == (0, True, True)

"""Lines of products: what each names, what becomes of one that names nothing; addresses that follow the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.catalog import SiteOverlay, load_site
from monitor.config.sections import AccountSection
from monitor.state import State
from monitor.watching.roster import bring_up_to_date, read_roster, settle_address
from tests.appeal_world import sqlite_home

FILE = Path("/home/anna/config.toml")
MUG = "https://www.ozon.ru/product/mug/"
OZON = load_site("ozon")
MOVED = load_site("ozon", overlay=SiteOverlay(origins={"www": "https://shop.example.com"}))


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("https://www.ozon.ru/product/chaynik-1001/", "https://shop.example.com/product/chaynik-1001/"),
        ("http://127.0.0.1:8080/product/chaynik-1001/", "https://shop.example.com/product/chaynik-1001/"),
        ("not an address", "https://shop.example.com/product/1001/"),
        ("https://www.ozon.ru/product/other-2002/", "https://shop.example.com/product/1001/"),
    ],
)
def test_an_address_of_another_origin_becomes_one_of_today(stored: str, expected: str) -> None:
    assert settle_address(MOVED, stored, sku="1001") == expected


def test_an_address_of_today_stays() -> None:
    url = "https://www.ozon.ru/product/chaynik-1001/"
    assert settle_address(OZON, url, sku="1001") == url


def account(*products: str | int) -> AccountSection:
    return AccountSection.model_validate({"name": "shop", "products": products})


def test_settings_take_every_form_that_init_takes() -> None:
    forms = ["ozon.ru/product/a-1001", " http://www.ozon.ru/product/чайник-1002/", "Артикул: 1003", 1004, "1001"]

    assert list(read_roster(account(*forms), OZON).products) == ["1001", "1002", "1003", "1004"]


def enrol(state: State, *products: str) -> dict[str, str]:
    """Returns the open incidents: what each is about, and its words."""
    with state.transaction() as tx:
        bring_up_to_date(tx, account(*products), OZON, file=FILE)
    with state.read() as tx:
        return {one.subject: one.detail for one in tx.incidents.unclosed("shop")}


def watched(state: State) -> set[str]:
    with state.read() as tx:
        return {one.sku for one in tx.products.watched("shop")}


def test_a_line_that_names_nothing_is_told_with_its_place_and_stops_no_other(tmp_path: Path) -> None:
    with sqlite_home(tmp_path).open() as state:
        told = enrol(state, "1001", MUG, "1002")

        why = "not the address of a product, which ends in the product's number"
        assert told == {MUG: f"{FILE}: account shop, products, number 2: «{MUG}» is {why}"}
        assert watched(state) == {"1001", "1002"}
        assert enrol(state, "1001", "1002") == {}, "a corrected line closes it"


def test_while_a_line_cannot_be_read_nothing_is_retired(tmp_path: Path) -> None:
    with sqlite_home(tmp_path).open() as state:
        enrol(state, "1001", "1002")
        enrol(state, "1001", "1oo2")
        assert watched(state) == {"1001", "1002"}, "the line may mean it"

        enrol(state, "1001")
        assert watched(state) == {"1001"}

"""Lines of products: what each names, what becomes of one that names nothing; addresses that follow the settings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from flows.catalog import SiteOverlay, load_site
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.config.sections import AccountSection
from monitor.incidents import report_bad
from monitor.state import State
from monitor.watching.recording import record_poll
from monitor.watching.roster import address_today, bring_up_to_date, read_roster, settle_address
from tests.appeal_world import START, listing, review, sqlite_home

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
    forms: list[str | int] = [
        "ozon.ru/product/a-1001",
        " http://www.ozon.ru/product/чайник-1002/",
        "Артикул: 1003",
        1004,
        "1001",
    ]

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


def test_what_was_wrong_about_a_product_ends_with_its_watching(tmp_path: Path) -> None:
    with sqlite_home(tmp_path).open() as state:
        enrol(state, "1001", "1002")
        with state.transaction() as tx:
            for sku in ("1001", "1002"):
                report_bad(tx, "shop", IncidentKind.PRODUCT_GONE, subject=sku, detail="no such product")
        assert enrol(state, "1001", "1002").keys() == {"1001", "1002"}

        assert enrol(state, "1001").keys() == {"1001"}


def test_after_a_change_of_origins_a_review_that_no_page_shows_has_the_address_of_today(tmp_path: Path) -> None:
    seen = review("r1", item_id="1001").model_copy(update={"url": "https://www.ozon.ru/product/a-1001/?ruuid=r1"})
    with sqlite_home(tmp_path).open() as state:
        enrol(state, "ozon.ru/product/a-1001")
        lease = state.acquire("shop", "poll", timedelta(minutes=5))
        record_poll(state, lease, listing([seen], START, sku="1001"))
        with state.transaction() as tx:
            bring_up_to_date(tx, account("1001"), MOVED, file=FILE)
        with state.read() as tx:
            stored = tx.reviews.get("shop", "r1")
            assert stored is not None
            assert stored.url == seen.url, "what was read is evidence"
            assert (
                address_today(stored, tx.products.get("shop", "1001"))
                == "https://shop.example.com/product/a-1001/?ruuid=r1"
            )

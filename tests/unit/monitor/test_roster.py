"""Stored addresses follow the settings: a change of the site's origins strands no row."""

from __future__ import annotations

import pytest

from flows.catalog import SiteOverlay, load_site
from monitor.watching.roster import settle_address

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

"""Reads the product card of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.pages.product import ProductPage
from flows.retrying import read_with_retries

if TYPE_CHECKING:
    from flows.readings.models import ProductCardReading
    from flows.workbench import Tab


def read_product_card(tab: Tab, url: str) -> ProductCardReading:
    """Opens the product's page and reads title, price, description and characteristics.

    Args:
        tab: A page to use.
        url: Any address of the product.

    Raises:
        ValueError: not the address of a product of this site.
        flows.errors.PageGone: the product is not there any more.
        flows.errors.SelectorBroken: the page is no product card.
        flows.errors.WallMet: the page asks for a person.
    """
    product = tab.site.product_from_url(url)
    page = ProductPage(tab.page, tab.site, sku=product.sku, slug=product.slug)

    def look() -> ProductCardReading:
        with tab.turn(product.url):
            return page.go(product.url).read()

    return read_with_retries(look, tab.bench.retries)

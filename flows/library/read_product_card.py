"""Reads the product card of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.readings.models import ProductCardReading
    from flows.workbench import Tab


def read_product_card(tab: Tab, url: str) -> ProductCardReading:
    """Opens the product's page and reads title, price, description and characteristics.

    Raises:
        flows.errors.SelectorBroken: the page is no product card.
        flows.errors.WallMet: the page asks for a person.
    """
    raise NotImplementedError

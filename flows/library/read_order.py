"""Finds the order a review belongs to, through «Мои заказы»."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.readings.models import OrderReading
    from flows.workbench import Tab


def read_order(tab: Tab, order_number: str) -> OrderReading:
    """Opens one order and reads it."""
    raise NotImplementedError


def find_order(tab: Tab, *, review_id: str, product_title: str = "", order_limit: int = 200) -> OrderReading | None:
    """Walks the list of orders and opens those that may hold the review until one shows it.

    Args:
        tab: A page on which the account is signed in.
        review_id: The review.
        product_title: Opens only orders that name this product, when given.
        order_limit: Orders opened at most.

    Returns:
        The order whose details show the review, or None when the list was read to its end (or limit) without it.
    """
    raise NotImplementedError

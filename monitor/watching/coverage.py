"""Silence is not good news: finds products whose last full reading is too long ago. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.state.accounts import ProductRecord


@dataclass(frozen=True)
class Gap:
    """A product nobody has read fully for too long; ``since`` is None when nobody ever did."""

    sku: str
    since: datetime | None
    age: timedelta


def find_gaps(products: Iterable[ProductRecord], now: datetime, *, limit: timedelta) -> list[Gap]:
    """Returns the products whose last complete reading is older than the limit, the worst first.

    Args:
        products: The watched products.
        now: The moment to judge at.
        limit: How old the last complete reading may be.
    """
    gaps = [
        Gap(product.sku, product.last_complete_at, now - (product.last_complete_at or product.added_at))
        for product in products
        if product.retired_at is None and now - (product.last_complete_at or product.added_at) > limit
    ]
    return sorted(gaps, key=lambda gap: gap.age, reverse=True)

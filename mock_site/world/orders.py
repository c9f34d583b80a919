"""«Мои заказы»: the orders that reviews belong to."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from mock_site.world.models import Order, Review

if TYPE_CHECKING:
    from mock_site.world.world import World

_MAX_SEARCHED = 200  # products looked through for negative reviews; large worlds must not be written out for a list


class OrderBook:
    """Orders of the first account. Generated on first use; added reviews bring theirs along."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._orders: dict[str, Order] = {}
        self._is_generated = False

    def listed(self) -> list[Order]:
        """All orders, newest first."""
        self._generate()
        return sorted(self._orders.values(), key=lambda order: (order.ordered_at, order.number), reverse=True)

    def find(self, number: str) -> Order | None:
        """The order of a number."""
        self._generate()
        return next((order for order in self._orders.values() if order.number == number), None)

    def of_review(self, review_uuid: str) -> Order | None:
        """The order of a review, when it is listed."""
        self._generate()
        return self._orders.get(review_uuid)

    def add_for(
        self,
        review: Review,
        *,
        status: Literal["Доставлен", "Отменён", "В пути", "Возвращён"] = "Доставлен",
        has_appeal_button: bool = True,
    ) -> Order:
        """Lists the order of a review.

        Args:
            review: The review the order belongs to.
            status: The order's status text.
            has_appeal_button: Whether the order shows «Обжаловать отзыв».
        """
        rng = random.Random(f"order {review.uuid}")
        delivered = datetime.fromtimestamp(review.published_at, UTC) - timedelta(days=rng.randrange(1, 20))
        order = Order(
            number=f"{rng.randrange(10_000_000, 99_999_999)}-{rng.randrange(1, 60):04d}",
            review_uuid=review.uuid,
            sku=review.sku,
            item_id=review.item_id,
            ordered_at=delivered - timedelta(days=rng.randrange(2, 9)),
            delivered_at=delivered if status == "Доставлен" else None,
            status=status,
            has_appeal_button=has_appeal_button,
        )
        self._orders[review.uuid] = order
        return order

    def _generate(self) -> None:
        if self._is_generated:
            return
        self._is_generated = True
        wanted = self._world.options.orders
        found = 0
        for product in self._world.products(0, _MAX_SEARCHED):
            for review in self._world.listing(product, "published_at_desc"):
                if found >= wanted:
                    return
                if review.rating <= 2:
                    self.add_for(review)
                    found += 1

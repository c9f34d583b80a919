"""What a flow is about: what was asked for, or, on a mock of its own, something that fits from its world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.errors import OrderRefused

if TYPE_CHECKING:
    from flows.catalog import ProductAddress
    from mock_site.server import MockSite
    from mock_site.world import Review
    from qa.orders import Subject
    from qa.places import Stand

_SHOP = "primer-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReview:
    """What is known of a review before the flow runs; its text only where the world is ours."""

    review_id: str
    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The subject of one run."""

    asked: Subject
    stand: Stand

    def product(self) -> ProductAddress:
        """Returns the product: the one asked for, else the one of the review.

        Raises:
            OrderRefused: none is named, or its address is not one of the site.
        """
        url = self.asked.product_url
        if url is None:
            mock = self._mock("--product")
            card = mock.world.product(self._review(mock).sku)
            assert card is not None  # noqa: S101 - a review of the world has a product
            url = mock.product_url(card)
        try:
            return self.stand.site.product_from_url(url)
        except ValueError as error:
            raise OrderRefused(str(error), where="--product", hint="Give the address of a product page.") from error

    def review(self) -> KnownReview:
        """Returns the review.

        Raises:
            OrderRefused: none is named, or the mock does not know it.
        """
        if self.stand.mock is not None:
            found = self._review(self.stand.mock)
            return KnownReview(review_id=found.uuid, text=found.text, version=found.version)
        if self.asked.review_id is None:
            raise _needed("--review")
        return KnownReview(review_id=self.asked.review_id)

    def order_number(self) -> str | None:
        """Returns the number of the review's order, where it has one."""
        if self.asked.order_number is not None or self.stand.mock is None:
            return self.asked.order_number
        order = self.stand.mock.world.order_of(self.review().review_id)
        return order.number if order is not None else None

    def author_id(self) -> str:
        """Returns the author's id.

        Raises:
            OrderRefused: none is named.
        """
        return self.asked.author_id or self._review(self._mock("--author")).author.guid

    def shop(self) -> str:
        """Returns the shop's name in addresses.

        Raises:
            OrderRefused: none is named.
        """
        if self.asked.shop is None:
            self._mock("--shop")
        return self.asked.shop or _SHOP

    def _review(self, mock: MockSite) -> Review:
        if self.asked.review_id is not None:
            found = mock.world.review(self.asked.review_id)
            if found is None:
                raise OrderRefused(
                    f"the mock has no review {self.asked.review_id[:80]!r}",
                    where="--review",
                    hint="Leave it out: one that fits is picked.",
                )
            return found
        return negative_review(mock)

    def _mock(self, option: str) -> MockSite:
        if self.stand.mock is None:
            raise _needed(option)
        return self.stand.mock


def _needed(option: str) -> OrderRefused:
    return OrderRefused("this is needed here", where=option, hint=f"Give {option}, or use `--against mock`.")


def negative_review(mock: MockSite) -> Review:
    """Picks a negative review of the mock's world that has an order.

    Raises:
        OrderRefused: the world has none.
    """
    for product in mock.world.products(0, 50):
        for review in mock.world.reviews(product):
            if review.rating <= 2 and mock.world.order_of(review.uuid) is not None:
                return review
    raise OrderRefused(
        "the mock's world has no negative review with an order", where="--scenario", hint="Take another scenario."
    )

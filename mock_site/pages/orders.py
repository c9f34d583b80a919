"""«Мои заказы» and the order with the buyer's review. The flow is described in articles only: markup is a guess."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_site.pages import dates
from mock_site.pages.appeal_list import page_of, visible_appeals
from mock_site.pages.cards import CardView, card_view
from mock_site.pages.stage import Stage
from mock_site.world.models import Order

_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as the templates want it."""

    number: str
    status: str
    ordered: str
    delivered: str
    title: str
    path: str
    variant: str
    sku: str
    card: CardView | None
    has_appeal_button: bool


def order_view(stage: Stage, order: Order) -> OrderView:
    """Prepares an order for showing."""
    product = stage.world.product(order.sku)
    if product is None:
        raise LookupError(f"order {order.number} names an unknown product")
    item = product.item(order.item_id)
    review = stage.world.review(order.review_uuid)
    is_shown = review is not None and review.state == "published"
    return OrderView(
        number=order.number,
        status=order.status,
        ordered=dates.day(order.ordered_at),
        delivered=dates.day(order.delivered_at) if order.delivered_at else "",
        title=product.title,
        path=product.path,
        variant=f"{item.variant_name}: {item.variant_value}",
        sku=order.item_id,
        card=card_view(review, product) if review is not None and is_shown else None,
        has_appeal_button=order.has_appeal_button,
    )


class OrderPages:
    """Pages of the signed-in profile that show orders."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def routes(self) -> list[Route]:
        """Routes of www."""
        return [Route("/my/orderlist", self.listed), Route("/my/orderdetails/", self.details)]

    async def listed(self, request: Request) -> Response:
        """The list of orders, ten a page."""
        if self._stage.account(request) is None:
            return self._stage.sign_in_first(request)
        self._stage.world.emit("orders_read")
        orders = self._orders(request)
        pages = max(1, -(-len(orders) // _PER_PAGE))
        page = page_of(request)
        shown = [order_view(self._stage, order) for order in orders[(page - 1) * _PER_PAGE : page * _PER_PAGE]]
        context: dict[str, object] = {"orders": shown, "page": page, "pages": pages, "total": len(orders)}
        return self._stage.page(request, "orders.html", context)

    async def details(self, request: Request) -> Response:
        """One order."""
        account = self._stage.account(request)
        if account is None:
            return self._stage.sign_in_first(request)
        number = request.query_params.get("order", "")
        order = next((order for order in self._orders(request) if order.number == number), None)
        if order is None:
            return self._stage.page(request, "gone.html", {}, 404)
        appeals = [a for a in visible_appeals(self._stage, account.guid) if a.review_uuid == order.review_uuid]
        is_further = (
            bool(appeals) and appeals[0].status == "rejected" and len(appeals) <= self._stage.switches.reappeals
        )
        context: dict[str, object] = {
            "order": order_view(self._stage, order),
            "appeal": appeals[0] if appeals else None,
            "is_appeal_offered": order.has_appeal_button and (not appeals or is_further),
        }
        return self._stage.page(request, "order.html", context)

    def _orders(self, request: Request) -> list[Order]:
        account = self._stage.account(request)
        is_owner = account is not None and account.guid == self._stage.world.accounts[0].guid
        return self._stage.world.orders.listed() if is_owner else []

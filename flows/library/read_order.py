"""Finds the order a review belongs to, through «Мои заказы»."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.errors import SelectorBroken
from flows.pages.orders import OrderDetailsPage, OrdersPage
from flows.readings.models import OrderAbsence
from flows.readings.text import comparable
from flows.retrying import read_with_retries

if TYPE_CHECKING:
    from flows.readings.models import OrderReading
    from flows.readings.orders import OrderListRead
    from flows.workbench import Tab


def read_order(tab: Tab, order_number: str) -> OrderReading:
    """Opens one order and reads it.

    Raises:
        flows.errors.SignInRequired: nobody is signed in.
        flows.errors.PageGone: there is no such order.
        flows.errors.WallMet: the page asks for a person.
    """
    page = OrderDetailsPage(tab.page, tab.site, order_number=order_number)

    def look() -> OrderReading:
        with tab.turn(tab.site.url("orders")):
            return page.open().read(seen_at=tab.bench.now())

    return read_with_retries(look, tab.bench.retries)


def find_order(
    tab: Tab, *, review_id: str, product_title: str = "", order_limit: int = 200, page_limit: int = 50
) -> OrderReading | OrderAbsence:
    """Walks the list of orders and opens those that may hold the review until one shows it.

    Args:
        tab: A page on which the account is signed in.
        review_id: The review.
        product_title: Opens only orders that name this product, when given.
        order_limit: Orders opened at most.
        page_limit: Pages of the list read at most.

    Returns:
        The order whose details show the review, or its absence: from the whole list, or from the part that was read
        until a limit.

    Raises:
        flows.errors.SignInRequired: nobody is signed in.
        flows.errors.SelectorBroken: the list could not be read; that is never "no such order".
        flows.errors.WallMet: the page asks for a person.
    """
    wanted = comparable(product_title)
    absence = OrderAbsence(review_id=review_id, product_title=product_title, is_whole=False)
    rows_seen = 0
    for number, page in enumerate(_pages(tab, page_limit), start=1):
        rows_seen += len(page.rows)
        absence = absence.model_copy(update={"pages_read": number, "is_whole": page.ends_list(rows_seen)})
        for row in page.rows:
            if wanted and not any(comparable(title) == wanted for title in row.titles):
                continue
            if absence.orders_opened >= order_limit:
                return absence.model_copy(update={"is_whole": False})
            absence = absence.model_copy(update={"orders_opened": absence.orders_opened + 1})
            order = read_order(tab, row.order_number)
            if order.review_id == review_id:
                return order
    return absence


def _pages(tab: Tab, page_limit: int) -> Iterator[OrderListRead]:
    for number in range(1, page_limit + 1):
        read = _read_page(tab, number)
        if not read.is_list:
            raise SelectorBroken("; ".join(read.problems) or "no list of orders", where=f"orders page {number}")
        yield read
        if not read.has_next:
            return


def _read_page(tab: Tab, number: int) -> OrderListRead:
    def look() -> OrderListRead:
        with tab.turn(tab.site.url("orders")):
            return OrdersPage(tab.page, tab.site).open_page(number).read(seen_at=tab.bench.now())

    return read_with_retries(look, tab.bench.retries)

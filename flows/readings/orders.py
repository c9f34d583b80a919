"""The account's orders: the list, and one order with the review that belongs to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from flows.catalog.entries import ReadingHooks
from flows.catalog.models import Site
from flows.readings.dates import DateReader
from flows.readings.document import Document, read_field, visible_texts
from flows.readings.models import OrderReading, TimeReading, Variant
from flows.readings.numbers import read_count
from flows.readings.witnesses import find_empty_text

LIST_PAGE = "orders"
DETAILS_PAGE = "order_details"


@dataclass(frozen=True)
class OrderRow:
    """One order of the list.

    Attributes:
        titles: The texts of the row that are not number, status or date: the products.
    """

    order_number: str
    url: str
    status_raw: str
    ordered: TimeReading | None
    titles: tuple[str, ...]


@dataclass(frozen=True)
class OrderListRead:
    """One page of the list of orders.

    Attributes:
        is_list: The page is the list of orders (its heading and rows, or the site's own word that there are none).
        total: The site's counter.
    """

    is_list: bool
    rows: tuple[OrderRow, ...] = ()
    bad_rows: int = 0
    total: int | None = None
    has_next: bool = False
    problems: tuple[str, ...] = ()

    def ends_list(self, rows_seen: int) -> bool:
        """Whether this page ends the list, by the site's own word: its counter, or that there are none.

        Args:
            rows_seen: The orders read on this page and those before it.
        """
        is_told = rows_seen >= self.total if self.total is not None else self.is_list and not rows_seen
        return not self.has_next and not self.bad_rows and is_told


def read_order_list(html: str, site: Site, *, seen_at: datetime | None = None) -> OrderListRead:
    """Reads one stored page of the list. No rows count as "no orders" only by the site's own word."""
    document = Document(html)
    hooks = site.page(LIST_PAGE).reading
    dates = DateReader(site.dates, ZoneInfo(site.zone), seen_at)
    rows: list[OrderRow] = []
    nodes = document.rows(hooks.rows)
    for node in nodes:
        number = read_field(node, hooks.fields.get("order_number", ()))
        if number:
            texts = list(visible_texts(node))
            ordered = read_field(node, hooks.fields.get("ordered", ()))
            rows.append(
                OrderRow(
                    order_number=number,
                    url=_own_url(read_field(node, hooks.fields.get("url", ())), site),
                    status_raw=", ".join(_statuses(texts, site)),
                    ordered=dates.read(ordered) if ordered else None,
                    titles=_titles(texts, number, site, hooks),
                )
            )
    total = read_count(document.field(hooks.page_fields.get("total", ())))
    is_empty = find_empty_text(document, hooks.empty_texts) is not None
    bad = len(nodes) - len(rows)
    return OrderListRead(
        is_list=bool(rows) or is_empty or (total is not None and total.value == 0),
        rows=tuple(rows),
        bad_rows=bad,
        total=total.value if total else None,
        has_next=bool(document.field(hooks.page_fields.get("next_page", ()))),
        problems=(f"bad rows: {bad}",) if bad else (),
    )


def read_order(html: str, site: Site, *, url: str = "", seen_at: datetime | None = None) -> OrderReading:
    """Reads the stored page of one order."""
    document = Document(html)
    hooks = site.page(DETAILS_PAGE).reading
    dates = DateReader(site.dates, ZoneInfo(site.zone), seen_at)
    fields = {name: document.field(hook) for name, hook in hooks.page_fields.items()}
    statuses = _statuses(document.texts, site)
    kinds = {site.wordings.order_statuses[status] for status in statuses}
    kind = kinds.pop() if len(kinds) == 1 else None
    rows = document.rows(hooks.rows)
    review_id = read_field(rows[0], hooks.fields.get("review_id", ())) if rows else ""
    return OrderReading(
        order_number=fields.get("order_number", ""),
        status_raw=", ".join(statuses),
        is_delivered=None if kind is None else kind == "delivered",
        is_cancelled=None if kind is None else kind == "cancelled",
        ordered=dates.read(fields["ordered"]) if fields.get("ordered") else None,
        delivered=dates.read(fields["delivered"]) if fields.get("delivered") else None,
        item_id=fields.get("item_id", ""),
        title=fields.get("title", ""),
        variants=tuple(_variants(document.fields(hooks.page_fields.get("item_text", ())), fields)),
        review_id=review_id or None,
        has_appeal_button=bool(fields.get("appeal")) if review_id else None,
        url=url,
        problems=tuple(_problems(fields, statuses, has_kind=kind is not None)),
    )


def _problems(fields: dict[str, str], statuses: list[str], *, has_kind: bool) -> Iterable[str]:
    for name in ("order_number", "title", "item_id"):
        if not fields.get(name):
            yield f"{name} is missing"
    if not statuses:
        yield "the status is not one of the catalog's wordings"
    elif not has_kind:
        yield f"several statuses that contradict each other: {', '.join(statuses)}"


def _statuses(texts: Iterable[str], site: Site) -> list[str]:
    """Reads every status that is shown, each once: a page may show several chips, and none of them goes before."""
    return list(dict.fromkeys(text for text in texts if text in site.wordings.order_statuses))


def _titles(texts: list[str], number: str, site: Site, hooks: ReadingHooks) -> tuple[str, ...]:
    """The product titles of a row: what is left of it."""
    dated = [hook.prefix for name in ("ordered", "delivered") for hook in hooks.fields.get(name, ()) if hook.prefix]
    known = (*site.wordings.order_statuses, *dated)
    return tuple(text for text in texts if number not in text and not text.startswith(known) and len(text) > 1)


def _variants(texts: Iterable[str], fields: dict[str, str]) -> Iterable[Variant]:
    for text in texts:
        name, sign, value = text.partition(": ")
        if sign and value and value != fields.get("item_id"):
            yield Variant(name=name.strip(), value=value.strip())


def _own_url(address: str, site: Site) -> str:
    url = urljoin(site.url("orders"), address)
    return url if address and site.owns(url) else ""

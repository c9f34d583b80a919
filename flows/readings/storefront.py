"""The counters of a shop window: many products in one request, to find out which of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.catalog.entries import ReadingHooks
from flows.catalog.models import Site
from flows.readings.document import Document, as_table, read_field
from flows.readings.envelope import Envelope, read_envelope
from flows.readings.health import Expected, judge_page, signs_of_document, signs_of_envelope
from flows.readings.models import PageHealth
from flows.readings.numbers import read_count, read_whole
from flows.readings.text import decode, normalise
from flows.readings.witnesses import HasStates

PAGE = "storefront"
_MAX_TILES = 500


@dataclass(frozen=True)
class ProductCounter:
    """What the shop window says about one product.

    Attributes:
        reviews_total: The counter; None when it could not be read.
        is_exact: False for a rounded counter («1,2 тыс.»), which may hide a change.
    """

    sku: str
    title: str
    url: str
    rating_raw: str
    reviews_total: int | None
    is_exact: bool


@dataclass(frozen=True)
class StorefrontRead:
    """One page of the shop window."""

    health: PageHealth
    products: tuple[ProductCounter, ...] = ()
    bad_rows: int = 0
    has_next: bool = False
    problems: tuple[str, ...] = ()


def read_storefront_json(
    raw: str | bytes, site: Site, *, url: str = "", status_code: int | None = 200
) -> StorefrontRead:
    """Reads one page of the shop window from the site's page JSON."""
    text = decode(raw).text if isinstance(raw, bytes) else raw
    envelope = read_envelope(text) or Envelope(frozenset())
    tiles = _state_tiles(envelope, site.page(PAGE).reading)
    signs = signs_of_envelope(envelope, site, url=url, status_code=status_code)
    if verdict := judge_page(signs, site, Expected(), has_witness=tiles is not None):
        return StorefrontRead(verdict.health, problems=(verdict.problem,))
    return _judged([_tile(tile, site) for tile in tiles or ()], has_next="nextPage" in envelope.keys)


def read_storefront_html(html: str, site: Site, *, url: str = "", status_code: int | None = 200) -> StorefrontRead:
    """Reads one page of the shop window from stored HTML: its state, else its tiles."""
    document = Document(html)
    hooks = site.page(PAGE).reading
    signs = signs_of_document(document, site, url=url, status_code=status_code)
    if verdict := judge_page(signs, site, Expected(), has_witness=document.has_any(hooks.witness)):
        return StorefrontRead(verdict.health, problems=(verdict.problem,))
    tiles = _state_tiles(document, hooks)
    read = [_tile(tile, site) for tile in tiles] if tiles else list(_shown_tiles(document, site, hooks))
    return _judged(read, has_next=bool(document.field(hooks.page_fields.get("next_page", ()))))


def _judged(read: Sequence[ProductCounter | None], *, has_next: bool) -> StorefrontRead:
    products = tuple(product for product in read if product is not None)
    bad = len(read) - len(products)
    if not products:
        return StorefrontRead(PageHealth.BROKEN, bad_rows=bad, problems=("no products on the page",))
    problems = (f"bad rows: {bad}",) if bad else ()
    return StorefrontRead(PageHealth.PARTIAL if bad else PageHealth.HEALTHY, products, bad, has_next, problems)


def _state_tiles(source: HasStates, hooks: ReadingHooks) -> list[object] | None:
    for _, state in source.states(hooks.states):
        items = as_table(state).get("items")
        if isinstance(items, list):
            return items[:_MAX_TILES]
    return None


def _tile(tile: object, site: Site) -> ProductCounter | None:
    table = as_table(tile)
    link, title, rating = table.get("link"), table.get("title"), table.get("rating")
    raw_total = table.get("reviewsCount")
    total = read_whole(raw_total)
    rounded = read_count(raw_total, site.dates) if total is None and isinstance(raw_total, str) else None
    return _counter(
        link if isinstance(link, str) else "",
        site,
        title=title if isinstance(title, str) else "",
        rating=str(rating)[:20] if isinstance(rating, str | int | float) else "",
        total=total if rounded is None else rounded.value,
        is_exact=total is not None or (rounded is not None and rounded.is_exact),
    )


def _shown_tiles(document: Document, site: Site, hooks: ReadingHooks) -> Iterator[ProductCounter | None]:
    for node in document.rows(hooks.rows):
        values = {name: read_field(node, fields) for name, fields in hooks.fields.items()}
        total = read_count(values.get("total", ""), site.dates)
        yield _counter(
            values.get("url", ""),
            site,
            title=values.get("title", ""),
            rating=values.get("rating", ""),
            total=total.value if total else None,
            is_exact=bool(total and total.is_exact),
        )


def _counter(
    link: str, site: Site, *, title: str, rating: str, total: int | None, is_exact: bool
) -> ProductCounter | None:
    origin = site.origins[site.address("product").partition(":")[0]]
    try:
        address = site.product_from_url(origin + link if link.startswith("/") else link)
    except ValueError:
        return None
    return ProductCounter(address.sku, normalise(title).text, address.url, rating, total, is_exact)

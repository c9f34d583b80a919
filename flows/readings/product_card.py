"""The product card of the day: what the seller promised."""

from __future__ import annotations

from flows.catalog.models import Site
from flows.readings.document import Document, as_table
from flows.readings.models import ProductCardReading
from flows.readings.numbers import read_count
from flows.readings.text import normalise

PAGE = "product"
_MAX_FACTS = 300


def read_product_card(html: str, site: Site, *, url: str = "") -> ProductCardReading:
    """Reads a stored product page.

    Args:
        html: The page's source.
        site: The site's catalog.
        url: The page's address, from which the sku is taken.

    Returns:
        The card. ``problems`` is not empty when the page lacks what makes it a product card.
    """
    document = Document(html)
    hooks = site.page(PAGE).reading
    fields = {name: document.field(hook) for name, hook in hooks.page_fields.items()}
    sku, problem = _sku(url, site, fields.get("sku", ""))
    rating, _, counter = fields.get("score", "").partition("•")
    total = read_count(counter, site.dates)
    missing = [name for name in ("title", "price") if not fields.get(name)]
    names = document.fields(hooks.page_fields.get("characteristic_name", ()))
    values = document.fields(hooks.page_fields.get("characteristic_value", ()))
    problems = [f"{name} is missing" for name in missing] + ([problem] if problem else [])
    if len(names) != len(values):
        problems.append("characteristics: terms and values do not pair")
    return ProductCardReading(
        sku=sku,
        title=normalise(fields.get("title", "")).text,
        price_raw=_price(document, site) or fields.get("price", ""),
        rating_raw=rating.strip() if counter else "",
        reviews_total=total.value if total and total.is_exact else None,
        description=fields.get("description", ""),
        characteristics=tuple(zip(names, values, strict=False))[:_MAX_FACTS],
        url=url,
        problems=tuple(problems),
    )


def _price(document: Document, site: Site) -> str:
    locale = site.witnesses.locale
    for _, state in document.states(locale.price_states):
        price = as_table(state).get(locale.price_key)
        if isinstance(price, str):
            return price
    return ""


def _sku(url: str, site: Site, shown: str) -> tuple[str, str]:
    try:
        asked = site.product_from_url(url).sku if url else ""
    except ValueError:
        asked = ""
    if shown and asked and shown != asked:
        return asked, f"another product: the card shows {shown[:40]}, not {asked}"
    return asked or shown, "" if asked or shown else "sku is missing"

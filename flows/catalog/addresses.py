"""A product's address, in whatever form people copy it: from a browser, an app, a letter, a table.

One product has one address here, built from the site's own template; reading an address that was built gives back what
it was built from. What an address does not say (a short link) cannot be known without asking the site.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

from pydantic import Field

from flows.catalog.vocabulary import CatalogValue, placeholders_in

if TYPE_CHECKING:
    from flows.catalog.models import Site

_MOST = 5_000  # characters: a slug of 300 signs takes up to twelve each, percent-encoded
_MOST_SLUG = 300
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SKU = re.compile(r"[A-Za-z0-9]{1,64}")
_DRESS = " \t\r\n\u00a0\u200b\u200e\u200f\ufeff<>«»\"'“”()[],;"
_USUAL_PORTS = frozenset({None, 80, 443})


class ProductAddress(CatalogValue):
    """A product as its canonical address names it."""

    sku: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
    slug: Annotated[str, Field(max_length=_MOST_SLUG)] = ""
    url: str


def read_product_address(site: Site, text: str) -> ProductAddress:
    """Reads a product's address, whatever page of the product it points to.

    Args:
        site: The site's catalog.
        text: The address as it was copied: with or without scheme and ``www``, of a twin of the site in another
            country, percent-encoded or not, or with other words around it.

    Raises:
        ValueError: another site, or not a product; the message goes on after «<what was given> is».
    """
    problem = ValueError(f"not an address of {site.title}")
    for word in [text] if len(text) > _MOST else text.split():
        try:
            return _read(site, word.strip(_DRESS))
        except ValueError as error:
            if not str(error).startswith("not an address"):
                problem = error
    raise problem


def _read(site: Site, given: str) -> ProductAddress:
    url = _with_scheme(site, given)
    if len(given) > _MOST or not url.isprintable() or "\\" in url or not _is_own(site, url):
        raise ValueError(f"not an address of {site.title}")
    path = urlsplit(url).path
    if any(path.startswith(short) for short in site.short_links):
        raise ValueError(
            "a short link, which does not say the product; open it in a browser and copy the address it leads to"
        )
    for template in (site.urls["product"], *site.product_forms):
        if found := _match(template, path):
            sku, slug = found
            return ProductAddress(sku=sku, slug=slug, url=site.product_url(sku, slug))
    raise ValueError("not the address of a product")


def _with_scheme(site: Site, given: str) -> str:
    if _SCHEME.match(given):
        return given
    bare = given.removeprefix("//")
    host = bare.partition("/")[0]
    scheme = next(
        (origin.partition(":")[0] for origin in site.origins.values() if origin.endswith("//" + host)), "https"
    )
    return f"{scheme}://{bare}"


def _is_own(site: Site, url: str) -> bool:
    """Whether an address lies on the site, or on a twin of it where a product has the same number."""
    if site.owns(url):
        return True
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or port not in _USUAL_PORTS or "@" in parts.netloc:
        return False
    bare = host.removeprefix("www.").removeprefix("m.")
    return bare in site.twins


def _match(template: str, path: str) -> tuple[str, str] | None:
    """Returns number and slug of the path's step that the template names; None where it is another path."""
    prefix, sign, _ = template.partition(":")[2].partition("{")
    if not sign or not path.startswith(prefix):
        return None
    step = path[len(prefix) :].split("/", maxsplit=1)[0]
    try:
        shown = unquote(step, errors="strict")
    except UnicodeDecodeError:
        return None
    slug, _, sku = shown.rpartition("-") if "slug" in placeholders_in(template) else ("", "", shown)
    is_plain = "/" not in shown and shown.isprintable()
    return (sku, slug) if is_plain and _SKU.fullmatch(sku) and len(slug) <= _MOST_SLUG else None

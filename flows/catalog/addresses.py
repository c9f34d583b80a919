"""A product's address, in whatever form people copy it: from a browser, an app, a letter, a table.

One product has one address here, built from the site's own template; reading an address that was built gives back what
it was built from. What an address does not say (a short link) cannot be known without asking the site.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

from pydantic import Field

from evidence_store.sentences import sentence
from flows.catalog.vocabulary import CatalogValue

if TYPE_CHECKING:
    from flows.catalog.models import Site

_MOST = 5_000  # characters: a slug of 300 signs takes up to twelve each, percent-encoded
_MOST_SLUG = 300
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SKU = {"digits": re.compile(r"[1-9][0-9]{0,19}"), "letters_and_digits": re.compile(r"[A-Za-z0-9]{1,64}")}
_DRESS = " \t\r\n\u00a0\u200b\u200e\u200f\ufeff<>«»\"'“”()[],;.!"
_LABEL = r"(?:артикул|арт|код|номер|товара?|sku|id|ozon|озон)\b[\s.:№#-]*|[№#]\s*"
_NUMBERS = re.compile(rf"(?:{_LABEL})*([0-9][0-9\s,;]*)", re.IGNORECASE)
_IN_GROUPS = re.compile(r"[0-9]{1,3}([\s,][0-9]{3})+")
_NEXT_ADDRESS = re.compile(r"[,;|]\s*https?://")
_PIECES = re.compile(r"(\{slug\}[-_.~](?=\{)|[-_.~]\{slug\}|\{[a-z_]+\})")
_ANY_SLUG = "-"
_WHOLE_STEP = "/{slug}/"
_USUAL_PORTS = frozenset({None, 80, 443})


class ProductAddress(CatalogValue):
    """A product as its canonical address names it."""

    sku: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
    slug: Annotated[str, Field(max_length=_MOST_SLUG)] = ""
    url: str


class _NotOurs(ValueError):
    """A word that is no address of the site: it may stand beside one."""


def read_products(site: Site, text: str) -> tuple[ProductAddress, ...]:
    """Reads the products that a person names: addresses as for ``read_product_address``, or numbers, each once.

    Raises:
        ValueError: none is named, or one that is not clear; the message goes on after «<what was given> is».
    """
    bare = text.strip(_DRESS)
    if _SKU[site.skus].fullmatch(bare):
        return (ProductAddress(sku=bare, url=site.product_url(bare)),)
    numbers = _NUMBERS.fullmatch(bare) if len(text) <= _MOST else None
    if numbers is None:
        return _addresses(site, text)
    if _IN_GROUPS.fullmatch(numbers[1]):
        raise ValueError(sentence("one number or several; write a number without spaces or commas in it"))
    skus = dict.fromkeys(re.split(r"[\s,;]+", numbers[1].strip(" ,;")))
    for sku in skus:
        if not _SKU["digits"].fullmatch(sku):
            raise ValueError(sentence("not a product's number, which has 1 to 20 digits and does not begin with 0"))
    return tuple(ProductAddress(sku=sku, url=site.product_url(sku)) for sku in skus)


def read_product(site: Site, text: str) -> ProductAddress:
    """Reads the one product that a person names, by its address or its number.

    Raises:
        ValueError: none or several are named; the message goes on after «<what was given> is».
    """
    return _only(read_products(site, text))


def read_product_address(site: Site, text: str) -> ProductAddress:
    """Reads a product's address, whatever page of the product it points to.

    Args:
        site: The site's catalog.
        text: The address as it was copied: with or without scheme and ``www``, of a twin of the site in another
            country, percent-encoded or not, or with other words around it.

    Raises:
        ValueError: another site, not a product, or several; the message goes on after «<what was given> is».
    """
    return _only(_addresses(site, text))


def _only(found: tuple[ProductAddress, ...]) -> ProductAddress:
    if len(found) > 1:
        skus = ", ".join(one.sku for one in found)
        raise ValueError(sentence("several products ({skus}); write each by itself", skus=skus))
    return found[0]


def _addresses(site: Site, text: str) -> tuple[ProductAddress, ...]:
    found: dict[str, ProductAddress] = {}
    for word in [text] if len(text) > _MOST else text.split():
        with suppress(_NotOurs):
            one = _read(site, word.strip(_DRESS))
            found.setdefault(one.sku, one)
    if not found:
        raise _NotOurs(sentence("not an address of {site}", site=site.title))
    return tuple(found.values())


def _read(site: Site, given: str) -> ProductAddress:
    if "/" not in given and "%2f" in given.lower():
        given = unquote(given)
    url = _with_scheme(site, given)
    if len(given) > _MOST or not url.isprintable() or "\\" in url or not _is_own(site, url):
        raise _NotOurs(sentence("not an address of {site}", site=site.title))
    path = urlsplit(url).path
    if "://" in path or _NEXT_ADDRESS.search(url):
        raise ValueError(sentence("several addresses in one word; put a space between them"))
    if any(path.startswith(short) for short in site.short_links):
        raise ValueError(
            sentence("a short link, which does not say the product; open it in a browser and copy where it leads to")
        )
    for template in (site.address("product"), *site.product_forms):
        if found := _match(template, path, _SKU[site.skus]) or _match(template, _decoded(path), _SKU[site.skus]):
            sku, slug = found
            return ProductAddress(sku=sku, slug=slug, url=site.product_url(sku, slug))
    if site.skus == "digits":
        raise ValueError(sentence("not the address of a product, which ends in the product's number"))
    raise ValueError(sentence("not the address of a product"))


def _decoded(path: str) -> str:
    """A path whose slashes were encoded; empty where it leads elsewhere then."""
    try:
        decoded = unquote(path, errors="strict")
    except UnicodeDecodeError:
        return ""
    return "" if ".." in decoded.split("/") else decoded


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


def without_slug(template: str) -> str:
    """Returns a product's address template for a product whose slug is not known.

    Where the slug is a whole step of the path, any word stands for it; else it goes with the sign that divides it.
    """
    return re.sub(r"(?<=/)\{slug\}(?=/)", _ANY_SLUG, re.sub(r"\{slug\}[-_.~](?=\{)|[-_.~]\{slug\}", "", template))


def _match(template: str, path: str, sku_form: re.Pattern[str]) -> tuple[str, str] | None:
    """Returns number and slug of a path by the whole template; None where it is another path."""
    found = _pattern_of(template).match(path)
    if found is None:
        return None
    try:
        sku, slug = (unquote(found.groupdict().get(name) or "", errors="strict") for name in ("sku", "slug"))
    except UnicodeDecodeError:
        return None
    is_plain = ".." not in slug.split("/") and slug.isprintable() and len(slug) <= _MOST_SLUG
    stands_for_none = slug == _ANY_SLUG and _WHOLE_STEP in template
    return (sku, "" if stands_for_none else slug) if is_plain and sku_form.fullmatch(sku) else None


@lru_cache(maxsize=64)
def _pattern_of(template: str) -> re.Pattern[str]:
    """Turns a template into a pattern: a slug may be missing with the sign that divides it, and more may follow."""
    path = template.partition(":")[2].partition("?")[0]
    shape = "".join(_piece(part) for part in re.split(_PIECES, path))
    return re.compile(shape.removesuffix("/") + r"(?:/.*)?\Z", re.DOTALL)


def _piece(part: str) -> str:
    if part == "{sku}":
        return r"(?P<sku>[^/]+?)"
    if "{slug}" in part:
        before, _, after = part.partition("{slug}")
        inner = f"{re.escape(before)}(?P<slug>[^/]*){re.escape(after)}"
        return f"(?:{inner})?" if before or after else inner
    return r"[^/]+" if part.startswith("{") else re.escape(part)

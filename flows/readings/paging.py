"""Which page of a listing an address asks for, read back through the site's own address templates.

Pages are counted from 1 here, whatever the site does: by number, by the number of rows to leave out, in the path or in
the query, with or without a cursor.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from flows.catalog.models import Site

# The cursor's template first: its links carry the page's number too.
_TEMPLATES = ("reviews_cursor_page", "reviews_page")
_NUMBER = re.compile(r"[0-9]{1,9}")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def page_of(address: str, site: Site) -> int | None:
    """Returns the number of the listing's page that an address asks for; None where it names none."""
    number = _number(address, site, "page")
    if number is not None:
        return number - site.listing.first_page + 1
    offset = _number(address, site, "offset")
    return None if offset is None else offset // site.listing.per_page + 1


def cursor_of(address: str, site: Site) -> str | None:
    """Returns the cursor in an address, where the site uses one."""
    return _value(address, site, "page_key")


def place_values(page: int, site: Site) -> dict[str, int]:
    """Returns what stands in the addresses of one page: its number as the site counts, and the rows before it."""
    return {"page": page - 1 + site.listing.first_page, "offset": (page - 1) * site.listing.per_page}


def _number(address: str, site: Site, name: str) -> int | None:
    value = _value(address, site, name)
    return int(value) if value is not None and _NUMBER.fullmatch(value) else None


def _value(address: str, site: Site, name: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    for key in _TEMPLATES:
        path, _, query = site.urls.get(key, "").partition(":")[2].partition("?")
        parameter = next((part.partition("=")[0] for part in query.split("&") if part.endswith(f"={{{name}}}")), None)
        if parameter is not None and (found := parse_qs(parts.query).get(parameter)):
            return found[0]
        if f"{{{name}}}" in path and (match := _pattern(path).fullmatch(parts.path)):
            return unquote(match[name])
    return None


@lru_cache(maxsize=64)
def _pattern(path: str) -> re.Pattern[str]:
    """Turns a template's path into a pattern; each placeholder stands for something within one step of the path."""
    parts = _PLACEHOLDER.split(path)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if i % 2 else re.escape(part) for i, part in enumerate(parts)))

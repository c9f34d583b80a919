"""Changes of a site's catalog that a person or a program could have written: what is refused, and what loads."""

from __future__ import annotations

import copy
import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flows.catalog import Site
from flows.catalog.entries import PageCatalog
from flows.catalog.loader import NOT_PAGES, require_channel_pages
from flows.errors import CatalogError

ODD: tuple[object, ...] = ("", "x", "{sku}", 0, 1, -1, True, [], {}, ["x"], "a[b]", "www:/{sku}/", "guess", "999999999")
SITE = "site"
_FOR_PEOPLE = frozenset({"why", "verified", "words_verified", "anonymous_verified", "request_verified", "source"})
Table = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A site's files as they are written.

    Attributes:
        site: ``site.toml``.
        pages: The pages' files, by name.
        more: Keys that a place lays over ``site.toml``: origins and times.
    """

    site: Table
    pages: Mapping[str, Table]
    more: Mapping[str, object]

    def changed(self, name: str, rng: random.Random) -> Site | None:
        """Loads the site with one or two values of one file changed, as the loader does; None where it is refused.

        Names that nobody looks for are let pass, as they are in what a person took before they were refused.
        """
        wanted = change(self.site if name == SITE else self.pages[name], rng)
        try:
            return self.replaced(name, wanted)
        except (ValidationError, CatalogError):
            return None

    def replaced(self, name: str, wanted: Table) -> Site:
        """Loads the site with another file in the place of one.

        Raises:
            ValidationError, CatalogError: it is refused.
        """
        tables = self.pages if name == SITE else {**self.pages, name: wanted}
        table = wanted if name == SITE else self.site
        pages = {key: PageCatalog.model_validate(one) for key, one in tables.items()}
        if any(page.page != key for key, page in pages.items()):
            raise CatalogError("page and file name differ")
        site = Site.model_validate({**table, **self._laid_over(table), "pages": pages})
        require_channel_pages(site, Path("site.toml"))
        return site

    def _laid_over(self, table: Table) -> Table:
        """Lays a place's values over those that the changed table still has."""
        origins, there = self.more.get("origins", {}), table.get("origins")
        kept = {**self.more}
        if isinstance(there, dict) and isinstance(origins, dict):
            kept["origins"] = {name: origins.get(name, value) for name, value in there.items()}
        return kept


def read_written(folder: Path, **more: object) -> Written:
    """Reads a site's files as they are written."""
    pages = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.toml"))
        if path.name not in NOT_PAGES
    }
    return Written(tomllib.loads((folder / "site.toml").read_text(encoding="utf-8")), pages, more)


def change(table: Table, rng: random.Random) -> Table:
    """Returns a file with one or two of its values gone, odd, or in each other's place."""
    made: Table = copy.deepcopy(table)
    for _ in range(rng.choice((1, 1, 2))):
        found = [path for path in _places(made) if path[-1] not in _FOR_PEOPLE]
        whole = [path for path in found if len(path) <= 2]  # an entry, an address, a channel: else deep values prevail
        *above, last = rng.choice(whole if rng.random() < 0.3 else found)
        holder: Any = made
        for step in above:
            holder = holder[step]
        what = rng.random()
        if what < 0.5:
            del holder[last]
        elif what < 0.8:
            holder[last] = copy.deepcopy(rng.choice(ODD))
        else:
            other: Any = made
            for step in rng.choice(found):
                other = other[step] if _has(other, step) else other
            holder[last] = copy.deepcopy(other)
    return made


def _places(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yields the path of every value of a file."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*above, key)
        yield from _places(inner, (*above, key))


def _has(holder: object, step: str | int) -> bool:
    return step in holder if isinstance(holder, dict) else isinstance(holder, list) and step in range(len(holder))

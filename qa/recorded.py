"""Recorded pages: one folder a case, and the pure reading that belongs to each kind of page. Imports no browser.

A case is a folder ``<page>/<case>`` with the page (``page.html`` or ``page.json``), ``meta.json`` (address, status,
when it was seen, what was expected), ``expected.json`` (the whole reading) and, where it was recorded by the program,
``states.json`` and ``picture.png``. To take in a changed site: record the page, look at the new reading, edit
``expected.json`` by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from flows.catalog import Site
from flows.readings.appeals import read_appeal_details, read_appeal_list
from flows.readings.author import read_author
from flows.readings.cabinet_reviews import read_cabinet_reviews
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html, read_listing_json
from flows.readings.orders import read_order, read_order_list
from flows.readings.product_card import read_product_card
from flows.readings.storefront import read_storefront_html, read_storefront_json
from qa.errors import OrderRefused

_META: TypeAdapter[dict[str, str | int]] = TypeAdapter(dict[str, str | int])
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


@dataclass(frozen=True)
class Case:
    """One recorded page with what was known when it was recorded."""

    folder: Path

    @property
    def page(self) -> str:
        """The kind of page, as the catalog names it."""
        return self.folder.parent.name

    @property
    def name(self) -> str:
        """Kind and case."""
        return f"{self.page}/{self.folder.name}"

    @property
    def is_json(self) -> bool:
        """Whether the site's page JSON was recorded, not the page."""
        return (self.folder / "page.json").is_file()

    @property
    def source(self) -> str:
        """The page as it was recorded."""
        return self._read("page.json" if self.is_json else "page.html")

    @property
    def meta(self) -> dict[str, str]:
        """What was known."""
        try:
            return {key: str(value) for key, value in _META.validate_json(self._read("meta.json")).items()}
        except ValidationError as error:
            raise OrderRefused("is no table of texts and numbers", where=str(self.folder / "meta.json")) from error

    @property
    def url(self) -> str:
        """The page's address."""
        if "url" not in self.meta:
            raise OrderRefused("names no url", where=str(self.folder / "meta.json"), hint="Record the page again.")
        return self.meta["url"]

    @property
    def seen_at(self) -> datetime:
        """When it was recorded."""
        try:
            return datetime.fromisoformat(self.meta["seen_at"])
        except (KeyError, ValueError) as error:
            raise OrderRefused("has no moment in seen_at", where=str(self.folder / "meta.json")) from error

    @property
    def status_code(self) -> int:
        """The HTTP status of the page."""
        told = self.meta.get("status_code", "200")
        if not (told.isascii() and told.isdecimal()):
            raise OrderRefused("has no number in status_code", where=str(self.folder / "meta.json"))
        return int(told[:3])

    @property
    def wanted(self) -> Expected:
        """What was asked for when it was recorded."""
        meta = self.meta
        return Expected(
            sku=meta.get("sku", ""), identity=meta.get("identity"), account_name=meta.get("account_name", "")
        )

    @property
    def expected(self) -> JsonValue:
        """The reading as it must be; None where none was kept."""
        if not (self.folder / "expected.json").is_file():
            return None
        try:
            return _JSON.validate_json(self._read("expected.json"))
        except ValidationError as error:
            raise OrderRefused("is not JSON", where=str(self.folder / "expected.json")) from error

    def _read(self, name: str) -> str:
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise OrderRefused(
                f"cannot be read: {error}", where=str(self.folder / name), hint="Record the page again."
            ) from error


def find_cases(folder: Path) -> list[Case]:
    """Finds every recorded case below a folder: the case itself, a kind of page, or a whole collection.

    Raises:
        OrderRefused: there is none.
    """
    found = sorted(
        path.parent for path in folder.glob("**/meta.json") if path.is_file() and not path.parent.name.startswith(".")
    )
    if not found:
        raise OrderRefused("no recorded page is here", where=str(folder), hint="`fairreview record` makes one.")
    return [Case(path) for path in found]


def read_case(case: Case, site: Site) -> JsonValue:
    """Reads a case and gives the reading as plain JSON values.

    Raises:
        OrderRefused: there is no reading of this kind of page, or the case is not whole.
    """
    if case.page not in READINGS:
        raise OrderRefused(
            f"there is no reading of the page {case.page!r}", where=str(case.folder), hint=", ".join(READINGS)
        )
    return as_json(READINGS[case.page](case, site))


def as_json(reading: object) -> JsonValue:
    """Returns a reading as plain JSON values, without what is as it is by default."""
    if is_dataclass(reading) and not isinstance(reading, type):
        return _JSON.validate_json(TypeAdapter(dict[str, object]).dump_json(asdict(reading)))
    found: JsonValue = (
        reading.model_dump(mode="json", exclude_defaults=True) if isinstance(reading, BaseModel) else None
    )
    return found


def _read_reviews(case: Case, site: Site) -> object:
    reader = read_listing_json if case.is_json else read_listing_html
    return reader(
        case.source,
        site,
        seen_at=case.seen_at,
        url=case.url,
        status_code=case.status_code,
        expected=case.wanted,
    )


def _read_storefront(case: Case, site: Site) -> object:
    reader = read_storefront_json if case.is_json else read_storefront_html
    return reader(case.source, site, url=case.url)


READINGS: dict[str, Callable[[Case, Site], object]] = {
    "reviews": _read_reviews,
    "storefront": _read_storefront,
    "cabinet_reviews": lambda case, site: read_cabinet_reviews(
        case.source, site, url=case.url, status_code=case.status_code, seen_at=case.seen_at
    ),
    "product": lambda case, site: read_product_card(case.source, site, url=case.url),
    "author": lambda case, site: read_author(case.source, site, author_id=case.meta.get("author_id", ""), url=case.url),
    "orders": lambda case, site: read_order_list(case.source, site, seen_at=case.seen_at),
    "order_details": lambda case, site: read_order(case.source, site, url=case.url, seen_at=case.seen_at),
    "appeals": lambda case, site: read_appeal_list(
        case.source, site, url=case.url, expected=case.wanted, seen_at=case.seen_at
    ),
    "appeal_details": lambda case, site: read_appeal_details(case.source, site, seen_at=case.seen_at),
}
"""The pure reading of each kind of page."""


def pretty(value: object) -> str:
    """Writes JSON as it is kept in a case: sorted where order means nothing, and readable."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

"""Runs the reading that belongs to a recorded case.

A case is a folder ``<page>/<case>`` with the page (``page.html`` or ``page.json``), ``meta.json`` (address, status,
when it was seen, what was expected) and ``expected.json`` (the whole reading). To take in a changed site: record the
page, look at the new reading, edit ``expected.json`` by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, TypeAdapter

from flows.catalog import Site
from flows.readings.appeals import read_appeal_details, read_appeal_list
from flows.readings.author import read_author
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html, read_listing_json
from flows.readings.orders import read_order, read_order_list
from flows.readings.product_card import read_product_card
from flows.readings.storefront import read_storefront_html, read_storefront_json

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One recorded page with what was known when it was recorded."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.relative_to(FOLDER).as_posix()

    @property
    def is_json(self) -> bool:
        return (self.folder / "page.json").is_file()

    @property
    def source(self) -> str:
        return (self.folder / ("page.json" if self.is_json else "page.html")).read_text(encoding="utf-8")

    @property
    def meta(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "meta.json").read_text(encoding="utf-8"))
        return found

    @property
    def seen_at(self) -> datetime:
        return datetime.fromisoformat(self.meta["seen_at"])

    @property
    def wanted(self) -> Expected:
        meta = self.meta
        return Expected(
            sku=meta.get("sku", ""), identity=meta.get("identity"), account_name=meta.get("account_name", "")
        )


def cases() -> list[Case]:
    """Finds every recorded case."""
    return [Case(path.parent) for path in sorted(FOLDER.glob("*/*/meta.json"))]


def case(name: str) -> Case:
    """Gives one case by page and name."""
    return Case(FOLDER / name)


def read(recorded: Case, site: Site) -> object:
    """Reads a case and gives the reading as plain JSON values."""
    reading = READINGS[recorded.folder.parent.name](recorded, site)
    if is_dataclass(reading) and not isinstance(reading, type):
        return json.loads(TypeAdapter(dict[str, object]).dump_json(asdict(reading)))
    return reading.model_dump(mode="json", exclude_defaults=True) if isinstance(reading, BaseModel) else reading


def _read_reviews(recorded: Case, site: Site) -> object:
    reader = read_listing_json if recorded.is_json else read_listing_html
    return reader(
        recorded.source,
        site,
        seen_at=recorded.seen_at,
        url=recorded.meta["url"],
        status_code=int(recorded.meta.get("status_code", 200)),
        expected=recorded.wanted,
    )


def _read_storefront(recorded: Case, site: Site) -> object:
    reader = read_storefront_json if recorded.is_json else read_storefront_html
    return reader(recorded.source, site, url=recorded.meta["url"])


READINGS: dict[str, Callable[[Case, Site], object]] = {
    "reviews": _read_reviews,
    "storefront": _read_storefront,
    "product": lambda case, site: read_product_card(case.source, site, url=case.meta["url"]),
    "author": lambda case, site: read_author(case.source, site, author_id=case.meta["author_id"], url=case.meta["url"]),
    "orders": lambda case, site: read_order_list(case.source, site, seen_at=case.seen_at),
    "order_details": lambda case, site: read_order(case.source, site, url=case.meta["url"], seen_at=case.seen_at),
    "appeals": lambda case, site: read_appeal_list(
        case.source, site, url=case.meta["url"], expected=case.wanted, seen_at=case.seen_at
    ),
    "appeal_details": lambda case, site: read_appeal_details(case.source, site, seen_at=case.seen_at),
}

"""The shop window as it was when it last agreed with what was read, and where its sweep stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from monitor.state.repository import Repository
from monitor.state.tables import product_counters, storefronts


@dataclass(frozen=True)
class CounterRecord:
    """One product's counter at the last reading.

    Attributes:
        total: What the window said.
        known: How many reviews were visible to us then.
        is_doubtful: The two did not move alike; the product is read again before anybody is told.
    """

    account_id: str
    sku: str
    total: int
    rating_raw: str
    known: int
    is_doubtful: bool
    settled_at: datetime


@dataclass(frozen=True)
class StorefrontRecord:
    """An account's shop window: how many pages it has, and which one is next in the sweep."""

    account_id: str
    shop: str
    pages: int
    next_page: int
    read_at: datetime


class Counters(Repository):
    """Counters and sweeps."""

    def of(self, account_id: str) -> dict[str, CounterRecord]:
        """Returns the account's counters by product."""
        statement = select(product_counters).where(product_counters.c.account_id == account_id)
        return {record.sku: record for record in self._all(CounterRecord, statement)}

    def get(self, account_id: str, sku: str) -> CounterRecord | None:
        """Returns one product's counter."""
        mine = (product_counters.c.account_id == account_id) & (product_counters.c.sku == sku)
        return self._first(CounterRecord, select(product_counters).where(mine))

    def settle(
        self, account_id: str, sku: str, *, total: int, rating_raw: str, known: int, is_doubtful: bool = False
    ) -> None:
        """Stores a counter together with what was known at the same time."""
        values = {
            "total": total,
            "rating_raw": rating_raw,
            "known": known,
            "is_doubtful": is_doubtful,
            "settled_at": self._now(),
        }
        statement = self._insert(product_counters).values(account_id=account_id, sku=sku, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["account_id", "sku"], set_=values))

    def sweep(self, account_id: str) -> StorefrontRecord | None:
        """Returns where the account's sweep is."""
        return self._first(StorefrontRecord, select(storefronts).where(storefronts.c.account_id == account_id))

    def note_sweep(self, account_id: str, shop: str, *, pages: int, next_page: int) -> None:
        """Stores where the sweep goes on."""
        values = {"shop": shop, "pages": pages, "next_page": next_page, "read_at": self._now()}
        statement = self._insert(storefronts).values(account_id=account_id, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))

"""Listings: which reviews each shows, and which products share one. Rows only.

A listing is what the site shows for a card: products of one card share it. A review may stand in several listings, and
is gone only when none of those that are still watched shows it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, select, update

from monitor.closed_lists.states import Presence
from monitor.state.accounts import ProductRecord
from monitor.state.repository import Repository, member
from monitor.state.tables import listing_reviews, products, reviews

_CHUNK = 400


@dataclass(frozen=True)
class Standing:
    """How one review stands in one listing: ``present``, ``missing`` (one whole reading without it) or ``gone``."""

    account_id: str
    listing: str
    review_id: str
    presence: Presence
    missing_since: datetime | None
    gone_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "presence", member(Presence, self.presence))


class Listings(Repository):
    """Stores where each review stands, and joins or parts products."""

    def of(self, account_id: str, listing: str) -> list[Standing]:
        """Returns all reviews that ever stood in a listing."""
        return self._all(Standing, _of(account_id).where(listing_reviews.c.listing == listing))

    def of_review(self, account_id: str, review_id: str) -> list[Standing]:
        """Returns where a review stands or stood."""
        statement = _of(account_id).where(listing_reviews.c.review_id == review_id)
        return self._all(Standing, statement.order_by(listing_reviews.c.listing))

    def products(self, account_id: str, listing: str) -> list[ProductRecord]:
        """Returns the watched products that share a listing, the first one added first."""
        mine = (products.c.account_id == account_id) & (products.c.listing == listing)
        statement = select(products).where(mine, products.c.retired_at.is_(None))
        return self._all(ProductRecord, statement.order_by(products.c.added_at, products.c.sku))

    def naming(self, account_id: str, item_id: str) -> str | None:
        """Returns a watched listing that shows a review about this item, not the item's own; None where none does."""
        standing, head, of = listing_reviews.c, reviews.c, products.c
        statement = (
            select(standing.listing)
            .join(reviews, (head.account_id == standing.account_id) & (head.review_id == standing.review_id))
            .join(products, (of.account_id == standing.account_id) & (of.listing == standing.listing))
            .where(standing.account_id == account_id, head.item_id == item_id, standing.presence == Presence.PRESENT)
            .where(of.retired_at.is_(None), of.sku != item_id)
        )
        found = self._connection.execute(statement.order_by(standing.listing).limit(1)).scalar_one_or_none()
        return None if found is None else str(found)

    def put(self, account_id: str, listing: str, review_ids: Collection[str]) -> None:
        """Notes that a listing shows these reviews."""
        rows = [
            {
                "account_id": account_id,
                "listing": listing,
                "review_id": review_id,
                "presence": Presence.PRESENT,
                "missing_since": None,
                "gone_at": None,
            }
            for review_id in sorted(review_ids)
        ]
        if not rows:
            return
        values = {"presence": Presence.PRESENT, "missing_since": None, "gone_at": None}
        statement = self._insert(listing_reviews).on_conflict_do_update(
            index_elements=["account_id", "listing", "review_id"], set_=values
        )
        self._connection.execute(statement, rows)

    def mark_missing(self, account_id: str, listing: str, review_ids: Collection[str], at: datetime) -> None:
        """Notes the first whole reading of a listing without these reviews."""
        self._mark(account_id, listing, review_ids, presence=Presence.MISSING, missing_since=at)

    def mark_gone(self, account_id: str, listing: str, review_ids: Collection[str], at: datetime) -> None:
        """Notes that a second whole reading did not show them either."""
        self._mark(account_id, listing, review_ids, presence=Presence.GONE, gone_at=at)

    def elsewhere(self, account_id: str, listing: str, review_ids: Collection[str]) -> dict[str, str]:
        """Returns how those of the reviews stand that another watched listing has: the best of their standings."""
        is_watched = exists().where(
            and_(
                products.c.account_id == listing_reviews.c.account_id,
                products.c.listing == listing_reviews.c.listing,
                products.c.retired_at.is_(None),
            )
        )
        found: dict[str, str] = {}
        ids = sorted(review_ids)
        for start in range(0, len(ids), _CHUNK):
            chunk = listing_reviews.c.review_id.in_(ids[start : start + _CHUNK])
            others = _of(account_id).where(chunk, listing_reviews.c.listing != listing, is_watched)
            for row in self._all(Standing, others):
                best = found.get(row.review_id, row.presence)
                found[row.review_id] = min(best, row.presence, key=_BEST_FIRST.index)
        return found

    def count_visible(self, account_id: str, listing: str) -> int:
        """Returns how many reviews of a listing the last reading that could tell has shown."""
        mine = (listing_reviews.c.account_id == account_id) & (listing_reviews.c.listing == listing)
        is_there = listing_reviews.c.presence == Presence.PRESENT
        found = self._connection.execute(select(func.count()).select_from(listing_reviews).where(mine & is_there))
        return int(found.scalar_one())

    def join(self, account_id: str, sku: str, listing: str) -> None:
        """Lets a product share a listing; what stood in its own, if nobody else shares that, stands there now."""
        own = self._listing_of(account_id, sku)
        if own == listing:
            return
        self._move(account_id, sku, listing)
        if self.products(account_id, own):
            return
        rows = self.of(account_id, own)
        known = {row.review_id for row in self.of(account_id, listing)}
        mine = (listing_reviews.c.account_id == account_id) & (listing_reviews.c.listing == own)
        for start in range(0, len(rows), _CHUNK):
            chunk = [row.review_id for row in rows[start : start + _CHUNK]]
            fresh = [review_id for review_id in chunk if review_id not in known]
            this = listing_reviews.c.review_id
            self._connection.execute(update(listing_reviews).where(mine, this.in_(fresh)).values(listing=listing))
            self._connection.execute(listing_reviews.delete().where(mine, this.in_(chunk)))

    def part(self, account_id: str, sku: str, listing: str) -> None:
        """Gives a product a listing of its own: its page does not show the shared one any more."""
        self._move(account_id, sku, listing)

    def _move(self, account_id: str, sku: str, listing: str) -> None:
        this = (products.c.account_id == account_id) & (products.c.sku == sku)
        self._connection.execute(update(products).where(this).values(listing=listing))

    def _listing_of(self, account_id: str, sku: str) -> str:
        this = (products.c.account_id == account_id) & (products.c.sku == sku)
        return str(self._connection.execute(select(products.c.listing).where(this)).scalar_one())

    def _mark(self, account_id: str, listing: str, review_ids: Collection[str], **values: object) -> None:
        ids = sorted(review_ids)
        mine = (listing_reviews.c.account_id == account_id) & (listing_reviews.c.listing == listing)
        for start in range(0, len(ids), _CHUNK):
            chunk = listing_reviews.c.review_id.in_(ids[start : start + _CHUNK])
            self._connection.execute(update(listing_reviews).where(mine, chunk).values(**values))


_BEST_FIRST = (Presence.PRESENT, Presence.MISSING, Presence.GONE)


def _of(account_id: str) -> Select[tuple[object, ...]]:
    return select(listing_reviews).where(listing_reviews.c.account_id == account_id)

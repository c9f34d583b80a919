"""All reviews of an account as they stand now, one after the other and few columns each: for counting a million."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, func, select

from monitor.closed_lists.states import Presence
from monitor.state.repository import Repository
from monitor.state.tables import review_sightings, review_versions, reviews

_AT_ONCE = 5_000


class StoredReview(NamedTuple):
    """A review in its newest version.

    Attributes:
        published_at: The earliest moment it may have been published; None where the page told nothing that is one.
    """

    review_id: str
    sku: str
    item_id: str
    item_name: str
    item_variant: str
    rating: int | None
    published_at: datetime | None
    first_seen_at: datetime
    is_baseline: bool
    presence: Presence
    author_name: str
    author_id: str
    text: str


class ReviewStream(Repository):
    """Reads reviews without holding them."""

    def all_of(
        self, account_id: str, *, sku: str | None = None, since: datetime | None = None
    ) -> Iterator[StoredReview]:
        """Yields every stored review of an account, those that are gone from the page too.

        Args:
            account_id: The account.
            sku: Only of this product.
            since: Only published from this moment on; first seen, where the page told no moment.
        """
        newest = (
            (review_versions.c.account_id == reviews.c.account_id)
            & (review_versions.c.review_id == reviews.c.review_id)
            & (review_versions.c.version == reviews.c.version)
        )
        statement = (
            select(
                reviews.c.review_id,
                reviews.c.sku,
                reviews.c.item_id,
                reviews.c.item_name,
                reviews.c.item_variant,
                reviews.c.rating,
                reviews.c.published_earliest,
                reviews.c.first_seen_at,
                reviews.c.is_baseline,
                reviews.c.presence,
                reviews.c.author_name,
                reviews.c.author_id,
                review_versions.c.text,
            )
            .join(review_versions, newest)
            .where(reviews.c.account_id == account_id)
        )
        if sku is not None:
            statement = statement.where(reviews.c.sku == sku)
        if since is not None:
            told = func.coalesce(reviews.c.published_earliest, reviews.c.first_seen_at)
            statement = statement.where(told >= since)
        for row in self._connection.execute(statement.execution_options(yield_per=_AT_ONCE)):
            yield StoredReview._make(row)

    def uncounted(self, account_id: str) -> frozenset[str]:
        """Returns the ids of reviews that a seller's list says do not count in the rating."""
        mine = (review_sightings.c.account_id == account_id) & review_sightings.c.is_counted.is_(False)
        return frozenset(self._connection.scalars(select(review_sightings.c.review_id).where(mine)))

    def stars_of(self, account_id: str, products: Collection[str]) -> dict[str, dict[int, int]]:
        """Returns how many reviews of each product that are on its page and count in the rating have how many stars."""
        mine = (review_sightings.c.account_id == account_id) & review_sightings.c.is_counted.is_(False)
        statement = (
            select(reviews.c.sku, reviews.c.rating, func.count())
            .where(reviews.c.account_id == account_id, reviews.c.sku.in_(products))
            .where(reviews.c.presence != Presence.GONE, reviews.c.rating.is_not(None))
            .where(reviews.c.review_id.not_in(select(review_sightings.c.review_id).where(mine)))
            .group_by(reviews.c.sku, reviews.c.rating)
        )
        found: dict[str, dict[int, int]] = {}
        for sku, stars, total in self._connection.execute(statement):
            found.setdefault(sku, {})[stars] = total
        return found

    def published_between(self, account_id: str, sku: str, bounds: Sequence[datetime]) -> dict[int, tuple[int, int]]:
        """Counts a product's reviews between moments that follow each other, added up by the store.

        Args:
            account_id: Whose.
            sku: The product.
            bounds: The beginning of each stretch, and the end of the last one, in order.

        Returns:
            How many, and the sum of their stars, by the number of the stretch; one without any is left out.
        """
        moment = reviews.c.published_earliest
        stretch = case(*((moment < end, at) for at, end in enumerate(bounds[1:])), else_=len(bounds)).label("stretch")
        statement = (
            select(stretch, func.count(), func.sum(reviews.c.rating))
            .where(reviews.c.account_id == account_id, reviews.c.sku == sku)
            .where(moment >= bounds[0], moment < bounds[-1], reviews.c.rating.is_not(None))
            .group_by(stretch)
        )
        return {int(at): (int(count), int(stars)) for at, count, stars in self._connection.execute(statement)}

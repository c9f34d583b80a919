"""All reviews of an account as they stand now, one after the other and few columns each: for counting a million."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

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
    presence: str
    author_name: str
    author_id: str
    text: str


class ReviewStream(Repository):
    """Reads reviews without holding them."""

    def all_of(self, account_id: str, *, sku: str | None = None) -> Iterator[StoredReview]:
        """Yields every stored review of an account, those that are gone from the page too."""
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
        for row in self._connection.execute(statement.execution_options(yield_per=_AT_ONCE)):
            yield StoredReview._make(row)

    def uncounted(self, account_id: str) -> frozenset[str]:
        """Returns the ids of reviews that a seller's list says do not count in the rating."""
        mine = (review_sightings.c.account_id == account_id) & review_sightings.c.is_counted.is_(False)
        return frozenset(self._connection.scalars(select(review_sightings.c.review_id).where(mine)))

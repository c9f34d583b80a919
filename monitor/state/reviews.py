"""Reviews: each stored once an account, every edit a version."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, desc, func, select, update

from flows.readings.models import ReviewReading, TimeReading
from monitor.closed_lists.states import Presence
from monitor.language import gettext as _
from monitor.state.repository import Repository, member
from monitor.state.tables import listing_reviews, review_versions, reviews
from monitor.state.text import JsonValue, clean_json, was_cleaned
from monitor.state.told_aspects import mark_untold

_TOLD_BY_PAGE = (
    "item_id",
    "item_name",
    "item_variant",
    "url",
    "author_name",
    "author_id",
    "published_raw",
    "published_earliest",
    "published_latest",
)

_CHUNK = 400  # ids in one IN list; SQLite refuses very long ones


@dataclass(frozen=True)
class ReviewRecord:
    """The head of one review.

    Attributes:
        item_id: The product's variant it was written about; ``item_name`` and ``item_variant`` as the site calls it.
        version: Our number of the newest version, from 1.
        site_version: The highest version number the site itself showed; 0 where it showed none.
        presence: On the public page: ``present``, ``missing`` (one healthy complete reading without it), ``gone`` (two,
            apart in time), or ``unlisted``: another source shows it, the page never did.
        is_baseline: It was there before watching began, so it is not news.
    """

    account_id: str
    review_id: str
    site: str
    sku: str
    item_id: str
    item_name: str
    item_variant: str
    url: str
    version: int
    site_version: int
    content_digest: str
    rating: int | None
    author_name: str
    author_id: str
    published_raw: str
    published_earliest: datetime | None
    published_latest: datetime | None
    is_baseline: bool
    is_reported: bool | None
    is_reportable: bool | None
    presence: Presence
    first_seen_at: datetime
    last_seen_at: datetime
    missing_since: datetime | None
    gone_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "presence", member(Presence, self.presence))


@dataclass(frozen=True)
class ReviewVersion:
    """One version of a review, with the whole reading."""

    account_id: str
    review_id: str
    version: int
    site_version: int
    content_digest: str
    rating: int | None
    text: str
    reading: JsonValue
    seen_at: datetime
    poll_id: int | None
    was_cleaned: bool

    def to_reading(self) -> ReviewReading:
        """Returns the reading as it was stored."""
        return ReviewReading.model_validate(self.reading)


@dataclass(frozen=True)
class Sighting:
    """A review as read once, ready to be stored."""

    reading: ReviewReading
    content_digest: str
    seen_at: datetime


class Reviews(Repository):
    """Stores sightings and tells what is known."""

    def add(
        self,
        account_id: str,
        sku: str,
        sightings: Iterable[Sighting],
        *,
        is_baseline: bool,
        poll_id: int | None,
        presence: Presence = Presence.PRESENT,
    ) -> None:
        """Stores reviews that were not known, each with its first version."""
        heads: list[dict[str, object]] = []
        versions: list[dict[str, object]] = []
        for sighting in sightings:
            heads.append(_head_values(account_id, sku, sighting, is_baseline=is_baseline) | {"presence": presence})
            versions.append(_version_values(account_id, sighting, 1, poll_id))
        if heads:
            self._connection.execute(reviews.insert(), heads)
            self._connection.execute(review_versions.insert(), versions)
            mark_untold(self, account_id, [str(head["review_id"]) for head in heads])

    def add_version(self, account_id: str, sighting: Sighting, *, poll_id: int | None) -> int:
        """Stores an edit of a known review and returns its number."""
        review_id = sighting.reading.review_id
        known = self.get(account_id, review_id)
        if known is None:
            raise LookupError(_("review {review_id} is not stored").format(review_id=review_id))
        version = known.version + 1
        self._connection.execute(review_versions.insert(), [_version_values(account_id, sighting, version, poll_id)])
        mark_untold(self, account_id, [review_id])
        self._connection.execute(
            update(reviews)
            .where(reviews.c.account_id == account_id, reviews.c.review_id == review_id)
            .values(
                version=version,
                site_version=max(known.site_version, sighting.reading.version),
                content_digest=sighting.content_digest,
                rating=sighting.reading.rating,
                is_reported=sighting.reading.is_reported,
                is_reportable=sighting.reading.is_reportable,
            )
        )
        return version

    def list_publicly(self, account_id: str, sighting: Sighting, *, poll_id: int | None) -> None:
        """Stores that the public page shows a review for the first time; what it tells is more than was known."""
        self.add_version(account_id, sighting, poll_id=poll_id)
        values = _head_values(account_id, "", sighting, is_baseline=False)
        self._mark(account_id, [sighting.reading.review_id], **{name: values[name] for name in _TOLD_BY_PAGE})

    def mark_present(self, account_id: str, review_ids: Collection[str], at: datetime) -> None:
        """Notes that these reviews were seen; a missing or gone one is present again."""
        self._mark(account_id, review_ids, presence=Presence.PRESENT, last_seen_at=at, missing_since=None, gone_at=None)

    def mark_missing(self, account_id: str, review_ids: Collection[str], at: datetime) -> None:
        """Notes the first healthy complete reading without these reviews."""
        self._mark(account_id, review_ids, presence=Presence.MISSING, missing_since=at)

    def mark_gone(self, account_id: str, review_ids: Collection[str], at: datetime) -> None:
        """Notes that these reviews are gone: a second healthy complete reading did not have them either."""
        self._mark(account_id, review_ids, presence=Presence.GONE, gone_at=at)

    def get(self, account_id: str, review_id: str) -> ReviewRecord | None:
        """Returns one review."""
        return self._first(ReviewRecord, _of_account(account_id).where(reviews.c.review_id == review_id))

    def get_many(self, account_id: str, review_ids: Collection[str]) -> dict[str, ReviewRecord]:
        """Returns those of the reviews that are stored, by id."""
        ids, found = sorted(review_ids), []
        for start in range(0, len(ids), _CHUNK):
            found += self._all(
                ReviewRecord, _of_account(account_id).where(reviews.c.review_id.in_(ids[start : start + _CHUNK]))
            )
        return {record.review_id: record for record in found}

    def products_of_items(self, account_id: str, item_ids: Collection[str]) -> dict[str, str]:
        """Returns on which product's page a variant's reviews were seen, by the variant's number."""
        ids = sorted(item_ids)
        found: dict[str, str] = {}
        for start in range(0, len(ids), _CHUNK):
            mine = (reviews.c.account_id == account_id) & reviews.c.item_id.in_(ids[start : start + _CHUNK])
            rows = self._connection.execute(select(reviews.c.item_id, reviews.c.sku).where(mine).distinct())
            found |= {str(item_id): str(sku) for item_id, sku in rows}
        return found

    def heads(self, account_id: str, listing: str) -> list[ReviewRecord]:
        """Returns all reviews that ever stood in a listing, each as it stands there."""
        standing = listing_reviews.c
        statement = (
            select(
                reviews,
                standing.presence.label("stands"),
                standing.missing_since.label("lacks_since"),
                standing.gone_at.label("left_at"),
            )
            .join(
                listing_reviews,
                (standing.account_id == reviews.c.account_id) & (standing.review_id == reviews.c.review_id),
            )
            .where(standing.account_id == account_id, standing.listing == listing)
        )
        found = []
        for row in self._connection.execute(statement).mappings():
            values = dict(row)
            here = {
                "presence": values.pop("stands"),
                "missing_since": values.pop("lacks_since"),
                "gone_at": values.pop("left_at"),
            }
            found.append(replace(ReviewRecord(**values), **here))
        return found

    def newest_readings(self, account_id: str, review_ids: Collection[str]) -> dict[str, ReviewReading]:
        """Returns the newest stored reading of each of the reviews, by id."""
        ids = sorted(review_ids)
        found: dict[str, ReviewReading] = {}
        for start in range(0, len(ids), _CHUNK):
            mine = (reviews.c.account_id == account_id) & reviews.c.review_id.in_(ids[start : start + _CHUNK])
            statement = select(review_versions).join(reviews, _is_newest()).where(mine)
            found |= {one.review_id: one.to_reading() for one in self._all(ReviewVersion, statement)}
        return found

    def name_items(self, account_id: str, readings: Iterable[ReviewReading]) -> None:
        """Notes how the site calls the items of reviews that were stored before it was asked for."""
        for reading in readings:
            self._mark(account_id, [reading.review_id], **_item_values(reading))
            mark_untold(self, account_id, [reading.review_id])  # it may stand under another variant now

    def date_review(self, account_id: str, reading: ReviewReading) -> None:
        """Notes when a review was published that was stored with a date that could not be read."""
        self._mark(account_id, [reading.review_id], **_published_values(reading.published))

    def starting_with(self, account_id: str, beginning: str, *, limit: int) -> list[ReviewRecord]:
        """Returns at most so many whose id begins so (in SQLite in either case), the last one first seen first."""
        statement = _of_account(account_id).where(reviews.c.review_id.startswith(beginning, autoescape=True))
        order = (desc(reviews.c.first_seen_at), reviews.c.review_id)
        return self._all(ReviewRecord, statement.order_by(*order).limit(limit))

    def find(
        self,
        account_id: str,
        *,
        sku: str | None = None,
        ratings: Collection[int] = (),
        since: datetime | None = None,
        presence: Presence | None = None,
        only_news: bool = False,
        limit: int | None = None,
        by_publication: bool = False,
    ) -> list[ReviewRecord]:
        """Returns reviews, the last one first seen first.

        Args:
            account_id: The account.
            sku: Only of this product.
            ratings: Only with these stars.
            since: Only first seen at or after this moment.
            presence: Only in this presence.
            only_news: Without those that were there before watching began.
            limit: At most so many.
            by_publication: The last one published first; what has no date, by when it was first seen.
        """
        statement = _of_account(account_id)
        if sku is not None:
            statement = statement.where(reviews.c.sku == sku)
        if ratings:
            statement = statement.where(reviews.c.rating.in_(ratings))
        if since is not None:
            statement = statement.where(reviews.c.first_seen_at >= since)
        if presence is not None:
            statement = statement.where(reviews.c.presence == presence)
        if only_news:
            statement = statement.where(reviews.c.is_baseline.is_(False))
        seen = reviews.c.first_seen_at
        moment = func.coalesce(reviews.c.published_earliest, seen) if by_publication else seen
        return self._all(ReviewRecord, statement.order_by(desc(moment), reviews.c.review_id).limit(limit))

    def versions(self, account_id: str, review_id: str) -> list[ReviewVersion]:
        """Returns all versions of a review, the first one first."""
        return self._all(ReviewVersion, _versions_of(account_id, review_id).order_by(review_versions.c.version))

    def newest_version(self, account_id: str, review_id: str) -> ReviewVersion | None:
        """Returns the newest version of a review."""
        statement = _versions_of(account_id, review_id).order_by(desc(review_versions.c.version))
        return self._first(ReviewVersion, statement.limit(1))

    def texts_of(self, account_id: str, review_ids: Collection[str]) -> dict[str, str]:
        """Returns what these reviews say now, by review id; meant for a bounded number of them."""
        statement = (
            select(reviews.c.review_id, review_versions.c.text)
            .join(review_versions, _is_newest())
            .where(reviews.c.account_id == account_id, reviews.c.review_id.in_(sorted(review_ids)))
        )
        return {str(review_id): str(content) for review_id, content in self._connection.execute(statement)}

    def _mark(self, account_id: str, review_ids: Collection[str], **values: object) -> None:
        ids = sorted(review_ids)
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            statement = update(reviews).where(reviews.c.account_id == account_id, reviews.c.review_id.in_(chunk))
            self._connection.execute(statement.values(**values))


def _is_newest() -> ColumnElement[bool]:
    return (
        (review_versions.c.account_id == reviews.c.account_id)
        & (review_versions.c.review_id == reviews.c.review_id)
        & (review_versions.c.version == reviews.c.version)
    )


def _item_values(reading: ReviewReading) -> dict[str, Any]:
    variant = ", ".join(f"{one.name}: {one.value}" for one in reading.variants)
    return {"item_id": reading.item_id, "item_name": reading.item_name, "item_variant": variant}


def _published_values(at: TimeReading) -> dict[str, Any]:
    return {"published_raw": at.raw, "published_earliest": at.earliest, "published_latest": at.latest}


def _of_account(account_id: str) -> Select[tuple[object, ...]]:
    return select(reviews).where(reviews.c.account_id == account_id)


def _versions_of(account_id: str, review_id: str) -> Select[tuple[object, ...]]:
    mine = (review_versions.c.account_id == account_id) & (review_versions.c.review_id == review_id)
    return select(review_versions).where(mine)


def _head_values(account_id: str, sku: str, sighting: Sighting, *, is_baseline: bool) -> dict[str, object]:
    reading = sighting.reading
    record = ReviewRecord(
        account_id=account_id,
        review_id=reading.review_id,
        site=reading.site,
        sku=sku,
        **_item_values(reading),
        url=reading.url,
        version=1,
        site_version=reading.version,
        content_digest=sighting.content_digest,
        rating=reading.rating,
        author_name=reading.author_name,
        author_id=reading.author_id,
        **_published_values(reading.published),
        is_baseline=is_baseline,
        is_reported=reading.is_reported,
        is_reportable=reading.is_reportable,
        presence=Presence.PRESENT,
        first_seen_at=sighting.seen_at,
        last_seen_at=sighting.seen_at,
        missing_since=None,
        gone_at=None,
    )
    return asdict(record)


def _version_values(account_id: str, sighting: Sighting, version: int, poll_id: int | None) -> dict[str, object]:
    reading = sighting.reading
    return {
        "account_id": account_id,
        "review_id": reading.review_id,
        "version": version,
        "site_version": reading.version,
        "content_digest": sighting.content_digest,
        "rating": reading.rating,
        "text": reading.text,
        "reading": _as_json(reading),
        "seen_at": sighting.seen_at,
        "poll_id": poll_id,
        "was_cleaned": was_cleaned(reading.text) or was_cleaned(reading.author_name),
    }


def _as_json(reading: ReviewReading) -> JsonValue:
    # Text of a stranger may hold a lone surrogate, which a JSON writer refuses: clean the values first.
    return clean_json({name: _plain(value) for name, value in reading.model_dump(mode="python").items()})


def _plain(value: object) -> JsonValue:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} has no place in a reading")

"""Digests by which the log covers the versions of reviews that one poll stored, without holding what people wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from sqlalchemy import select

from evidence_store.canonical import format_utc
from evidence_store.digests import Digest
from monitor.state.repository import Repository
from monitor.state.reviews import ReviewRecord, ReviewVersion
from monitor.state.tables import review_versions, reviews
from monitor.state.text import JsonValue, dump_json

MOST_LISTED = 200
"""Versions that a poll's entry lists one by one; more are covered by one digest."""


def seal_of_version(version: ReviewVersion) -> str:
    """Returns the digest of one row: everything it says, but for the number of its poll."""
    value: JsonValue = [
        version.review_id,
        version.version,
        version.site_version,
        version.content_digest,
        version.rating,
        version.text,
        version.reading,
        format_utc(version.seen_at),
    ]
    return str(Digest.of(dump_json(value).encode()))


def seal_of_all(versions: Iterable[ReviewVersion]) -> str:
    """Returns one digest over the rows of one poll, in order of reviews and versions."""
    rows = sorted(versions, key=lambda version: (version.review_id, version.version))
    return str(Digest.of("\n".join(seal_of_version(row) for row in rows).encode()))


def told_versions(poll_id: int, versions: list[ReviewVersion]) -> dict[str, JsonValue]:
    """Returns what a poll's entry says of the versions it stored."""
    if len(versions) > MOST_LISTED:
        return {"poll": poll_id, "versions_digest": seal_of_all(versions)}
    return {"poll": poll_id, "versions": [[row.review_id, row.version, seal_of_version(row)] for row in versions]}


class ReviewRows(Repository):
    """All rows of reviews, for holding them against what was sealed."""

    def heads(self, account_id: str) -> list[ReviewRecord]:
        """Returns all of an account's reviews."""
        statement = select(reviews).where(reviews.c.account_id == account_id)
        return self._all(ReviewRecord, statement.order_by(reviews.c.review_id))

    def versions(self, account_id: str) -> Iterator[tuple[str, list[ReviewVersion]]]:
        """Yields all of an account's reviews with their versions, the first one first."""
        statement = select(review_versions).where(review_versions.c.account_id == account_id)
        rows = self._all(ReviewVersion, statement.order_by(review_versions.c.review_id, review_versions.c.version))
        for review_id, versions in groupby(rows, key=lambda row: row.review_id):
            yield review_id, list(versions)

    def of_review(self, account_id: str, review_id: str) -> list[ReviewVersion]:
        """Returns all versions of one review, the first one first."""
        mine = (review_versions.c.account_id == account_id, review_versions.c.review_id == review_id)
        return self._all(ReviewVersion, select(review_versions).where(*mine).order_by(review_versions.c.version))

    def of_poll(self, account_id: str, poll_id: int) -> list[ReviewVersion]:
        """Returns the versions that one poll stored."""
        mine = (review_versions.c.account_id == account_id, review_versions.c.poll_id == poll_id)
        return self._all(ReviewVersion, select(review_versions).where(*mine))

"""Digests by which the log covers the versions of reviews that one poll stored, without holding what people wrote."""

from __future__ import annotations

from collections.abc import Iterable

from evidence_store.canonical import format_utc
from evidence_store.digests import Digest
from monitor.state.reviews import ReviewVersion
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

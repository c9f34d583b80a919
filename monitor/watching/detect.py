"""Compares what is stored with what one poll read: new, edited, gone, back. Pure.

Rules: the first complete poll only learns what is there (a baseline is not news); a review is gone only after two
healthy complete readings without it, apart in time; one odd row never stops the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from flows.readings.models import ListingRead, PageHealth, ReviewReading
from monitor.state.reviews import ReviewRecord
from monitor.state.text import clean_text

GONE_AFTER = timedelta(minutes=30)
"""Default distance of the two readings without a review."""


class Change(StrEnum):
    """What happened to one review; LISTED: another source had shown it, now the public page does."""

    NEW = "new"
    EDITED = "edited"
    BACK = "back"
    LISTED = "listed"
    MISSING = "missing"
    GONE = "gone"


@dataclass(frozen=True)
class ReviewEvent:
    """One change; ``reading`` is None where there is nothing to read (missing, gone)."""

    change: Change
    review_id: str
    content_digest: str = ""
    reading: ReviewReading | None = None


@dataclass(frozen=True)
class Detection:
    """What one poll means.

    Attributes:
        events: Changes, in the order of the reading; then the missing ones.
        seen_ids: Reviews that were read, changed or not.
        is_baseline: The poll learned what was there before watching began: its new reviews are not news.
        can_tell_gone: The reading was healthy and complete, so what it lacks is not there.
        problems: Odd rows, in words.
    """

    events: tuple[ReviewEvent, ...]
    seen_ids: frozenset[str]
    is_baseline: bool
    can_tell_gone: bool
    problems: tuple[str, ...] = ()

    def of(self, change: Change) -> tuple[ReviewEvent, ...]:
        """Returns the events of one kind."""
        return tuple(event for event in self.events if event.change is change)


def compute_content_digest(reading: ReviewReading) -> str:
    """Returns the digest of stars and text: what every source of a reading has alike (JSON, attributes, text)."""
    value = [reading.rating, " ".join(reading.text.split())]
    return hashlib.sha256(clean_text(json.dumps(value, ensure_ascii=False)).encode()).hexdigest()


def detect(
    known: Iterable[ReviewRecord],
    read: ListingRead,
    *,
    has_baseline: bool,
    gone_after: timedelta = GONE_AFTER,
    last_was_full: bool = False,
) -> Detection:
    """Compares the stored heads of one product with one reading of it.

    Args:
        known: The product's stored reviews.
        read: The poll.
        has_baseline: An earlier complete poll has learned what was there.
        gone_after: Least distance of the two readings without a review before it is gone.
        last_was_full: The last reading that was not "unchanged" was healthy and complete: then "unchanged" says that
            what it lacked is lacking still.

    Returns:
        The changes. A reading that is not an answer (broken, wall, …) has none at all.
    """
    heads = {head.review_id: head for head in known}
    can_tell_gone = _can_tell_gone(read)
    if read.is_unchanged and last_was_full and read.health in {PageHealth.HEALTHY, PageHealth.EMPTY}:
        still_missing = {name: head for name, head in heads.items() if head.presence == "missing"}
        gone = _find_missing(still_missing, frozenset(), read, gone_after)
        return Detection(tuple(gone), frozenset(), is_baseline=False, can_tell_gone=True)
    if read.is_unchanged or not _is_answer(read):
        return Detection((), frozenset(), is_baseline=False, can_tell_gone=False)
    readings, problems = _pick_one_each(read.reviews)
    events = [event for reading in readings if (event := _compare(heads.get(reading.review_id), reading)) is not None]
    seen = frozenset(reading.review_id for reading in readings)
    if can_tell_gone:
        events += _find_missing(heads, seen, read, gone_after)
    return Detection(tuple(events), seen, not has_baseline, can_tell_gone, tuple(problems))


def _is_answer(read: ListingRead) -> bool:
    return read.health in {PageHealth.HEALTHY, PageHealth.EMPTY, PageHealth.PARTIAL}


def _can_tell_gone(read: ListingRead) -> bool:
    is_healthy = read.health in {PageHealth.HEALTHY, PageHealth.EMPTY}
    return is_healthy and read.coverage.is_complete and read.coverage.stop == "all" and not read.is_unchanged


def _pick_one_each(reviews: Iterable[ReviewReading]) -> tuple[list[ReviewReading], list[str]]:
    """A list that moves while it is paged shows a review twice; the newer version of the two counts."""
    picked: dict[str, ReviewReading] = {}
    problems: list[str] = []
    for reading in reviews:
        other = picked.get(reading.review_id)
        if other is not None and compute_content_digest(other) != compute_content_digest(reading):
            problems.append(f"review {reading.review_id} was read twice with different content")
        if other is None or reading.version >= other.version:
            picked[reading.review_id] = reading
    return list(picked.values()), problems


def _compare(head: ReviewRecord | None, reading: ReviewReading) -> ReviewEvent | None:
    digest = compute_content_digest(reading)
    if head is None:
        return ReviewEvent(Change.NEW, reading.review_id, digest, reading)
    if head.presence == "unlisted":
        return ReviewEvent(Change.LISTED, reading.review_id, digest, reading)
    # The site's own version number tells of edits that stars and text do not show; not every source has it.
    if head.content_digest != digest or reading.version > head.site_version:
        return ReviewEvent(Change.EDITED, reading.review_id, digest, reading)
    if head.presence == "gone":
        return ReviewEvent(Change.BACK, reading.review_id, digest, reading)
    return None


def _find_missing(
    heads: dict[str, ReviewRecord], seen: frozenset[str], read: ListingRead, gone_after: timedelta
) -> list[ReviewEvent]:
    found: list[ReviewEvent] = []
    for review_id, head in heads.items():
        if review_id in seen or head.presence in {"gone", "unlisted"}:
            continue
        if head.missing_since is None:
            found.append(ReviewEvent(Change.MISSING, review_id, head.content_digest))
        elif read.coverage.started_at - head.missing_since >= gone_after:
            found.append(ReviewEvent(Change.GONE, review_id, head.content_digest))
    return found

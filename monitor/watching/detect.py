"""Compares what is stored with what one poll of a listing read: new, edited, gone, back. Pure.

Rules: the first answer only learns what is there (a baseline is not news); new is what came after that moment; a value
that was not read never changes anything; a review is gone only after two healthy complete readings without it, apart in
time; one odd row never stops the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.readings.dates import read_uuid7_time
from flows.readings.drift import DriftVerdict
from flows.readings.models import ListingRead, PageHealth, ReviewReading
from monitor.closed_lists.review_changes import ARRIVALS, Change
from monitor.closed_lists.states import Presence
from monitor.state.reviews import ReviewRecord
from monitor.state.text import clean_text

BETWEEN_READS = timedelta(minutes=30)
"""Default distance of the two readings without a review."""


@dataclass(frozen=True)
class Baseline:
    """The moment watching began, by the site's clock; ``is_whole``: the first reading showed all there was."""

    at: datetime
    is_whole: bool = True


@dataclass(frozen=True)
class ReviewEvent:
    """One change; ``reading`` is None where there is none (missing, gone); ``is_told``: people hear of it."""

    change: Change
    review_id: str
    content_digest: str = ""
    reading: ReviewReading | None = None
    is_told: bool = True


@dataclass(frozen=True)
class Detection:
    """What one poll means.

    Attributes:
        events: Changes, in the order of the reading; then the missing ones.
        seen_ids: Reviews that were read, changed or not.
        is_baseline: The poll learned what was there before watching began: its new reviews are not news.
        can_tell_gone: The reading was healthy and complete, so what it lacks is not there.
        problems: Odd rows, in words.
        health: What the reading counts as, once it was compared with what is stored.
    """

    events: tuple[ReviewEvent, ...]
    seen_ids: frozenset[str]
    is_baseline: bool
    can_tell_gone: bool
    problems: tuple[str, ...] = ()
    health: PageHealth = PageHealth.HEALTHY

    def of(self, change: Change) -> tuple[ReviewEvent, ...]:
        """Returns the events of one kind."""
        return tuple(event for event in self.events if event.change is change)

    @property
    def notable(self) -> tuple[ReviewEvent, ...]:
        """The events that are named where a poll is told: all but the past that a first reading only learns."""
        return tuple(event for event in self.events if event.is_told or event.change not in ARRIVALS)


def compute_content_digest(reading: ReviewReading) -> str:
    """Returns the digest of stars and text: what every source of a reading has alike (JSON, attributes, text)."""
    value = [reading.rating, " ".join(reading.text.split())]
    return hashlib.sha256(clean_text(json.dumps(value, ensure_ascii=False)).encode()).hexdigest()


def detect(
    known: Mapping[str, ReviewRecord],
    read: ListingRead,
    *,
    drift: DriftVerdict,
    baseline: Baseline | None,
    between_reads: timedelta = BETWEEN_READS,
    last_was_full: bool = False,
) -> Detection:
    """Compares stored heads with one reading of a listing.

    Args:
        known: Stored reviews by id: those that stand in the listing, with their standing there, and those of the
            reading that stand elsewhere only.
        read: The poll.
        drift: What of the reading may be believed, against the stored readings.
        baseline: When watching the listing began; None: this is its first reading.
        between_reads: Least distance of the two readings without a review before it is gone.
        last_was_full: The last reading that was not "unchanged" was healthy and complete: then "unchanged" says that
            what it lacked is lacking still.

    Returns:
        The changes. A reading that is not an answer (broken, wall, …) has none at all.
    """
    if read.is_unchanged and last_was_full and read.health in {PageHealth.HEALTHY, PageHealth.EMPTY}:
        still_missing = {name: head for name, head in known.items() if head.presence == Presence.MISSING}
        gone = _find_missing(still_missing, frozenset(), read, between_reads)
        return Detection(tuple(gone), frozenset(), is_baseline=False, can_tell_gone=True, health=read.health)
    if drift.drifted_in is not None and is_answer(read):
        broken = PageHealth.BROKEN
        return Detection(
            (), frozenset(), is_baseline=False, can_tell_gone=False, problems=(drift.problem,), health=broken
        )
    if read.is_unchanged or not is_answer(read):
        return Detection((), frozenset(), is_baseline=False, can_tell_gone=False, health=read.health)
    readings, problems = _pick_one_each(read.reviews)
    events: list[ReviewEvent] = []
    for reading in readings:
        head = known.get(reading.review_id)
        events += [_arrival(reading, baseline)] if head is None else _compare(head, reading, drift)
    seen = frozenset(reading.review_id for reading in readings)
    can_tell_gone = _can_tell_gone(read)
    if can_tell_gone:
        events += _find_missing(known, seen, read, between_reads)
    problems += [f"{review_id}: {', '.join(flags)}" for review_id, flags in drift.flags.items() if flags]
    return Detection(tuple(events), seen, baseline is None, can_tell_gone, tuple(problems), read.health)


def is_answer(read: ListingRead) -> bool:
    """Whether a reading says anything about reviews."""
    return read.health in {PageHealth.HEALTHY, PageHealth.EMPTY, PageHealth.PARTIAL}


def classify_arrival(reading: ReviewReading, baseline: Baseline) -> tuple[Change, bool]:
    """Says what a review is that no earlier reading showed, and whether people hear of it. Pure.

    New is what was created after watching began, by the time in its id, or what was never edited and may have been
    published after it: that a first reading showed all there was, and not this, settles a date that names a day only.
    Where it did not show all, the id's own moment decides: outside the day, moderation held the review back. An edit
    moves both dates of a review, so an edited one with an older id was out of reach before; so was an older one. That
    one is told where it cannot have been out of reach, for then somebody put it back.
    """
    created, published = read_uuid7_time(reading.review_id), reading.published
    if created is not None and created.latest is not None and created.latest >= baseline.at:
        return Change.NEW, True
    if published.earliest is None or published.latest is None:
        return Change.NEW if baseline.is_whole and created is None else Change.SURFACED, True
    if published.latest < baseline.at:
        return Change.SURFACED, baseline.is_whole
    if created is None or created.earliest is None:
        is_new = baseline.is_whole or not _is_edited(reading)
    else:
        was_held_back = not published.earliest <= created.earliest <= published.latest
        is_new = not _is_edited(reading) and (baseline.is_whole or was_held_back)
    return Change.NEW if is_new else Change.SURFACED, True


def _is_edited(reading: ReviewReading) -> bool:
    return reading.is_edited or reading.version > 0


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


def _arrival(reading: ReviewReading, baseline: Baseline | None) -> ReviewEvent:
    digest = compute_content_digest(reading)
    if baseline is None:
        return ReviewEvent(Change.NEW, reading.review_id, digest, reading, is_told=False)
    change, is_told = classify_arrival(reading, baseline)
    return ReviewEvent(change, reading.review_id, digest, reading, is_told=is_told)


def _compare(head: ReviewRecord, reading: ReviewReading, drift: DriftVerdict) -> list[ReviewEvent]:
    digest = compute_content_digest(reading)
    if head.presence == Presence.UNLISTED:
        return [ReviewEvent(Change.LISTED, reading.review_id, digest, reading, is_told=False)]
    found = []
    if head.presence in {Presence.GONE, Presence.MISSING}:
        found.append(ReviewEvent(Change.BACK, reading.review_id, digest, reading))
    if reading.review_id in drift.edited:
        found.append(ReviewEvent(Change.EDITED, reading.review_id, digest, reading))
    elif reading.review_id in drift.completed:
        found.append(ReviewEvent(Change.COMPLETED, reading.review_id, digest, reading, is_told=False))
    return found


def _find_missing(
    heads: Mapping[str, ReviewRecord], seen: frozenset[str], read: ListingRead, between_reads: timedelta
) -> list[ReviewEvent]:
    found: list[ReviewEvent] = []
    for review_id, head in heads.items():
        if review_id in seen or head.presence in {Presence.GONE, Presence.UNLISTED}:
            continue
        if head.missing_since is None:
            found.append(ReviewEvent(Change.MISSING, review_id, head.content_digest, is_told=False))
        elif read.coverage.started_at - head.missing_since >= between_reads:
            found.append(ReviewEvent(Change.GONE, review_id, head.content_digest))
    return found

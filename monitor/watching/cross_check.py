"""Cross-checks the sources of reviews: what one shows and another does not, although it covers it, is an incident.

Every source may lag, so a difference counts only after the grace period, and only against a reading that began after
it and is proven: a page read from its first row to its last, a list that reaches back far enough. A reading that
failed, met a wall or was partial proves nothing and is never counted as "missed".

Differences that are the site's own way and no incident: reviews of cancelled orders and reviews that do not count in
the rating are told to the seller only, ratings without a text have no card, a review that is gone was not missed,
variants of which a source has never shown anything may not be its own, an edited review keeps its first date in one
source and not in another, and nothing older than the watch is expected.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.readings.dates import read_uuid7_time
from flows.readings.sources import SOURCES, SourceName
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.closed_lists.states import Presence
from monitor.incidents import report_bad, report_good
from monitor.state import Transaction
from monitor.state.incidents import IncidentRecord
from monitor.state.reviews import ReviewRecord
from monitor.state.sources import SourceSighting, SourceState

LOOK_BACK = timedelta(days=30)
"""A review that was missed for so long is not looked for any more: each look reads the lists back to its date."""
MOST_OPEN = 20
"""Incidents of one kind at once: beyond that it is the source that is wrong, not a review."""

PUBLIC = "public"


@dataclass
class Differences:
    """What one comparison found, by review: why it is missed, and of which nothing can be said yet."""

    missed: dict[str, str] = field(default_factory=dict)
    settled: dict[str, str] = field(default_factory=dict)


def find_unexpected(sightings: Collection[SourceSighting]) -> frozenset[str]:
    """Names the reviews that the public page need not show, by what any source tells of them. Pure."""
    silent = {one.review_id for one in sightings} - {one.review_id for one in sightings if one.has_text}
    apart = {one.review_id for one in sightings if one.order_status == "cancelled" or one.is_counted is False}
    return frozenset(silent | apart)


def find_suspects(tx: Transaction, account_id: str, *, grace: timedelta) -> dict[str, list[SourceSighting]]:
    """Returns, by product, reviews that its page should show by now: the page is then read from top to end."""
    overdue: dict[str, list[SourceSighting]] = {}
    unlisted = tx.sources.unlisted(account_id, since=tx.now() - LOOK_BACK)
    unexpected = find_unexpected(unlisted)
    for sighting in unlisted:
        if sighting.review_id not in unexpected and sighting.first_seen_at + grace <= tx.now():
            read_at = tx.polls.last_whole(account_id, sighting.sku)
            if read_at is None or read_at < sighting.first_seen_at + grace:
                overdue.setdefault(sighting.sku, []).append(sighting)
    return overdue


def find_reach(tx: Transaction, account_id: str, source: SourceName, *, grace: timedelta) -> datetime:
    """Says how far back a list must be read so that it joins up with what was read, and shows what is in doubt."""
    now = tx.now()
    known = tx.sources.state(account_id, source)
    if known is None or known.good_at is None:
        return now - LOOK_BACK
    moments = [known.good_at - 2 * grace]
    missed = [one.subject for one in _unclosed(tx, account_id, IncidentKind(f"review_missed_by_{source}"))]
    moments += [_published(tx.reviews.get(account_id, review_id)) or now for review_id in missed]
    unlisted = tx.sources.unlisted(account_id, since=now - LOOK_BACK)
    unexpected = find_unexpected(unlisted)
    shown = [one for one in unlisted if one.source == source and one.review_id not in unexpected]
    moments += [sighting.published_at or now for sighting in shown]
    return max(min(moments), now - LOOK_BACK)


def cross_check(tx: Transaction, account_id: str, sources: Collection[SourceName], *, grace: timedelta) -> list[str]:
    """Compares the sources as stored, opens incidents and closes them; returns what is newly missed, in words.

    Args:
        tx: A transaction under the account's lease.
        account_id: The account.
        sources: The sources that are switched on, besides the public page.
        grace: How long any of them may lag.
    """
    now = tx.now()
    states = {source: tx.sources.state(account_id, source) for source in sources}
    unlisted = tx.sources.unlisted(account_id, since=now - LOOK_BACK)
    told = _settle(tx, account_id, PUBLIC, _missed_by_public(tx, account_id, unlisted, states, grace))
    for source, state in states.items():
        if state is not None:
            told += _settle(tx, account_id, source, _missed_by(tx, account_id, state, unlisted, grace))
    for source in (one for one in SOURCES if one not in states):
        for incident in _unclosed(tx, account_id, IncidentKind(f"review_missed_by_{source}")):
            report_good(tx, account_id, incident.kind, subject=incident.subject, why="the source is switched off")
    return told


def _missed_by_public(
    tx: Transaction,
    account_id: str,
    unlisted: list[SourceSighting],
    states: dict[SourceName, SourceState | None],
    grace: timedelta,
) -> Differences:
    found = Differences()
    unexpected = find_unexpected(unlisted)
    pages = {sku: tx.polls.last_whole(account_id, sku) for sku in {one.sku for one in unlisted}}
    by_source = {str(source): state for source, state in states.items()}
    for one in unlisted:
        due, page_read = one.first_seen_at + grace, pages[one.sku]
        state = by_source.get(one.source)
        if one.review_id in unexpected:
            found.settled[one.review_id] = "the public page need not show it"
        elif one.source not in by_source:
            found.settled.setdefault(one.review_id, "the source that shows it is switched off")
        elif state is None or state.good_at is None or page_read is None or page_read < due:
            continue
        elif one.last_seen_at >= max(due, state.good_at):
            found.missed[one.review_id] = (
                f"{one.source} has shown it since {_shown(one.first_seen_at)}, the page of product {one.sku} was read "
                f"whole at {_shown(page_read)} without it"
            )
        elif one.last_seen_at < state.good_at and _is_reached(state, one.published_at):
            found.settled.setdefault(one.review_id, f"{one.source} does not show it any more either")
    return found


def _missed_by(
    tx: Transaction, account_id: str, state: SourceState, unlisted: list[SourceSighting], grace: timedelta
) -> Differences:
    found = Differences()
    good_at, since = state.good_at, state.reached_to
    if good_at is None or since is None:
        return found
    since = max(since, tx.now() - LOOK_BACK)
    for review in tx.sources.without_sighting(account_id, state.source, since=since, until=good_at - grace):
        if _is_covered(review, since) and _has_text(tx, review):
            found.missed[review.review_id] = (
                f"the page of product {review.sku} has shown it since {_shown(review.first_seen_at)}, {state.source} "
                f"was read at {_shown(good_at)} without it"
            )
    others = {one.review_id: one for one in unlisted if one.source != state.source and one.has_text}
    seen = tx.sources.sightings(account_id, state.source, others)
    for review_id, other in others.items():
        is_due = other.first_seen_at <= good_at - grace and other.last_seen_at >= other.first_seen_at + grace
        is_its_own = tx.sources.has_shown(account_id, state.source, other.item_id)
        if review_id not in seen and is_due and is_its_own and (other.published_at or good_at) >= since:
            found.missed[review_id] = (
                f"{other.source} has shown it since {_shown(other.first_seen_at)}, {state.source} was read at "
                f"{_shown(good_at)} without it"
            )
    return found


def _settle(tx: Transaction, account_id: str, source: str, found: Differences) -> list[str]:
    """Opens what is missed, reminds of what still is, and closes what was seen after all or is over."""
    kind = IncidentKind(f"review_missed_by_{source}")
    known = {incident.subject: incident for incident in _unclosed(tx, account_id, kind)}
    for review_id in known.keys() - found.missed.keys():
        why = found.settled.get(review_id) or _why_over(tx, account_id, source, review_id)
        if why is not None:
            report_good(tx, account_id, kind, subject=review_id, why=why)
    told = []
    room = MOST_OPEN - len(known)
    for review_id, detail in found.missed.items():
        if review_id not in known:
            room -= 1
            told.append(f"review {review_id} is missed by {source}: {detail}")
        if review_id in known or room >= 0:
            report_bad(tx, account_id, kind, subject=review_id, detail=detail)
    return told


def _why_over(tx: Transaction, account_id: str, source: str, review_id: str) -> str | None:
    review = tx.reviews.get(account_id, review_id)
    if review is None or review.presence == Presence.GONE:
        return "the review is gone"
    if source == PUBLIC:
        is_seen = review.presence != Presence.UNLISTED
    else:
        is_seen = any(one.source == source for one in tx.sources.of_review(account_id, review_id))
    if is_seen:
        return "it was seen after all"
    return "it is too old to be looked for" if review.first_seen_at < tx.now() - LOOK_BACK else None


def _unclosed(tx: Transaction, account_id: str, kind: IncidentKind) -> list[IncidentRecord]:
    return [one for one in tx.incidents.unclosed(account_id, only_open=False) if one.kind is kind]


def _is_covered(review: ReviewRecord, since: datetime) -> bool:
    """An edit moves the page's date: the first one, in the id, says whether a list by date must have shown it."""
    published = _published(review)
    return published is not None and published >= since


def _published(review: ReviewRecord | None) -> datetime | None:
    if review is None:
        return None
    created = read_uuid7_time(review.review_id)
    return created.earliest if created is not None else review.published_earliest


def _has_text(tx: Transaction, review: ReviewRecord) -> bool:
    newest = tx.reviews.newest_version(review.account_id, review.review_id)
    return newest is not None and bool(newest.text)


def _is_reached(state: SourceState, published: datetime | None) -> bool:
    return published is not None and state.reached_to is not None and published >= state.reached_to


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")

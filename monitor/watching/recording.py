"""Stores one poll and what it means, in one transaction: coverage, reviews, versions, log, words to people."""

from __future__ import annotations

from datetime import timedelta

from flows.readings.models import ListingRead, PageHealth
from monitor.state import Action, Lease, State, Transaction, subject
from monitor.state.accounts import ProductRecord
from monitor.state.reviews import Sighting
from monitor.state.text import JsonValue
from monitor.watching.detect import GONE_AFTER, Change, Detection, ReviewEvent, detect
from monitor.watching.incidents import report_bad, report_good
from monitor.watching.planner import Pulse, pulse_of_past

_TOLD = frozenset({Change.NEW, Change.EDITED, Change.BACK, Change.GONE})
_BROKEN = {
    PageHealth.BROKEN: "poll_broken",
    PageHealth.PARTIAL: "poll_partial",
    PageHealth.OFFLINE: "site_unavailable",
    PageHealth.PRODUCT_GONE: "product_gone",
}


def record_poll(
    state: State,
    lease: Lease,
    read: ListingRead,
    *,
    visit_id: str | None = None,
    gone_after: timedelta = GONE_AFTER,
) -> Detection:
    """Stores one poll of one watched product.

    Args:
        state: The store.
        lease: The right to the account.
        read: The poll.
        visit_id: The visit it belongs to.
        gone_after: Least distance of the two readings without a review before it is gone.

    Returns:
        What changed.

    Raises:
        LookupError: the product is not watched.
        LeaseLost, StorageError: nothing was stored.
    """
    with state.transaction(lease) as tx:
        product = tx.products.get(lease.account_id, read.coverage.sku)
        if product is None:
            raise LookupError(f"product {read.coverage.sku} is not watched")
        known = tx.reviews.heads(lease.account_id, product.sku)
        found = detect(
            known,
            read,
            has_baseline=product.baseline_at is not None,
            gone_after=gone_after,
            last_was_full=_was_last_full(tx, lease.account_id, product.sku),
        )
        poll_id = tx.polls.add(lease.account_id, read, visit_id=visit_id, is_baseline=found.is_baseline)
        _apply(tx, lease.account_id, read, found, poll_id)
        _note_product(tx, lease.account_id, read, found)
        _note_incidents(tx, lease.account_id, read, found)
        _write_log(tx, lease, read, found)
    return found


def _was_last_full(tx: Transaction, account_id: str, sku: str) -> bool:
    last = tx.polls.newest_read(account_id, sku)
    return last is not None and last.is_complete and last.stop == "all"


def _apply(tx: Transaction, account_id: str, read: ListingRead, found: Detection, poll_id: int) -> None:
    at = read.coverage.finished_at
    new = [_sighting(event, read) for event in found.of(Change.NEW)]
    tx.reviews.add(account_id, read.coverage.sku, new, is_baseline=found.is_baseline, poll_id=poll_id)
    for event in found.of(Change.LISTED):
        tx.reviews.list_publicly(account_id, _sighting(event, read), poll_id=poll_id)
    for event in found.of(Change.EDITED):
        tx.reviews.add_version(account_id, _sighting(event, read), poll_id=poll_id)
    tx.reviews.mark_present(account_id, found.seen_ids, at)
    tx.reviews.mark_missing(account_id, [event.review_id for event in found.of(Change.MISSING)], at)
    tx.reviews.mark_gone(account_id, [event.review_id for event in found.of(Change.GONE)], at)
    tx.polls.count(
        poll_id,
        new=len(found.of(Change.NEW)),
        edited=len(found.of(Change.EDITED)),
        gone=len(found.of(Change.GONE)),
    )
    for event in found.events:
        if event.change in _TOLD and not (found.is_baseline and event.change is Change.NEW):
            _tell(tx, account_id, read, event)


def _note_product(tx: Transaction, account_id: str, read: ListingRead, found: Detection) -> None:
    values: dict[str, JsonValue] = {}
    coverage = read.coverage
    product = tx.products.get(account_id, coverage.sku)
    if product is not None and (coverage.is_complete or read.is_unchanged):
        tx.products.change(account_id, coverage.sku, pulse=_pulse(product, read, found).pack())
    moments = {"last_polled_at": coverage.finished_at}
    if coverage.is_complete or read.is_unchanged:
        moments["last_complete_at"] = coverage.finished_at
    if found.is_baseline and coverage.is_complete:
        moments["baseline_at"] = coverage.finished_at
    if coverage.site_total is not None:
        values["reviews_total"] = coverage.site_total
    tx.products.change(account_id, coverage.sku, **moments, **_plain(values))
    if read.health is PageHealth.PRODUCT_GONE:
        tx.products.change(account_id, coverage.sku, gone_at=coverage.finished_at)
    elif read.health in {PageHealth.HEALTHY, PageHealth.EMPTY}:
        tx.products.change(account_id, coverage.sku, gone_at=None)


def _pulse(product: ProductRecord, read: ListingRead, found: Detection) -> Pulse:
    at = read.coverage.finished_at
    if found.is_baseline or product.last_polled_at is None:
        dates = (review.published.earliest for review in read.reviews)
        return pulse_of_past([date for date in dates if date is not None], now=at)
    arrived = found.of(Change.NEW) + found.of(Change.LISTED)
    return Pulse.unpack(product.pulse).beat(len(arrived), at - product.last_polled_at)


def _note_incidents(tx: Transaction, account_id: str, read: ListingRead, found: Detection) -> None:
    sku = read.coverage.sku
    bad = _BROKEN.get(read.health)
    detail = "; ".join(read.coverage.problems + found.problems)[:500]
    if bad is not None:
        report_bad(tx, account_id, bad, subject=sku, detail=detail)
    elif read.health in {PageHealth.HEALTHY, PageHealth.EMPTY}:
        for kind in _BROKEN.values():
            report_good(tx, account_id, kind, subject=sku)


def _write_log(tx: Transaction, lease: Lease, read: ListingRead, found: Detection) -> None:
    outputs: dict[str, JsonValue] = {
        "health": read.health.value,
        "way": read.coverage.way,
        "rows": read.coverage.rows_seen,
        "site_total": read.coverage.site_total,
        "is_complete": read.coverage.is_complete,
        "stop": read.coverage.stop,
        "is_baseline": found.is_baseline,
        "problems": list(found.problems),
    }
    outputs |= {change.value: len(found.of(change)) for change in Change}
    action = Action("poll", subjects=(subject("product", read.coverage.sku),), outputs=outputs, fence=lease.fence)
    tx.journal.record(lease.account_id, action)


def _tell(tx: Transaction, account_id: str, read: ListingRead, event: ReviewEvent) -> None:
    payload: dict[str, JsonValue] = {"review": event.review_id, "sku": read.coverage.sku}
    if event.reading is not None:
        payload |= {"rating": event.reading.rating, "text": event.reading.text[:500], "url": event.reading.url}
    key = f"review:{event.review_id}:{event.change.value}:{event.content_digest[:16]}"
    if event.change in {Change.BACK, Change.GONE}:
        key += f":{read.coverage.finished_at.isoformat()}"
    tx.outbox.put(account_id, f"review.{event.change.value}", payload, dedup_key=key)


def _sighting(event: ReviewEvent, read: ListingRead) -> Sighting:
    if event.reading is None:
        raise ValueError(f"nothing was read of {event.review_id}")
    return Sighting(event.reading, event.content_digest, read.coverage.finished_at)


def _plain(values: dict[str, JsonValue]) -> dict[str, int]:
    return {name: value for name, value in values.items() if isinstance(value, int)}

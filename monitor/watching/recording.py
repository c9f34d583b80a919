"""Stores one poll of a listing and what it means, in one transaction: coverage, reviews, log, words to people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.readings.drift import DriftVerdict, judge_drift
from flows.readings.models import ListingRead, PageHealth
from monitor.appeals.reinstating import reinstate
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.closed_lists.review_changes import ARRIVALS, STEPS_OF_A_CASE, Change
from monitor.incidents import report_bad, report_good
from monitor.state import Action, Lease, State, Transaction, subject
from monitor.state.accounts import ProductRecord
from monitor.state.reviews import ReviewRecord, Sighting
from monitor.state.text import JsonValue
from monitor.state.version_seals import told_versions
from monitor.watching.cuts import LASTING, next_cut, tell_cut
from monitor.watching.detect import BETWEEN_READS, Baseline, Detection, ReviewEvent, detect, is_answer
from monitor.watching.planner import Pulse, pulse_of_past

_STORES_A_VERSION = (*ARRIVALS, Change.LISTED, Change.EDITED, Change.COMPLETED)
_BROKEN = {
    PageHealth.BROKEN: IncidentKind.POLL_BROKEN,
    PageHealth.PARTIAL: IncidentKind.POLL_PARTIAL,
    PageHealth.OFFLINE: IncidentKind.SITE_UNAVAILABLE,
    PageHealth.PRODUCT_GONE: IncidentKind.PRODUCT_GONE,
}
_OF_A_PAGE = (*_BROKEN.values(), IncidentKind.PAGE_DRIFT, IncidentKind.POLL_FAILED)
_GOOD = frozenset({PageHealth.HEALTHY, PageHealth.EMPTY})


@dataclass(frozen=True)
class _Listing:
    """The listing that was read: through which product, which others share it, and which of its items are watched."""

    account_id: str
    product: ProductRecord
    shared: tuple[ProductRecord, ...]
    own: frozenset[str]

    @property
    def id(self) -> str:
        return self.product.listing

    def baseline(self, tx: Transaction, read: ListingRead, known: Mapping[str, ReviewRecord]) -> Baseline | None:
        """When watching began; a first reading that shows mostly what another listing shows began with that one."""
        if (own := _earliest(self.shared)) is not None or not is_answer(read):
            return own
        shown = [review.review_id for review in read.reviews if review.review_id in known]
        if not shown or len(shown) * 2 < len(read.reviews):
            return None
        standings = tx.listings.of_review(self.account_id, min(shown))
        return _earliest([one for row in standings for one in tx.listings.products(self.account_id, row.listing)])

    def sku_of(self, event: ReviewEvent) -> str:
        """The watched product a review is about; of an item that is not watched, the one it was read through."""
        item_id = event.reading.item_id if event.reading is not None else ""
        return item_id if item_id in self.own else self.product.sku


def _earliest(products: Sequence[ProductRecord]) -> Baseline | None:
    began = [(one.baseline_at, one.is_baseline_whole) for one in products if one.baseline_at is not None]
    return Baseline(*min(began)) if began else None


def record_poll(
    state: State,
    lease: Lease,
    read: ListingRead,
    *,
    visit_id: str | None = None,
    between_reads: timedelta = BETWEEN_READS,
    is_sweep: bool = False,
) -> Detection:
    """Stores one poll of a listing, read through one watched product, for all products that share it.

    Args:
        state: The store.
        lease: The right to the account.
        read: The poll.
        visit_id: The visit it belongs to.
        between_reads: Least distance of the two readings without a review before it is gone.
        is_sweep: All pages of all orders were read that the site gives of a cut listing.

    Returns:
        What changed.

    Raises:
        LookupError: the product is not watched.
        LeaseLost, StorageError: nothing was stored.
    """
    with state.transaction(lease) as tx:
        listing = _find_listing(tx, lease.account_id, read)
        known = _known(tx, listing, read)
        drift = _judge(tx, listing, read, known)
        baseline = listing.baseline(tx, read, known)
        found = detect(
            known,
            read,
            drift=drift,
            baseline=baseline,
            between_reads=between_reads,
            last_was_full=_was_last_full(tx, listing),
        )
        if drift.drifted_in is not None and is_answer(read):
            read = _refuse(read, drift)
        found = _stand(tx, listing, found, read)
        poll_id = tx.polls.add(
            lease.account_id, read, visit_id=visit_id, is_baseline=found.is_baseline, listing=listing.id
        )
        _apply(tx, listing, read, found, poll_id)
        reinstate(tx, lease.account_id, found.seen_ids, read_at=read.coverage.finished_at, fence=lease.fence)
        _fill_in(tx, listing, read, known, drift)
        if baseline is None and found.is_baseline:
            baseline = Baseline(read.coverage.began_at, read.coverage.is_complete)
        _note_products(tx, listing, read, found, baseline, is_sweep=is_sweep)
        _note_incidents(tx, listing, read, found)
        _write_log(tx, lease, read, found, poll_id)
        _write_steps(tx, lease, read, found)
    return found


def record_failure(state: State, lease: Lease, sku: str, error: Exception) -> None:
    """Stores that a product could not be polled for a reason that is no answer of the site: told, and of it alone.

    Raises:
        LeaseLost, StorageError: nothing was stored.
    """
    detail = f"{type(error).__name__}: {error}"[:500]
    with state.transaction(lease) as tx:
        report_bad(tx, lease.account_id, IncidentKind.POLL_FAILED, subject=sku, detail=detail)
        action = Action(
            "poll.failed", subjects=(subject("product", sku),), outputs={"problem": detail}, fence=lease.fence
        )
        tx.journal.record(lease.account_id, action)


def note_own_page(tx: Transaction, product: ProductRecord) -> None:
    """Notes that a product's own page answers: what was told of it alone is over."""
    for incident in tx.incidents.unclosed(product.account_id, only_open=False):
        if incident.subject == product.sku and incident.kind in _OF_A_PAGE:
            report_good(tx, product.account_id, incident.kind, subject=product.sku)


def troubled_pages(tx: Transaction, account_id: str) -> frozenset[str]:
    """Returns the products of which something is told that only a look at their own page can end."""
    unclosed = tx.incidents.unclosed(account_id, only_open=False)
    return frozenset(incident.subject for incident in unclosed if incident.kind in _OF_A_PAGE)


def _find_listing(tx: Transaction, account_id: str, read: ListingRead) -> _Listing:
    sku, items = read.coverage.sku, {review.item_id for review in read.reviews}
    product = tx.products.get(account_id, sku)
    if product is None:
        raise LookupError(f"product {sku} is not watched")
    shared = tx.listings.products(account_id, product.listing) or [product]
    return _Listing(account_id, product, tuple(shared), tx.products.watched_among(account_id, items))


def _known(tx: Transaction, listing: _Listing, read: ListingRead) -> dict[str, ReviewRecord]:
    standing = {head.review_id: head for head in tx.reviews.heads(listing.account_id, listing.id)}
    strangers = {review.review_id for review in read.reviews} - standing.keys()
    return standing | tx.reviews.get_many(listing.account_id, strangers)


def _judge(tx: Transaction, listing: _Listing, read: ListingRead, known: Collection[str]) -> DriftVerdict:
    if read.is_unchanged or not is_answer(read):
        return DriftVerdict()
    ids = [review.review_id for review in read.reviews if review.review_id in known]
    return judge_drift(tx.reviews.newest_readings(listing.account_id, ids), read.reviews)


def _refuse(read: ListingRead, drift: DriftVerdict) -> ListingRead:
    problems = (drift.problem, *read.coverage.problems)
    coverage = read.coverage.model_copy(update={"problems": problems, "is_complete": False, "stop": "problem"})
    return read.model_copy(update={"health": PageHealth.BROKEN, "reviews": (), "coverage": coverage})


def _was_last_full(tx: Transaction, listing: _Listing) -> bool:
    last = tx.polls.newest_read(listing.account_id, listing.id)
    return last is not None and last.is_complete and last.stop == "all"


def _stand(tx: Transaction, listing: _Listing, found: Detection, read: ListingRead) -> Detection:
    """Notes where reviews stand in this listing, and drops what is only true of it.

    A card whose variants were taken apart has its reviews in several listings. A review is missing when none shows it,
    gone as soon as one listing proves it while none shows it, and back when the first one shows it: each told once.
    """
    at, account_id = read.coverage.finished_at, listing.account_id
    missing = [event.review_id for event in found.of(Change.MISSING)]
    gone = [event.review_id for event in found.of(Change.GONE)]
    tx.listings.mark_missing(account_id, listing.id, missing, at)
    tx.listings.mark_gone(account_id, listing.id, gone, at)
    elsewhere = tx.listings.elsewhere(account_id, listing.id, [*missing, *gone])
    back = [event.review_id for event in found.of(Change.BACK)]
    told = {head.review_id: head.presence for head in tx.reviews.get_many(account_id, {*gone, *back}).values()}
    kept = [event for event in found.events if not _is_of_one_listing(event, elsewhere, told)]
    return replace(found, events=tuple(kept))


def _is_of_one_listing(event: ReviewEvent, elsewhere: Mapping[str, str], told: Mapping[str, str]) -> bool:
    """Whether a change is no change of the review: another listing shows it, or the same was told from there."""
    if event.change is Change.BACK:
        return told.get(event.review_id) == "present"
    if event.change in {Change.MISSING, Change.GONE} and elsewhere.get(event.review_id) == "present":
        return True
    return event.change is Change.GONE and told.get(event.review_id) == "gone"


def _apply(tx: Transaction, listing: _Listing, read: ListingRead, found: Detection, poll_id: int) -> None:
    account_id, at = listing.account_id, read.coverage.finished_at
    for event in found.events:
        if event.change in ARRIVALS:
            is_old = found.is_baseline or event.change is Change.SURFACED
            tx.reviews.add(
                account_id, listing.sku_of(event), [_sighting(event, read)], is_baseline=is_old, poll_id=poll_id
            )
        elif event.change is Change.LISTED:
            tx.reviews.list_publicly(account_id, _sighting(event, read), poll_id=poll_id)
        elif event.change in {Change.EDITED, Change.COMPLETED}:
            tx.reviews.add_version(account_id, _sighting(event, read), poll_id=poll_id)
    tx.listings.put(account_id, listing.id, found.seen_ids)
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
        if event.is_told:
            _tell(tx, listing, read, event)


def _fill_in(
    tx: Transaction, listing: _Listing, read: ListingRead, known: Mapping[str, ReviewRecord], drift: DriftVerdict
) -> None:
    """Fills in what was not asked for or could not be read before, which is no version: items' names, dates."""
    shown = [(known[review.review_id], review) for review in read.reviews if review.review_id in known]
    nameless = [review for head, review in shown if review.item_name and not head.item_name]
    tx.reviews.name_items(listing.account_id, nameless)
    for head, review in shown:
        if head.published_earliest is None and review.published.earliest and review.review_id not in drift.flags:
            tx.reviews.date_review(listing.account_id, review)
    names = {review.item_id: review.item_name for review in read.reviews if review.item_name}
    for product in listing.shared:
        if not product.title and product.sku in names:
            tx.products.change(listing.account_id, product.sku, title=names[product.sku])


def _note_products(
    tx: Transaction,
    listing: _Listing,
    read: ListingRead,
    found: Detection,
    baseline: Baseline | None,
    *,
    is_sweep: bool,
) -> None:
    coverage = read.coverage
    values = _told_of_all(listing, read)
    if is_sweep:
        values["swept_at"] = coverage.finished_at
    for product in listing.shared:
        own = dict(values)
        if _is_proven(read):
            own["pulse"] = _pulse(product, read, found).pack()
        if baseline is not None and product.baseline_at is None:
            own |= {"baseline_at": baseline.at, "is_baseline_whole": baseline.is_whole}
        tx.products.change(listing.account_id, product.sku, **own)
    if read.health is PageHealth.PRODUCT_GONE:
        tx.products.change(listing.account_id, listing.product.sku, gone_at=coverage.finished_at)
    elif read.health in _GOOD:
        tx.products.change(listing.account_id, listing.product.sku, gone_at=None)


def _told_of_all(listing: _Listing, read: ListingRead) -> dict[str, datetime | str | int | None]:
    """What a reading says of every product that shares the listing."""
    coverage = read.coverage
    values: dict[str, datetime | str | int | None] = {"last_polled_at": coverage.finished_at}
    cut = _cut_of(listing, read)
    # All that the site shows of a cut listing was read: more is not to be had, and people are told how much it is.
    if _is_proven(read) or cut in LASTING or (coverage.cut == "page_limit" and listing.product.cut in LASTING):
        values["last_complete_at"] = coverage.finished_at
    if coverage.site_total is not None and is_answer(read):
        values["reviews_total"] = coverage.site_total
    return values if cut is None else values | {"cut": cut, "reviews_shown": len(read.reviews)}


def _cut_of(listing: _Listing, read: ListingRead) -> str | None:
    return next_cut(listing.product.cut, read.coverage) if is_answer(read) and not read.is_unchanged else None


def _is_proven(read: ListingRead) -> bool:
    return read.coverage.is_complete or read.is_unchanged


def _pulse(product: ProductRecord, read: ListingRead, found: Detection) -> Pulse:
    at = read.coverage.finished_at
    if found.is_baseline or product.last_polled_at is None:
        dates = (review.published.earliest for review in read.reviews)
        return pulse_of_past([date for date in dates if date is not None], now=at)
    arrived = found.of(Change.NEW) + found.of(Change.LISTED)
    return Pulse.unpack(product.pulse).beat(len(arrived), at - product.last_polled_at)


def _note_incidents(tx: Transaction, listing: _Listing, read: ListingRead, found: Detection) -> None:
    account_id, sku, coverage = listing.account_id, listing.product.sku, read.coverage
    detail = "; ".join(coverage.problems + found.problems)[:500]
    cut = _cut_of(listing, read)
    kind = _kind_of_trouble(read, detail, cut)
    if kind is not None:
        report_bad(tx, account_id, kind, subject=sku, detail=detail)
    elif read.health in {*_GOOD, PageHealth.PARTIAL}:
        note_own_page(tx, listing.product)
    if cut in LASTING:
        report_bad(
            tx,
            account_id,
            IncidentKind.LISTING_CUT,
            subject=sku,
            detail=tell_cut(cut or "", len(read.reviews), coverage.site_total),
        )
    elif cut == "":
        report_good(tx, account_id, IncidentKind.LISTING_CUT, subject=sku, why="the site shows all of them")


def _kind_of_trouble(read: ListingRead, detail: str, cut: str | None) -> IncidentKind | None:
    """Names the incident a reading is; a listing that the site itself cuts is a state, no trouble of the reading."""
    if read.health is PageHealth.BROKEN and "drift: " in detail:
        return IncidentKind.PAGE_DRIFT
    if read.health is PageHealth.PARTIAL and (cut in LASTING or read.coverage.cut == "page_limit"):
        return None
    return _BROKEN.get(read.health)


def _write_log(tx: Transaction, lease: Lease, read: ListingRead, found: Detection, poll_id: int) -> None:
    coverage = read.coverage
    outputs: dict[str, JsonValue] = {
        "health": read.health.value,
        "way": coverage.way,
        "rows": coverage.rows_seen,
        "site_total": coverage.site_total,
        "is_complete": coverage.is_complete,
        "stop": coverage.stop,
        "cut": coverage.cut,
        "orders": list(coverage.orders),
        "is_baseline": found.is_baseline,
        "problems": list(found.problems),
    }
    outputs |= {change.value: len(found.of(change)) for change in Change}
    if any(found.of(change) for change in _STORES_A_VERSION):
        outputs |= told_versions(poll_id, tx.review_rows.of_poll(lease.account_id, poll_id))
    action = Action("poll", subjects=(subject("product", coverage.sku),), outputs=outputs, fence=lease.fence)
    tx.journal.record(lease.account_id, action)


def _write_steps(tx: Transaction, lease: Lease, read: ListingRead, found: Detection) -> None:
    product = subject("product", read.coverage.sku)
    read_at: dict[str, JsonValue] = {"read_at": read.coverage.finished_at.isoformat()}
    for event in found.events:
        if event.change in STEPS_OF_A_CASE:
            subjects = (subject("review", event.review_id), product)
            action = Action(f"review.{event.change.value}", subjects=subjects, outputs=read_at, fence=lease.fence)
            tx.journal.record(lease.account_id, action)


def _tell(tx: Transaction, listing: _Listing, read: ListingRead, event: ReviewEvent) -> None:
    payload: dict[str, JsonValue] = {"review": event.review_id, "sku": listing.sku_of(event)}
    if event.reading is not None:
        reading = event.reading
        payload |= {"rating": reading.rating, "text": reading.text[:500], "url": reading.url}
        payload |= {"item": reading.item_id, "item_name": reading.item_name}
        payload["variant"] = ", ".join(f"{one.name}: {one.value}" for one in reading.variants)
    key = f"review:{event.review_id}:{event.change.value}:{event.content_digest[:16]}"
    if event.change in {Change.BACK, Change.GONE, Change.EDITED}:  # an author may write an earlier text again
        key += f":{read.coverage.finished_at.isoformat()}"
    tx.outbox.put(listing.account_id, f"review.{event.change.value}", payload, dedup_key=key)


def _sighting(event: ReviewEvent, read: ListingRead) -> Sighting:
    if event.reading is None:
        raise ValueError(f"nothing was read of {event.review_id}")
    return Sighting(event.reading, event.content_digest, read.coverage.finished_at)

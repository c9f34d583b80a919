"""Stores what another source of reviews showed: new ones are news like those of the public page, by the same id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flows.readings.drift import DriftVerdict, judge_drift
from flows.readings.models import PageHealth
from flows.readings.sources import SourceName, SourceRead, SourceRow
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.closed_lists.states import Presence
from monitor.incidents import report_bad, report_good
from monitor.state import Action, Lease, State, Transaction
from monitor.state import subject as log_subject
from monitor.state.reviews import ReviewRecord, Sighting
from monitor.state.sources import SourceSighting
from monitor.state.text import JsonValue
from monitor.watching.detect import compute_content_digest

REFUSED, UNAVAILABLE, BROKEN = (
    IncidentKind.SOURCE_REFUSED,
    IncidentKind.SOURCE_UNAVAILABLE,
    IncidentKind.SOURCE_BROKEN,
)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a list begins that was read to its end."""


@dataclass(frozen=True)
class SourceFound:
    """What one reading of a source brought.

    Attributes:
        new: Reviews nobody knew of, told as news.
        baseline: Reviews nobody knew of that were there before the source was watched.
        edited: Reviews only other sources than the public page know, with another text.
        foreign: Rows that belong to no watched product.
    """

    new: tuple[str, ...] = ()
    baseline: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    foreign: int = 0


def find_unread_products(tx: Transaction, account_id: str, read: SourceRead) -> frozenset[str]:
    """Names the watched products of which a source shows a review that is not stored: their page is worth a look."""
    known = tx.reviews.get_many(account_id, [row.review.review_id for row in read.rows])
    products = _products_of(tx, account_id, read)
    fresh = (row.review.item_id for row in read.rows if row.review.review_id not in known)
    return frozenset(products[item_id] for item_id in fresh if item_id in products)


def record_source(state: State, lease: Lease, read: SourceRead) -> SourceFound:
    """Stores one reading of a source, in one transaction.

    Raises:
        LeaseLost, StorageError: nothing was stored.
    """
    account_id = lease.account_id
    with state.transaction(lease) as tx:
        before = tx.sources.state(account_id, read.source)
        products = _products_of(tx, account_id, read)
        rows = [row for row in read.rows if row.review.item_id in products]
        ids = [row.review.review_id for row in rows]
        known = tx.reviews.get_many(account_id, ids)
        seen = tx.sources.sightings(account_id, read.source, ids)
        drift = judge_drift(tx.reviews.newest_readings(account_id, known), [row.review for row in rows])
        if drift.drifted_in is not None:
            return _refuse(tx, lease, read, drift)
        watch = _Watch(tx, account_id, read, products, is_first=before is None or before.good_at is None)
        new, baseline = watch.add([row for row in rows if row.review.review_id not in known])
        edited = watch.edit(
            [row for row in rows if row.review.review_id in drift.edited and _is_edit(row, known, seen)]
        )
        tx.sources.put(watch.sighting(row, seen.get(row.review.review_id)) for row in rows)
        found = SourceFound(new, baseline, edited, len(read.rows) - len(rows))
        _note_reading(tx, account_id, read, found)
        _write_log(tx, lease, read, found)
    return found


def record_detail(state: State, lease: Lease, row: SourceRow) -> str:
    """Stores what the cabinet says beside one review that was opened in it; returns why it is not believed, or "".

    What it tells of the review itself is compared with what is stored and not kept: the page's own word counts.

    Raises:
        LeaseLost, StorageError: nothing was stored.
    """
    account_id, review_id = lease.account_id, row.review.review_id
    with state.transaction(lease) as tx:
        known = tx.reviews.get(account_id, review_id)
        told = judge_drift(tx.reviews.newest_readings(account_id, [review_id]), [row.review])
        changed = [flag for flag in told.flags.get(review_id, ()) if flag.endswith("_changed")]
        if known is None or changed:
            return ", ".join(changed) or "unknown_review"
        before = tx.sources.sightings(account_id, "cabinet", [review_id]).get(review_id)
        seen = _sighting(account_id, row, before, source="cabinet", sku=known.sku, at=tx.now())
        tx.sources.put([seen])
        outputs: dict[str, JsonValue] = {"source": "cabinet", "remarks": len(row.remarks)}
        subjects = [log_subject("review", review_id)]
        tx.journal.record(account_id, Action("source.read", subjects=subjects, outputs=outputs, fence=lease.fence))
    return ""


def record_failure(
    state: State,
    lease: Lease,
    source: SourceName,
    *,
    kind: IncidentKind,
    problem: str,
    hint: str,
    hold: timedelta | None,
) -> None:
    """Stores that a source could not be read; what it does not show says nothing then.

    Args:
        state: The store.
        lease: The right to the account.
        source: Which.
        kind: The kind of incident it is.
        problem: What was wrong.
        hint: The next step.
        hold: For how long the source asked to be left alone.
    """
    with state.transaction(lease) as tx:
        held_until = tx.now() + hold if hold else None
        tx.sources.note_bad(lease.account_id, source, problem=problem, hint=hint, held_until=held_until)
        report_bad(tx, lease.account_id, kind, subject=source, detail=f"{problem}. {hint}".rstrip(". "))
        outputs: dict[str, JsonValue] = {"source": source, "problem": problem, "kind": kind.value}
        tx.journal.record(lease.account_id, Action("source.failed", outputs=outputs, fence=lease.fence))


@dataclass(frozen=True)
class _Watch:
    """One reading on its way into the store."""

    tx: Transaction
    account_id: str
    read: SourceRead
    products: dict[str, str]
    is_first: bool

    def add(self, rows: list[SourceRow]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        news = [row for row in rows if self._is_news(row)]
        told = {row.review.review_id for row in news}
        old = [row for row in rows if row.review.review_id not in told]
        self._store(news, is_baseline=False)
        self._store(old, is_baseline=True)
        for row in news:
            self._tell(row, "new")
        return tuple(told), tuple(row.review.review_id for row in old)

    def edit(self, rows: list[SourceRow]) -> tuple[str, ...]:
        for row in rows:
            self.tx.reviews.add_version(self.account_id, self._stored(row), poll_id=None)
            self._tell(row, "edited")
        return tuple(row.review.review_id for row in rows)

    def sighting(self, row: SourceRow, before: SourceSighting | None) -> SourceSighting:
        sku = self.products[row.review.item_id]
        return _sighting(self.account_id, row, before, source=self.read.source, sku=sku, at=self.read.started_at)

    def _is_news(self, row: SourceRow) -> bool:
        """The first reading learns what is there; only what came after the product was watched is news then."""
        if not self.is_first:
            return True
        product = self.tx.products.get(self.account_id, self.products[row.review.item_id])
        published = row.review.published.earliest
        since = product.baseline_at if product else None
        return since is not None and published is not None and published >= since

    def _store(self, rows: list[SourceRow], *, is_baseline: bool) -> None:
        for row in rows:
            self.tx.reviews.add(
                self.account_id,
                self.products[row.review.item_id],
                [self._stored(row)],
                is_baseline=is_baseline,
                poll_id=None,
                presence=Presence.UNLISTED,
            )

    def _stored(self, row: SourceRow) -> Sighting:
        return Sighting(row.review, compute_content_digest(row.review), self.read.finished_at)

    def _tell(self, row: SourceRow, change: str) -> None:
        review = row.review
        payload: dict[str, JsonValue] = {
            "review": review.review_id,
            "sku": self.products[review.item_id],
            "rating": review.rating,
            "text": review.text[:500],
            "url": review.url,
            "source": self.read.source,
        }
        key = f"review:{review.review_id}:{change}:{compute_content_digest(review)[:16]}"
        if change == "edited":  # an author may write an earlier text again
            key += f":{self.read.finished_at.isoformat()}"
        self.tx.outbox.put(self.account_id, f"review.{change}", payload, dedup_key=key)


def _sighting(
    account_id: str, row: SourceRow, before: SourceSighting | None, *, source: SourceName, sku: str, at: datetime
) -> SourceSighting:
    """What is stored of a row. A remark that was told once stays: a key that went away must not take it along."""
    told = before.remarks.splitlines() if before else []
    return SourceSighting(
        account_id=account_id,
        review_id=row.review.review_id,
        source=source,
        sku=sku,
        item_id=row.review.item_id,
        digest=compute_content_digest(row.review),
        published_at=row.review.published.earliest,
        order_status=row.order_status,
        is_counted=row.is_counted,
        remarks="\n".join(dict.fromkeys([*row.remarks, *told])),
        has_text=bool(row.review.text),
        first_seen_at=at,  # of a known one the store keeps the first
        last_seen_at=at,
    )


def _products_of(tx: Transaction, account_id: str, read: SourceRead) -> dict[str, str]:
    """Maps the variants that a source names to watched products: by number, else by whose page showed the variant."""
    watched = {product.sku for product in tx.products.watched(account_id)}
    items = {row.review.item_id for row in read.rows}
    shown = tx.reviews.products_of_items(account_id, items - watched)
    return {item: item for item in items & watched} | {item: sku for item, sku in shown.items() if sku in watched}


def _is_edit(row: SourceRow, known: dict[str, ReviewRecord], seen: dict[str, SourceSighting]) -> bool:
    """Only where the public page has not spoken: it tells more of a text, and its word counts."""
    head, before = known.get(row.review.review_id), seen.get(row.review.review_id)
    is_unlisted = head is not None and head.presence == Presence.UNLISTED
    return is_unlisted and before is not None and before.digest != compute_content_digest(row.review)


def _refuse(tx: Transaction, lease: Lease, read: SourceRead, drift: DriftVerdict) -> SourceFound:
    """The list contradicts what is stored as a body: it has changed, and nothing of it is stored."""
    refused = read.model_copy(update={"health": PageHealth.PARTIAL, "problems": (drift.problem, *read.problems)})
    found = SourceFound()
    _note_reading(tx, lease.account_id, refused, found)
    _write_log(tx, lease, refused, found)
    return found


def _note_reading(tx: Transaction, account_id: str, read: SourceRead, found: SourceFound) -> None:
    if read.health is PageHealth.PARTIAL:
        problem = "; ".join(read.problems)[:500]
        tx.sources.note_bad(account_id, read.source, problem=problem)
        report_bad(tx, account_id, BROKEN, subject=read.source, detail=problem)
        return
    tx.sources.note_good(
        account_id,
        read.source,
        at=read.started_at,
        reached_to=BEGINNING if read.is_whole else read.reaches_back_to,
        rows=len(read.rows),
        foreign=found.foreign,
    )
    for kind in (REFUSED, UNAVAILABLE, BROKEN):
        report_good(tx, account_id, kind, subject=read.source)


def _write_log(tx: Transaction, lease: Lease, read: SourceRead, found: SourceFound) -> None:
    outputs: dict[str, JsonValue] = {
        "source": read.source,
        "health": read.health.value,
        "rows": len(read.rows),
        "pages": read.pages_read,
        "new": len(found.new),
        "baseline": len(found.baseline),
        "edited": len(found.edited),
        "foreign": found.foreign,
        "problems": list(read.problems),
    }
    subjects = [log_subject("review", review_id) for review_id in found.new[:50]]
    action = Action("source.read", subjects=subjects, outputs=outputs, fence=lease.fence)
    tx.journal.record(lease.account_id, action)

"""A small world for tests of the store and the ledger: an account, a product, reviews, drafts, on either store."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evidence_store.journal import Actor
from flows.readings.models import Coverage, ListingRead, PageHealth, ReviewReading, TimeReading
from monitor.appeals.drafting import Drafting
from monitor.appeals.payload import Payload
from monitor.appeals.terms import ChannelTerms
from monitor.clock import Clock, ManualClock
from monitor.state import Lease, State, StatePlaces
from monitor.state.appeals import AppealRecord
from monitor.watching.recording import record_poll

START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
ACCOUNT = "main"
SITE = "ozon"
IDENTITY = "site_profile:42"
SKU = "1001"
OPERATOR = Actor(kind="operator", id="anna")

LIST_TERMS = ChannelTerms(
    channel="order_appeal",
    has_list=True,
    submits_by_visible_request=True,
    pace=timedelta(0),
    daily_cap=1_000,
    stops_on_unknown=False,
)
NO_LIST_TERMS = ChannelTerms(
    channel="public_report",
    has_list=False,
    submits_by_visible_request=True,
    pace=timedelta(0),
    daily_cap=1_000,
    stops_on_unknown=False,
)


@dataclass
class StoreHome:
    """Where one test's store lies; ``open`` can be called again and again, as restarts are."""

    url: str
    folder: Path
    clock: Clock = field(default_factory=lambda: ManualClock(START))
    uses_own_clock: bool = True

    def places(self) -> StatePlaces:
        return StatePlaces(
            url=self.url,
            mirror=self.folder / "log",
            watermark=self.folder / "elsewhere" / "mark.json",
            uses_own_clock=self.uses_own_clock,
        )

    def open(self) -> State:
        return State.open(self.places(), clock=self.clock)


@contextmanager
def fast_folder(fallback: Path) -> Iterator[Path]:
    """A folder in memory where there is such a place: what a killed process wrote is as safe there as on a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield fallback
        return
    folder = Path(tempfile.mkdtemp(dir=memory))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sqlite_home(folder: Path, clock: Clock | None = None) -> StoreHome:
    """Returns a store in a file."""
    return StoreHome(f"sqlite:///{folder / 'db' / 'state.db'}", folder, clock or ManualClock(START))


def review(
    review_id: str,
    *,
    rating: int = 1,
    text: str = "плохо",
    version: int = 0,
    item_id: str = SKU,
    at: datetime = START,
) -> ReviewReading:
    return ReviewReading(
        site=SITE,
        review_id=review_id,
        item_id=item_id,
        rating=rating,
        text=text,
        version=version,
        published=TimeReading(raw="1 октября 2026", earliest=at, latest=at, basis="unix_seconds"),
        url=f"https://example.test/review/{review_id}",
    )


def listing(
    reviews: list[ReviewReading],
    at: datetime,
    *,
    health: PageHealth = PageHealth.HEALTHY,
    is_complete: bool = True,
    sku: str = SKU,
) -> ListingRead:
    coverage = Coverage(
        sku=sku,
        way="fetch_json",
        started_at=at - timedelta(seconds=2),
        finished_at=at,
        pages_read=1,
        rows_seen=len(reviews),
        site_total=len(reviews),
        first_review_id=reviews[0].review_id if reviews else None,
        last_review_id=reviews[-1].review_id if reviews else None,
        stop="all" if is_complete else "problem",
        is_complete=is_complete,
    )
    return ListingRead(health=health, reviews=tuple(reviews), coverage=coverage)


def lease_of(state: State, owner: str = "visit", *, seconds: float = 3600) -> Lease:
    return state.acquire(ACCOUNT, owner, timedelta(seconds=seconds))


def settle_in(state: State, review_ids: list[str]) -> None:
    """Adds the account, the product and its reviews."""
    with state.transaction() as tx:
        tx.accounts.add(ACCOUNT, site=SITE)
        tx.products.add(ACCOUNT, SKU, url="https://example.test/product/1001")
    lease = lease_of(state, "first poll")
    record_poll(state, lease, listing([review(name) for name in review_ids], state.clock.now()))
    state.release(lease)


def payload_for(review_id: str, terms: ChannelTerms = LIST_TERMS, *, text: str = "Отзыв не о товаре.") -> Payload:
    return Payload(
        site=SITE,
        identity=IDENTITY,
        channel=terms.channel,
        review_id=review_id,
        review_version=1,
        ground="off_topic",
        reason_label="Отзыв не о товаре",
        text=text,
        product_url="https://example.test/product/1001",
    )


def draft(state: State, review_id: str, terms: ChannelTerms = LIST_TERMS) -> AppealRecord:
    with state.transaction() as tx:
        case = tx.cases.open(ACCOUNT, review_id)
    return Drafting(state).draft(case.id, payload_for(review_id, terms), actor=OPERATOR, terms=terms)


def approved(state: State, review_id: str, terms: ChannelTerms = LIST_TERMS) -> AppealRecord:
    appeal = draft(state, review_id, terms)
    return Drafting(state).approve(appeal.id, appeal.payload_hash, actor=OPERATOR)


def load(state: State, appeal_id: str) -> AppealRecord:
    with state.read() as tx:
        found = tx.appeals.get(appeal_id)
    assert found is not None
    return found

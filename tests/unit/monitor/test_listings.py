"""One listing, several products: a review is one, told once, and gone only when no watched listing shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flows.readings.models import ListingRead, PageHealth, ReviewReading, TimeReading
from monitor.clock import ManualClock
from monitor.closed_lists.review_changes import Change
from monitor.state import Lease, State
from monitor.watching import sharing
from monitor.watching.detect import BETWEEN_READS, Baseline, Detection, classify_arrival
from monitor.watching.recording import record_poll
from tests.appeal_world import ACCOUNT, SKU, START, fast_folder, lease_of, listing, review, settle_in, sqlite_home

RED, OTHER = "1002", "2001"


class Shop:
    """A store that watches two colours of one card and another card."""

    def __init__(self, state: State, clock: ManualClock) -> None:
        self.state, self.clock = state, clock
        settle_in(state, ["r1", "r2"])
        with state.transaction() as tx:
            for sku in (RED, OTHER):
                tx.products.add(ACCOUNT, sku, url=f"https://example.test/product/{sku}")
        self.lease: Lease = lease_of(state, seconds=10**9)

    def poll(self, sku: str, *reviews: ReviewReading, is_complete: bool = True, **coverage: object) -> Detection:
        self.clock.advance(BETWEEN_READS + timedelta(minutes=1))
        read = listing(list(reviews), self.clock.now(), sku=sku, is_complete=is_complete)
        read = read.model_copy(update={"coverage": read.coverage.model_copy(update=coverage)})
        return record_poll(self.state, self.lease, read)

    def join_equal(self, sku: str) -> str | None:
        with self.state.transaction(self.lease) as tx:
            product = tx.products.get(ACCOUNT, sku)
            assert product is not None
            found = sharing.find_shared(tx, product)
            if found is not None:
                sharing.join(tx, product, found)
            return found

    def messages(self) -> list[str]:
        with self.state.read() as tx:
            return [message.event for message in tx.outbox.all(ACCOUNT)]

    def presence(self, review_id: str) -> str:
        with self.state.read() as tx:
            found = tx.reviews.get(ACCOUNT, review_id)
        assert found is not None
        return found.presence


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = ManualClock(START)
    with fast_folder(tmp_path) as folder, sqlite_home(folder, clock).open() as state:
        yield Shop(state, clock)


def changes(found: Detection) -> list[tuple[Change, str]]:
    return [(event.change, event.review_id) for event in found.events]


def test_a_second_product_of_a_card_brings_no_news(shop: Shop) -> None:
    assert changes(shop.poll(RED, review("r1"), review("r2"))) == []
    assert shop.join_equal(RED) == SKU
    assert changes(shop.poll(SKU, review("r1"), review("r2"), review("r3", item_id=RED))) == [(Change.NEW, "r3")]
    assert shop.messages() == ["review.new"]
    with shop.state.read() as tx:
        stored = tx.reviews.get(ACCOUNT, "r3")
        assert stored is not None
        assert stored.sku == RED, "it is about the red one, whichever page showed it"
        assert {one.sku: one.reviews_total for one in tx.listings.products(ACCOUNT, SKU)} == {SKU: 3, RED: 3}


def test_what_comes_between_two_first_readings_of_a_card_is_news(shop: Shop) -> None:
    later = review("r3", at=shop.clock.now() + timedelta(minutes=5))
    assert changes(shop.poll(RED, review("r1"), review("r2"), later)) == [(Change.NEW, "r3")]
    assert shop.messages() == ["review.new"]
    with shop.state.read() as tx:
        red, first = tx.products.get(ACCOUNT, RED), tx.products.get(ACCOUNT, SKU)
        assert red is not None
        assert first is not None
        assert red.baseline_at == first.baseline_at


def test_a_card_of_its_own_stays_one(shop: Shop) -> None:
    shop.poll(OTHER, review("x1"), review("x2"))
    assert shop.join_equal(OTHER) is None


def test_a_review_that_two_listings_show_is_gone_when_neither_does(shop: Shop) -> None:
    shop.poll(OTHER, review("r2"), review("x1"), review("x2"))
    for _ in range(2):
        assert changes(shop.poll(SKU, review("r1"))) == []
    assert shop.presence("r2") == "present"
    assert changes(shop.poll(OTHER, review("x1"), review("x2"))) == [(Change.MISSING, "r2")]
    assert changes(shop.poll(OTHER, review("x1"), review("x2"))) == [(Change.GONE, "r2")]
    assert shop.messages() == ["review.gone"]


def test_a_review_of_two_listings_is_gone_once_and_back_once_whichever_is_asked_first(shop: Shop) -> None:
    shop.poll(OTHER, review("r2"), review("x1"), review("x2"))
    assert changes(shop.poll(SKU, review("r1"))) == []
    assert changes(shop.poll(OTHER, review("x1"), review("x2"))) == [(Change.MISSING, "r2")]
    assert changes(shop.poll(SKU, review("r1"))) == [(Change.GONE, "r2")], "no listing shows it, and this one proves it"
    assert changes(shop.poll(OTHER, review("x1"), review("x2"))) == []
    assert changes(shop.poll(OTHER, review("r2"), review("x1"), review("x2"))) == [(Change.BACK, "r2")]
    assert changes(shop.poll(SKU, review("r1"), review("r2"))) == []
    assert shop.messages() == ["review.gone", "review.back"]
    assert shop.presence("r2") == "present"


def test_a_listing_nobody_watches_any_more_keeps_no_review(shop: Shop) -> None:
    shop.poll(OTHER, review("r2"), review("x1"), review("x2"))
    with shop.state.transaction() as tx:
        tx.products.retire(ACCOUNT, OTHER)
    assert changes(shop.poll(SKU, review("r1"))) == [(Change.MISSING, "r2")]


def test_a_product_that_parts_reads_a_listing_of_its_own(shop: Shop) -> None:
    shop.poll(RED, review("r1"), review("r2"))
    shop.join_equal(RED)
    with shop.state.transaction(shop.lease) as tx:
        product = tx.products.get(ACCOUNT, RED)
        assert product is not None
        sharing.part(tx, product)
    assert changes(shop.poll(RED, review("r2"))) == []
    for _ in range(2):
        shop.poll(SKU, review("r1"))
    assert shop.presence("r2") == "present", "the red one's own page shows it"


@pytest.mark.parametrize(
    ("ids", "total", "expected"),
    [
        (["r1", "r2"], 2, True),
        (["r1", "r3"], 3, True),  # one came between the two looks
        (["r3", "r4"], 2, False),
        (["r1", "r2"], 40, False),
        ([], 2, False),
    ],
)
def test_a_first_page_proves_what_it_shows(ids: list[str], total: int, expected: bool) -> None:
    read = listing([review(name) for name in ids], START)
    read = read.model_copy(update={"coverage": read.coverage.model_copy(update={"site_total": total})})
    assert sharing.shows_listing(read, ["r1", "r2"], 2) is expected


def test_a_page_that_does_not_answer_proves_nothing() -> None:
    read: ListingRead = listing([review("r1")], START, health=PageHealth.BROKEN)
    assert not sharing.shows_listing(read, ["r1"], 1)


def test_a_listing_the_site_cuts_has_a_baseline_all_the_same(shop: Shop) -> None:
    cut = {"cut": "site_limit", "stop": "limit", "site_total": 3368}
    shop.poll(OTHER, review("x1"), is_complete=False, **cut)
    late = review("x2", at=shop.clock.now() + timedelta(minutes=10))
    old = review("x0", at=START - timedelta(days=9))
    found = shop.poll(OTHER, review("x1"), late, old, is_complete=False, **cut)
    assert changes(found) == [(Change.NEW, "x2"), (Change.SURFACED, "x0")]
    assert shop.messages() == ["incident.open", "review.new"], "a quiet old one is no news"
    with shop.state.read() as tx:
        product = tx.products.get(ACCOUNT, OTHER)
        assert product is not None
        assert (product.cut, product.reviews_shown, product.reviews_total) == ("site_limit", 3, 3368)
        assert [one.detail for one in tx.incidents.unclosed(ACCOUNT)] == [
            "3 of 3368 reviews are shown (limit of the site)"
        ]


HOUR = timedelta(hours=1)
OLD_ID = "0199feea-6c00-7000-8000-000000000001"  # created on 2025-10-20
NEW_ID = "01a0f9e9-2000-7000-8000-000000000001"  # created after START


def created(at: datetime) -> str:
    """An id of version 7 that says when its review was created."""
    milliseconds = f"{int(at.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-000000000001"


def on_day(reading: ReviewReading, day: datetime) -> ReviewReading:
    """The reading of a page that says on which day its review was published, and no more."""
    begins = day.replace(hour=0, minute=0)
    ends = begins + timedelta(days=1, microseconds=-1)
    published = TimeReading(raw=f"{day:%d.%m.%Y}", earliest=begins, latest=ends, basis="date_text")
    return reading.model_copy(update={"published": published})


DAY = timedelta(days=1)
JUST_BEFORE = created(START - timedelta(seconds=20))


@pytest.mark.parametrize(
    ("reading", "is_whole", "expected"),
    [
        # The first reading showed all there was and not this one, so it was published afterwards.
        (on_day(review(JUST_BEFORE), START), True, (Change.NEW, True)),
        (on_day(review(created(START - 6 * HOUR)), START), True, (Change.NEW, True)),
        (on_day(review("r"), START), True, (Change.NEW, True)),
        (on_day(review(JUST_BEFORE, version=1), START), True, (Change.SURFACED, True)),  # the edit moved its day
        (on_day(review(OLD_ID), START), True, (Change.NEW, True)),  # held back by moderation
        (on_day(review(created(START - 2 * DAY)), START - DAY), True, (Change.SURFACED, True)),  # put back
        # It did not show all: whether this one was past the limit is not known, so it is told as what it may be.
        (on_day(review(JUST_BEFORE), START), False, (Change.SURFACED, True)),
        (on_day(review(JUST_BEFORE, version=1), START), False, (Change.SURFACED, True)),
        (on_day(review(OLD_ID), START), False, (Change.NEW, True)),  # held back by moderation
        (on_day(review("r"), START), False, (Change.NEW, True)),
        (on_day(review(OLD_ID), START - DAY), False, (Change.SURFACED, False)),  # older: the past
        (on_day(review(created(START + HOUR)), START), False, (Change.NEW, True)),
    ],
)
def test_a_day_says_as_much_as_the_first_reading_and_the_id_make_of_it(
    reading: ReviewReading, is_whole: bool, expected: tuple[Change, bool]
) -> None:
    assert classify_arrival(reading, Baseline(START, is_whole)) == expected


@pytest.mark.parametrize(
    ("reading", "is_whole", "expected"),
    [
        (review("r", at=START + HOUR), True, (Change.NEW, True)),
        (review(NEW_ID, at=START + HOUR, version=2), False, (Change.NEW, True)),
        (review(OLD_ID, at=START + HOUR), False, (Change.NEW, True)),  # held back by moderation
        (review(OLD_ID, at=START + HOUR, version=1), True, (Change.SURFACED, True)),  # older, edited, was out of reach
        (review(OLD_ID, at=START - HOUR), False, (Change.SURFACED, False)),  # older: the past
        (review(OLD_ID, at=START - HOUR), True, (Change.SURFACED, True)),  # somebody put it back
    ],
)
def test_what_a_review_is_that_no_reading_showed_before(
    reading: ReviewReading, is_whole: bool, expected: tuple[Change, bool]
) -> None:
    assert classify_arrival(reading, Baseline(START, is_whole)) == expected

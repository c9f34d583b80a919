"""Random histories of cards with variants, watched by the real rounds of polls, against the mock world's own truth.

Authors add, edit, delete and restore; the site hides, cuts, walls and changes its page; products are asked for in any
order. ``Truth`` says from the world alone what people must hear; it knows nothing of how the program stores anything.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import cast

import pytest

from flows.errors import WallMet
from flows.library.read_reviews import PollResult
from flows.workbench import Workbench
from mock_site.pages.dates import MOSCOW
from mock_site.world import NewReview, World, WorldOptions
from mock_site.world.models import Product, Review
from mock_site.world.shelf import PER_PAGE
from monitor.clock import ManualClock
from monitor.state import Lease, State
from monitor.visiting import polling, sweeping
from monitor.visiting.room import VisitRoom
from monitor.watching import recording
from tests.proofs.counted import Counted
from tests.proofs.watched_site import NEWEST, WORST, Faults, SiteInMemory

EPOCH = datetime(2026, 10, 1, 9, tzinfo=UTC)
STEP = timedelta(minutes=40)
BETWEEN_READS = timedelta(minutes=30)
DAY = timedelta(days=1)
DRIFTS = ("comment", "score", "publishedAt", "version")
DAYS_SHARE = 0.1
"""Of the histories without a browser, so many read pages that tell days only."""


@dataclass
class _Card:
    baseline_at: datetime | None = None
    is_whole: bool = False
    seen: dict[str, int] = field(default_factory=dict)
    absent_since: dict[str, datetime] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    is_cut: bool = False
    swept_at: datetime | None = None


@dataclass
class Truth:
    """What people must hear, from the world alone: a card is one, whatever number of its products is asked for."""

    world: World
    names_days: bool = False
    born: dict[str, datetime] = field(default_factory=dict)
    expected: Counter[tuple[str, str]] = field(default_factory=Counter)
    cards: dict[int, _Card] = field(default_factory=dict)

    def read(self, product: Product, *, cut: bool, at: datetime) -> None:
        """The site showed this card, as far as it shows it now."""
        card = self.cards.setdefault(product.index, _Card())
        newest, worst = self.world.listing(product, NEWEST), self.world.listing(product, WORST)
        is_quick = card.is_cut and card.swept_at is not None and at - card.swept_at < DAY
        is_short = cut and len(newest) > PER_PAGE
        limit = PER_PAGE if is_quick or is_short else len(newest)
        shown = {one.uuid: one for one in (*newest[:limit], *(worst[:limit] if is_quick or is_short else ()))}
        is_whole = not is_quick and not is_short
        if not is_quick:
            card.is_cut, card.swept_at = is_short, at if is_short else card.swept_at
        for review in shown.values():
            self._see(card, review)
        if is_whole:
            self._miss(card, card.seen.keys() - shown.keys(), at)
        if card.baseline_at is None:
            card.baseline_at, card.is_whole = at, is_whole

    def _see(self, card: _Card, review: Review) -> None:
        known = card.seen.get(review.uuid)
        card.seen[review.uuid] = review.version
        if known is None:
            if card.baseline_at is not None:
                self._arrive(card, review, card.baseline_at)
            return
        if card.absent_since.pop(review.uuid, None) is not None:
            card.gone.discard(review.uuid)
            self.expected["review.back", review.uuid] += 1
        if review.version > known:
            self.expected["review.edited", review.uuid] += 1

    def _arrive(self, card: _Card, review: Review, baseline_at: datetime) -> None:
        published_at = datetime.fromtimestamp(review.published_at, UTC)
        if self.names_days:  # a day may have been any moment of it
            published_at = (published_at.astimezone(MOSCOW) + DAY).replace(hour=0, minute=0, second=0)
        may_be_later = published_at >= baseline_at
        is_later = self.born.get(review.uuid, baseline_at - DAY) >= baseline_at
        if is_later or (card.is_whole and may_be_later and not review.version):
            self.expected["review.new", review.uuid] += 1
        elif card.is_whole or may_be_later:
            self.expected["review.surfaced", review.uuid] += 1

    def _miss(self, card: _Card, absent: Iterable[str], at: datetime) -> None:
        for review_id in absent:
            since = card.absent_since.setdefault(review_id, at)
            if review_id not in card.gone and at - since >= BETWEEN_READS:
                card.gone.add(review_id)
                self.expected["review.gone", review_id] += 1


ReadReviews = Callable[..., Iterator[PollResult]]


@dataclass
class History:
    """One account that watches some variants of one card and another card."""

    state: State
    clock: ManualClock
    world: World
    faults: Faults
    open_bench: Callable[[], Workbench]
    rng: random.Random
    name: str
    origin: str = "https://www.ozon.ru"
    cut: bool = False
    names_days: bool = False

    def run(self, steps: int) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        """Lives through the history; returns what people had to hear and what they heard."""
        truth = Truth(self.world, self.names_days)
        watched = self._watch()
        self._hold_back(truth)
        lease = self.state.acquire(self.name, self.name, timedelta(days=300))
        self._poll(truth, lease, watched, quietly=True)
        for _ in range(steps):
            self._pass(STEP)
            for _ in range(self.rng.randrange(4)):
                self._change(truth)
            self._poll(truth, lease, watched)
        for _ in range(3):
            self._pass(DAY + STEP)
            self._poll(truth, lease, watched, quietly=True)
        return truth.expected, self._heard()

    def poll_all(self, *drifts: str) -> Iterator[frozenset[str]]:
        """Polls all products once for each drift; yields which of them are told to be in trouble then."""
        skus = self._watch()
        lease = self.state.acquire(self.name, self.name, timedelta(days=300))
        for drift in drifts:
            self.faults.set(cut=False, wall=False, drift=drift)
            with self.state.read() as tx:
                products = {one.sku: one for one in tx.products.watched(self.name)}
            polling.poll_products(self._room(lease), self.open_bench(), [products[sku] for sku in skus])
            self._pass(STEP)
            with self.state.read() as tx:
                yield recording.troubled_pages(tx, self.name)

    def _watch(self) -> dict[str, Product]:
        card, other = self.world.products(0, 2)
        skus = [*[item.item_id for item in card.items][: self.rng.randrange(2, 4)], other.sku]
        with self.state.transaction() as tx:
            tx.accounts.add(self.name, site="ozon")
            for sku in skus:
                tx.products.add(self.name, sku, url=f"{self.origin}/product/p-{sku}/")
        return {sku: other if sku == other.sku else card for sku in skus}

    def _pass(self, span: timedelta) -> None:
        self.clock.advance(span)
        self.world.clock.advance(span.total_seconds())

    def _hold_back(self, truth: Truth) -> None:
        """The site takes a review in just before the first reading, and does not show it yet."""
        held = self.world.add_review(self.rng.randrange(2), NewReview(with_order=False))
        truth.born[held.uuid] = self.world.clock.now()
        self.world.delete_review(held.uuid)
        self._pass(timedelta(seconds=30))

    def _change(self, truth: Truth) -> None:
        product = self.world.product_at(self.rng.randrange(2))
        reviews = self.world.reviews(product)
        # Of two edits of one day such a page tells nothing: edits are of the pages that tell more.
        edits = ["restore"] if self.names_days else ["edit", "edit"]
        what = self.rng.choice(["add", "add", *edits, "delete", "restore", "cut"])
        if what == "add" or not reviews:
            truth.born[self.world.add_review(product, NewReview(with_order=False)).uuid] = self.world.clock.now()
            self._pass(timedelta(seconds=30))
        elif what == "cut":
            self.cut = not self.cut
        else:
            self._touch(what, self.rng.choice(reviews))

    def _touch(self, what: str, review: Review) -> None:
        if what == "edit":
            self.world.edit_review(review.uuid, text=f"Другой текст {self.rng.randrange(3)}")
        elif what == "delete":
            self.world.delete_review(review.uuid)
        else:
            self.world.restore_review(review.uuid)

    def _poll(self, truth: Truth, lease: Lease, watched: dict[str, Product], *, quietly: bool = False) -> None:
        fault = "" if quietly else self.rng.choice(["", "", "", "", "wall", *(["drift"] if self._may_drift else [])])
        if quietly:
            self.cut = False
        drift = self.rng.choice(DRIFTS) if fault == "drift" else ""
        self.faults.set(cut=self.cut, wall=fault == "wall", drift=drift)
        skus = list(watched) if quietly else self.rng.sample(list(watched), self.rng.randint(1, len(watched)))
        self.rng.shuffle(skus)
        asked = {watched[sku].index: watched[sku] for sku in skus}
        if fault != "wall":
            for product in asked.values():
                if not drift or not self.world.listing(product):
                    truth.read(product, cut=self.cut, at=self.clock.now())
        with self.state.read() as tx:
            products = {one.sku: one for one in tx.products.watched(self.name)}
        with suppress(WallMet):
            polling.poll_products(self._room(lease), self.open_bench(), [products[sku] for sku in skus])

    @property
    def _may_drift(self) -> bool:
        return isinstance(self.faults, SiteInMemory) and not self.names_days

    def _room(self, lease: Lease) -> VisitRoom:
        windows = SimpleNamespace(between_reads=BETWEEN_READS)
        installation = SimpleNamespace(state=self.state, settings=SimpleNamespace(windows=windows))
        return cast(
            "VisitRoom",
            SimpleNamespace(
                installation=installation,
                lease=lease,
                account_id=self.name,
                order=SimpleNamespace(visit_id=None),
                report=lambda *_, **__: None,
            ),
        )

    def _heard(self) -> Counter[tuple[str, str]]:
        with self.state.read() as tx:
            messages = tx.outbox.all(self.name)
        heard: Counter[tuple[str, str]] = Counter()
        for message in messages:
            if message.event.startswith("review.") and isinstance(message.payload, dict):
                heard[message.event, str(message.payload["review"])] += 1
        return heard


def prove_in_memory(state: State, clock: ManualClock, *, histories: int, seed: int, steps: int = 7) -> Counted:
    """Lives through many histories without a browser; each has a world and an account of its own."""
    counted = Counted("watching", seed)
    with pytest.MonkeyPatch.context() as patch:
        for number in range(histories):
            rng = random.Random(f"{seed} {number}")
            size = 33 if rng.random() < 0.2 else rng.randrange(2, 7)
            options = WorldOptions(
                seed=rng.randrange(10**6),
                products=2,
                reviews_per_product=size,
                orders=0,
                epoch=clock.now().replace(microsecond=0),
                frozen_clock=True,
            )
            world = World(options)
            names_days = rng.random() < DAYS_SHARE
            site = SiteInMemory(world, names_days)
            for module in (polling, sweeping):
                patch.setattr(module, "read_reviews", site.read_reviews)
            history = History(
                state,
                clock,
                world,
                site,
                partial(site.open_bench, clock),
                rng,
                f"h{number}",
                names_days=names_days,
            )
            compare(counted, history.name, *history.run(steps))
    return counted


def compare(counted: Counted, name: str, expected: Counter[tuple[str, str]], heard: Counter[tuple[str, str]]) -> None:
    """Counts what was lost, and what was invented or told twice."""
    counted.injections += 1
    for what, count in (expected - heard).items():
        counted.expect(holds=False, what=f"{name}: {what} was lost {count} times")
    for what, count in (heard - expected).items():
        counted.expect(holds=False, what=f"{name}: {what} was told {count} times too often")

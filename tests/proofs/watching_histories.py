"""Random histories of cards with variants, watched by the real rounds of polls, against the mock world's own truth.

Authors add, edit, delete and restore; the site hides, cuts, walls and changes its page; products are asked for in any
order. ``Truth`` says from the world alone what people must hear; it knows nothing of how the program stores anything.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Protocol, cast

import pytest

from flows.catalog import Site, load_site
from flows.errors import WallMet
from flows.library.read_reviews import PollMemory, PollOptions, PollResult, ProductPoll
from flows.readings.listing import read_listing_json
from flows.readings.merge import PagePlan, PollMerger, unchanged_read
from flows.readings.models import ListingPage
from flows.workbench import Workbench
from mock_site.pages import envelope, states
from mock_site.world import NewReview, World, WorldOptions
from mock_site.world.models import Product, Review
from mock_site.world.shelf import PER_PAGE
from monitor.clock import ManualClock
from monitor.state import Lease, State
from monitor.visiting import polling, sweeping
from monitor.visiting.room import VisitRoom
from monitor.watching import recording
from tests.proofs.counted import Counted

EPOCH = datetime(2026, 10, 1, 9, tzinfo=UTC)
STEP = timedelta(minutes=40)
BETWEEN_READS = timedelta(minutes=30)
DAY = timedelta(days=1)
DRIFTS = ("comment", "score", "publishedAt", "version")
NEWEST, WORST = "published_at_desc", "score_asc"


@lru_cache
def _ozon() -> Site:
    return load_site("ozon")


class Faults(Protocol):
    """What a history does to the site besides its reviews."""

    def set(self, *, cut: bool, wall: bool, drift: str) -> None:
        """Sets what the site does from now on."""


@dataclass
class SiteInMemory:
    """Reads the mock's own page JSON without a browser, by the program's own readings and merger."""

    world: World
    site: Site = field(default_factory=_ozon)
    cut: bool = False
    wall: bool = False
    drift: str = ""

    def set(self, *, cut: bool, wall: bool, drift: str) -> None:
        self.cut, self.wall, self.drift = cut, wall, drift

    def open_bench(self, clock: ManualClock) -> Workbench:
        """As much of a workbench as the rounds of polls look at."""
        return cast("Workbench", SimpleNamespace(now=clock.now, site=self.site))

    def read_reviews(
        self, bench: Workbench, products: Iterable[ProductPoll], *, options: PollOptions | None = None
    ) -> Iterator[PollResult]:
        chosen = options or PollOptions()
        if self.wall:
            raise WallMet("the site asks for a person", kind="challenge", where="mock", hint="")
        for poll in products:
            yield self._read(poll, chosen, bench.now())

    def _read(self, poll: ProductPoll, options: PollOptions, now: datetime) -> PollResult:
        product = self.world.product(poll.sku)
        assert product is not None
        sort = options.sort or NEWEST
        digest = hashlib.sha256(self._raw(product, sort, 1).encode()).hexdigest()[:16]
        memory = poll.memory
        if memory is not None and not poll.is_full and memory.digest == digest:
            read = unchanged_read(
                sku=poll.sku,
                way="fetch_json",
                started_at=now,
                finished_at=now,
                site_total=memory.total,
                covers_all=memory.covers_all,
            )
            return PollResult(sku=poll.sku, read=read, memory=memory)
        plan = PagePlan(known={}, page_limit=options.page_limit, reachable_rows=self.site.listing.reachable_rows)
        merger = PollMerger(sku=poll.sku, way="fetch_json", started_at=now, plan=plan)
        while (request := merger.next_request()) is not None:
            merger.add(self._page(product, sort, request.page, now))
        read = merger.result(now)
        coverage = read.coverage.model_copy(update={"site_began_at": self.world.clock.now()})
        read = read.model_copy(update={"coverage": coverage})
        kept = None
        if coverage.is_complete:
            kept = PollMemory.of(etag="", digest=digest, total=coverage.site_total, covers_all=True)
        return PollResult(sku=poll.sku, read=read, memory=kept)

    def _page(self, product: Product, sort: str, page: int, now: datetime) -> ListingPage:
        return read_listing_json(self._raw(product, sort, page), self.site, seen_at=now)

    def _raw(self, product: Product, sort: str, page: int) -> str:
        listing = self.world.listing(product, sort)
        pages = max(-(-len(listing) // PER_PAGE), 1)
        view = states.ListingView(
            product=product,
            rows=tuple(listing[(page - 1) * PER_PAGE : page * PER_PAGE]),
            reported=frozenset(),
            counters=self.world.counters(product),
            page=page,
            pages=min(pages, 1) if self.cut else pages,
            sort=sort,
            page_key=states.page_key(product, sort),
            account=None,
            origin="https://www.ozon.ru",
        )
        raw = envelope.dump(envelope.reviews_page(view, product.path))
        return raw.replace(f'\\"{self.drift}\\":', f'\\"{self.drift}New\\":') if self.drift else raw


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
        if self.born.get(review.uuid, baseline_at - DAY) >= baseline_at:
            self.expected["review.new", review.uuid] += 1
        elif card.is_whole or (review.version and review.published_at >= baseline_at.timestamp()):
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

    def run(self, steps: int) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        """Lives through the history; returns what people had to hear and what they heard."""
        truth = Truth(self.world)
        watched = self._watch()
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

    def _change(self, truth: Truth) -> None:
        product = self.world.product_at(self.rng.randrange(2))
        reviews = self.world.reviews(product)
        what = self.rng.choice(["add", "add", "edit", "edit", "delete", "restore", "cut"])
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
        return isinstance(self.faults, SiteInMemory)

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
            site = SiteInMemory(world)
            for module in (polling, sweeping):
                patch.setattr(module, "read_reviews", site.read_reviews)
            history = History(state, clock, world, site, partial(site.open_bench, clock), rng, f"h{number}")
            compare(counted, history.name, *history.run(steps))
    return counted


def compare(counted: Counted, name: str, expected: Counter[tuple[str, str]], heard: Counter[tuple[str, str]]) -> None:
    """Counts what was lost, and what was invented or told twice."""
    counted.injections += 1
    for what, count in (expected - heard).items():
        counted.expect(holds=False, what=f"{name}: {what} was lost {count} times")
    for what, count in (heard - expected).items():
        counted.expect(holds=False, what=f"{name}: {what} was told {count} times too often")

"""Polls the account's products as the public sees them, and stores what each reading means.

A listing is read once, whatever number of its products is watched. One product's failure, of any kind, is an incident
about that product and never stops another.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.errors import FlowError
from flows.library.read_reviews import PollMemory, PollOptions, PollResult, ProductPoll, read_reviews
from flows.readings.models import PageHealth
from flows.workbench import Workbench
from monitor.cases.judging import is_negative
from monitor.closed_lists.review_changes import Change
from monitor.closed_lists.states import Presence
from monitor.errors import MonitorError, StorageRule
from monitor.language import gettext
from monitor.state.accounts import ProductRecord
from monitor.visiting.room import VisitRoom
from monitor.visiting.signing_in import SignIns
from monitor.visiting.sources import sources_around
from monitor.visiting.sweeping import join_orders, looks_at_first_pages
from monitor.watching import sharing
from monitor.watching.cuts import LASTING, tell_cut
from monitor.watching.detect import Detection
from monitor.watching.recording import note_own_page, record_failure, record_poll, troubled_pages

_LOG = logging.getLogger(__name__)
_ANSWERS = frozenset({PageHealth.HEALTHY, PageHealth.EMPTY})
_TRY_ANOTHER = frozenset({PageHealth.BROKEN, PageHealth.OFFLINE, PageHealth.PRODUCT_GONE})
_MOST_TOLD = 2
FIRST_PAGE = PollOptions(page_limit=1, opens_changed=False)


class KnownVersions(Mapping[str, int]):
    """Stored reviews of a listing with the site's version numbers, read from the store at first use.

    Most listings are unchanged, and then nobody asks.
    """

    def __init__(self, room: VisitRoom, listing: str) -> None:
        self._room, self._listing = room, listing
        self._loaded: dict[str, int] | None = None

    def __getitem__(self, review_id: str) -> int:
        return self._load()[review_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    def _load(self) -> dict[str, int]:
        if self._loaded is None:
            with self._room.installation.state.read() as tx:
                heads = tx.reviews.heads(self._room.account_id, self._listing)
            self._loaded = {head.review_id: head.site_version for head in heads if head.presence == Presence.PRESENT}
        return self._loaded


@dataclass
class PollSummary:
    """What one round of polls brought.

    Attributes:
        products: Products whose page was read; ``unanswered`` those whose page gave no answer, ``shared`` those that
            the page of another one tells of.
    """

    products: int = 0
    unanswered: int = 0
    unchanged: int = 0
    shared: int = 0
    counts: dict[Change, int] = field(default_factory=dict)
    baseline_reviews: int = 0
    baseline_negative: int = 0
    troubled: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    unread: tuple[str, ...] = ()

    def add(self, product: ProductRecord, result: PollResult, found: Detection) -> None:
        """Counts one listing, read through this product as it was stored before."""
        is_answer = found.health in {*_ANSWERS, PageHealth.PARTIAL}
        self.products += is_answer
        self.unanswered += not is_answer
        self.unchanged += result.read.is_unchanged
        coverage = result.read.coverage
        if coverage.cut in LASTING or _is_of_a_cut_listing(product, result):
            self.cut.append(f"{result.sku}: {_tell_cut(product, result)}")
        elif found.health not in _ANSWERS and coverage.cut != "page_limit":
            self.troubled.append(f"{result.sku}: {found.health.value}")
        if found.is_baseline:
            past = [event.reading for event in found.of(Change.NEW) if event.reading is not None]
            self.baseline_reviews += len(past)
            self.baseline_negative += sum(is_negative(reading.rating) for reading in past)
        for event in found.notable:
            self.counts[event.change] = self.counts.get(event.change, 0) + 1

    @property
    def settled(self) -> int:
        """How many products are done with, read or not."""
        return self.products + self.unanswered + self.shared

    def told(self) -> str:
        """Puts the round into one line."""
        read = self.products + self.shared
        parts = [gettext("{count} products read, {unchanged} unchanged").format(count=read, unchanged=self.unchanged)]
        if self.unanswered:
            parts[0] += gettext(", {count} not read").format(count=self.unanswered)
        if self.shared:
            parts[0] += gettext(", {count} by the listing of another").format(count=self.shared)
        if self.baseline_reviews:
            told = gettext("{count} reviews were there before watching began")
            parts.append(told.format(count=self.baseline_reviews))
        if self.baseline_negative:
            told = gettext("{count} of them negative: `fairreview triage --past` judges them without a browser")
            parts.append(told.format(count=self.baseline_negative))
        parts += [f"{count} {change.value}" for change, count in sorted(self.counts.items())]
        return "; ".join([*parts, *self.cut])


def poll_named(room: VisitRoom, bench: Workbench, sign_ins: SignIns, skus: tuple[str, ...]) -> PollSummary:
    """Reads the named products, or all that are watched and the further sources; see ``poll_products``."""
    with room.installation.state.read() as tx:
        watched = tx.products.watched(room.account_id)
    if skus:
        return poll_products(room, bench, [product for product in watched if product.sku in skus])
    with sources_around(room, bench, sign_ins) as hints:
        return replace(poll_products(room, bench, watched, whole=hints.doubtful), unread=tuple(room.unread))


def poll_products(
    room: VisitRoom,
    bench: Workbench,
    wanted: Sequence[ProductRecord],
    *,
    whole: Collection[str] = (),
    then: Callable[[PollResult], None] = lambda _: None,
) -> PollSummary:
    """Reads the listings of products and stores each result as soon as it is known.

    Args:
        room: The visit.
        bench: Its browser.
        wanted: Whose listings to read, in this order.
        whole: Products whose listing is read from top to end, whatever is remembered of it.
        then: Called with each result once it is stored.

    Raises:
        flows.errors.WallMet: the site asks for a person; what was read before is stored.
        LeaseLost, StorageError: this visit may not go on.
    """
    if not wanted:
        return PollSummary()
    return _Round(room, bench, frozenset(whole), then).run(wanted)


@dataclass
class _Round:
    """One round of polls under way."""

    room: VisitRoom
    bench: Workbench
    whole: frozenset[str]
    then: Callable[[PollResult], None]
    summary: PollSummary = field(default_factory=PollSummary)
    total: int = 0
    read: set[str] = field(default_factory=set)
    read_for: dict[str, int] = field(default_factory=dict)

    def run(self, wanted: Sequence[ProductRecord]) -> PollSummary:
        """Reads what is known to be a listing of its own, then products that are new: most of them share one."""
        settled = [product for product in wanted if product.last_polled_at is not None]
        groups = sharing.group_by_listing(settled, self._watched())
        fresh = [product for product in wanted if product.last_polled_at is None]
        self.total = sum(map(len, groups)) + len(fresh)
        self._read_groups(groups)
        self._prove_again([product for group in groups for product in group])
        self._read_new(fresh)
        return self.summary

    def _read_groups(self, groups: list[list[ProductRecord]]) -> None:
        """Reads each listing through its first product, and through the next where that one's page does not answer."""
        while groups:
            self.read_for = {group[0].sku: len(group) - 1 for group in groups}
            unanswered = self._read([group[0] for group in groups])
            groups = [group[1:] for group in groups if group[0].sku in unanswered and len(group) > 1]

    def _read_new(self, fresh: list[ProductRecord]) -> None:
        """Reads products for the first time, a few more each time: what a listing names is only looked at."""
        size = 1
        while fresh:
            named = [product for product in fresh if self._named_in(product) is not None]
            left = self._look([(product, self._named_in(product) or "") for product in named])
            others = [product for product in fresh if product not in named]
            now, fresh = [*left, *others][:size], [*left, *others][size:]
            self._read(now)
            self._join_equal(now)
            size *= 2

    def _read(self, products: Sequence[ProductRecord]) -> set[str]:
        """Reads listings through these products; returns the products whose own page gave no answer."""
        quick = [one for one in products if looks_at_first_pages(one, self.bench.now()) and one.sku not in self.whole]
        long = [one for one in products if one not in quick]
        by_sku = {one.sku: one for one in products}
        self.read.update(by_sku)
        unanswered: set[str] = set()
        for result in self._results(quick, FIRST_PAGE):
            product = by_sku[result.sku]
            known = KnownVersions(self.room, product.listing)
            if result.read.reviews and not any(one.review_id in known for one in result.read.reviews):
                long.append(product)  # more is new than one page holds
            elif self._take(product, result, is_quick=True):
                unanswered.add(result.sku)
        for result in self._results(long, None):
            if self._take(by_sku[result.sku], result, is_quick=False):
                unanswered.add(result.sku)
        return unanswered

    def _results(self, products: Sequence[ProductRecord], options: PollOptions | None) -> Iterator[PollResult]:
        """Polls products; one that cannot be polled at all is left out and told, and the others go on without it."""
        left = list(products)
        while left:
            try:
                for result in read_reviews(self.bench, [self._poll(one) for one in left], options=options):
                    left = [one for one in left if one.sku != result.sku]
                    yield result
            except (FlowError, MonitorError):
                raise
            except Exception as error:  # noqa: BLE001 - whatever a page does to the reader, it does to one product
                if len(left) == 1:
                    self._fail(left.pop(), error)
            for product in left:
                yield from self._results([product], options)
            return

    def _take(self, product: ProductRecord, result: PollResult, *, is_quick: bool) -> bool:
        """Stores one result; returns whether the product's page gave no answer, so that another may be asked."""
        try:
            result, is_sweep = join_orders(self.bench, self._poll(product), result, is_quick=is_quick)
            found = record_poll(
                self.room.installation.state,
                self.room.lease,
                result.read,
                visit_id=self.room.order.visit_id,
                between_reads=self.room.installation.settings.windows.between_reads,
                is_sweep=is_sweep,
            )
            self._remember(product, result, found)
            self.then(result)
        except StorageRule as error:
            self._fail(product, error)
            return True
        except (FlowError, MonitorError):
            raise
        except Exception as error:  # noqa: BLE001 - one product's trouble, of any kind, stays its own
            self._fail(product, error)
            return True
        is_unanswered = found.health in _TRY_ANOTHER
        self.summary.add(product, result, found)
        self.summary.shared += 0 if is_unanswered else self.read_for.pop(product.sku, 0)
        self.room.report("poll", _told(product, result, found), done=self.summary.settled, total=self.total)
        return is_unanswered

    def _fail(self, product: ProductRecord, error: Exception) -> None:
        _LOG.exception("product %s could not be polled", product.sku)
        record_failure(self.room.installation.state, self.room.lease, product.sku, error)
        self.summary.unanswered += 1
        self.summary.troubled.append(f"{product.sku}: {type(error).__name__}: {error}"[:300])

    def _poll(self, product: ProductRecord) -> ProductPoll:
        is_first = product.baseline_at is None
        return ProductPoll(
            sku=product.sku,
            url=product.url,
            memory=_unpack(product.poll_memory),
            known={} if is_first else KnownVersions(self.room, product.listing),
            is_full=product.sku in self.whole or is_first,
        )

    def _remember(self, product: ProductRecord, result: PollResult, found: Detection) -> None:
        memory = _pack(result.memory if found.health in _ANSWERS else None)
        if memory == product.poll_memory:
            return
        with self.room.installation.state.transaction(self.room.lease) as tx:
            tx.products.change(self.room.account_id, result.sku, poll_memory=memory)

    def _watched(self) -> list[ProductRecord]:
        with self.room.installation.state.read() as tx:
            return tx.products.watched(self.room.account_id)

    def _named_in(self, product: ProductRecord) -> str | None:
        """Names the listing that shows reviews about a product; None where none does."""
        with self.room.installation.state.read() as tx:
            return tx.listings.naming(product.account_id, product.sku)

    def _prove_again(self, products: Sequence[ProductRecord]) -> None:
        """Looks at the own pages of products that were read through another; who parted is read itself.

        Once a day, and at each round while something is told of the page.
        """
        with self.room.installation.state.read() as tx:
            troubled = troubled_pages(tx, self.room.account_id)
            due = [
                one
                for one in products
                if one.sku not in self.read and (one.sku in troubled or sharing.needs_proof(one, tx))
            ]
        parted = self._look([(product, product.listing) for product in due])
        self._read(parted)

    def _look(self, asked: Sequence[tuple[ProductRecord, str]]) -> list[ProductRecord]:
        """Looks at the first page of products that should share a listing; returns those that do not."""
        by_sku = {product.sku: (product, listing) for product, listing in asked}
        parted = []
        # Without what is remembered of the page: that it is as it was proves nothing about a listing that has moved on.
        for result in self._results([replace(product, poll_memory="") for product, _ in asked], FIRST_PAGE):
            product, listing = by_sku[result.sku]
            self.summary.shared -= product.listing == listing  # counted with the page it was read through
            if result.read.health not in {*_ANSWERS, PageHealth.PARTIAL}:
                self._take(product, result, is_quick=False)
                continue
            with self.room.installation.state.transaction(self.room.lease) as tx:
                shown = [one.review_id for one in tx.listings.of(product.account_id, listing)]
                totals = [one.reviews_total for one in tx.listings.products(product.account_id, listing)]
                if sharing.shows_listing(result.read, shown, totals[0] if totals else None):
                    sharing.join(tx, product, listing)
                    note_own_page(tx, product)
                    self.summary.shared += 1
                    continue
                if product.listing == listing:
                    sharing.part(tx, product)
                fresh = tx.products.get(product.account_id, product.sku)
            parted.append(fresh or product)
        return parted

    def _join_equal(self, products: Sequence[ProductRecord]) -> None:
        with self.room.installation.state.transaction(self.room.lease) as tx:
            for product in products:
                fresh = tx.products.get(product.account_id, product.sku)
                if fresh is not None and (listing := sharing.find_shared(tx, fresh)) is not None:
                    sharing.join(tx, fresh, listing)


def _pack(memory: PollMemory | None) -> str:
    return json.dumps([memory.etag, memory.fingerprint]) if memory else ""


def _unpack(text: str) -> PollMemory | None:
    if not text:
        return None
    etag, fingerprint = json.loads(text)
    return PollMemory(etag=etag, fingerprint=fingerprint)


def _is_of_a_cut_listing(product: ProductRecord, result: PollResult) -> bool:
    """Tells whether only first pages were read of a listing that is known to be cut."""
    return result.read.coverage.cut == "page_limit" and product.cut in LASTING


def _tell_cut(product: ProductRecord, result: PollResult) -> str:
    """Says what cuts the listing: what this reading found, or, where it was of first pages only, the last whole one."""
    coverage = result.read.coverage
    if _is_of_a_cut_listing(product, result):
        # What comes on top pushes others past the limit, so only a reading of all pages says how many are shown.
        cut = tell_cut(product.cut, product.reviews_shown, coverage.site_total or product.reviews_total)
        return gettext("{cut}, counted when all pages were read").format(cut=cut)
    return tell_cut(coverage.cut, len(result.read.reviews), coverage.site_total)


def _told(product: ProductRecord, result: PollResult, found: Detection) -> str:
    if result.read.is_unchanged:
        return f"{result.sku}: unchanged"
    counted = Counter(event.change for event in found.notable)
    changes = [f"{counted[change]} {change.value}" for change in Change if counted[change]]
    coverage = result.read.coverage
    problems = _shorten(found.problems) + _shorten(coverage.problems)
    health = found.health.value if found.health not in _ANSWERS else ""
    count, of = len(result.read.reviews) or coverage.rows_seen, coverage.site_total
    read = gettext("{count} reviews read").format(count=count)
    if cut := _tell_cut(product, result):
        read += gettext(" of the first pages") if _is_of_a_cut_listing(product, result) else ""
    elif of is not None:
        read = gettext("{count} of {of} reviews read").format(count=count, of=of)
    nothing = "" if changes or health or found.is_baseline else gettext("nothing new")
    return ", ".join(filter(None, [f"{result.sku}: {read}", health, *changes, nothing, cut, "; ".join(problems)]))


def _shorten(problems: Sequence[str]) -> list[str]:
    """The first two of many, and how many more the log has."""
    more = len(problems) - _MOST_TOLD
    rest = [gettext("{more} more in `fairreview log`").format(more=more)] if more > 0 else []
    return [*problems[:_MOST_TOLD], *rest]

"""Polls the review listings of many products, cheaply, and says which way was used and what was not read.

One parked page per origin asks for the site's own JSON in batches; the page computes what changed and gives back one
string. Changed products are opened for real; where the JSON does not answer, the rendered page is read instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from flows.library.listing_reader import ListingReader, is_newest_first
from flows.readings.dates import read_http_date
from flows.readings.merge import PagePlan, PageRequest, PollMerger, Way, unchanged_read
from flows.readings.models import ListingPage, PageHealth
from flows.workbench import account_tab, reading_tab

if TYPE_CHECKING:
    from datetime import datetime

    from flows.library.polling import Answer
    from flows.readings.models import ListingRead
    from flows.workbench import Tab, Workbench

# The address of the site's own page JSON; a site whose catalog names none is read as it is shown.
_PAGE_JSON = "page_json"
_READABLE = frozenset({PageHealth.HEALTHY, PageHealth.PARTIAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class PollMemory:
    """What is remembered of a product's last complete poll; the caller keeps both texts and looks into neither.

    Attributes:
        etag: The site's entity tag of the first page, "" when it gave none.
        fingerprint: ``digest:total:w`` of the first page: digest of its state, the site's counter, and ``w`` = 1 where
            the page stands for the whole listing (it is the only one, or the order is newest first).
    """

    etag: str = ""
    fingerprint: str = ""

    @classmethod
    def of(cls, *, etag: str, digest: str, total: int | None, covers_all: bool) -> PollMemory:
        """Builds a memory."""
        return cls(etag=etag, fingerprint=f"{digest}:{'' if total is None else total}:{int(covers_all)}")

    @property
    def digest(self) -> str:
        """Digest of the first page's state; "" for a memory that is not one of ours: the product is then read anew."""
        parts = self.fingerprint.split(":")
        return parts[0] if len(parts) == 3 else ""

    @property
    def total(self) -> int | None:
        """The site's counter."""
        found = self.fingerprint.split(":")[1] if self.digest else ""
        return int(found) if found.isdecimal() else None

    @property
    def covers_all(self) -> bool:
        """Whether an unchanged first page means an unchanged listing."""
        return bool(self.digest) and self.fingerprint.endswith(":1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPoll:
    """One product to poll.

    Attributes:
        sku: The product's number.
        url: Its page (any form the site's addresses know).
        memory: ``PollResult.memory`` of the last complete poll; None reads everything.
        known: Stored live reviews with their versions; a page of only these may end the reading.
        is_full: Reads to the end whatever is known or remembered: for the proof that a review is gone.
    """

    sku: str
    url: str
    memory: PollMemory | None = None
    known: Mapping[str, int] = field(default_factory=dict)
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOptions:
    """Sizes of a poll.

    Attributes:
        batch: Products a round trip to the browser; 0 takes the catalog's.
        in_flight: Requests at once; 0 takes the catalog's.
        page_limit: Pages a product at most.
        sort: The order asked for; "" takes newest first where the site has it.
        opens_changed: A known product that changed is opened for real.
        is_rendered: Never asks for JSON: every listing is opened for real.
    """

    batch: int = 0
    in_flight: int = 0
    page_limit: int = 100
    sort: str = ""
    opens_changed: bool = True
    is_rendered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """One product's reading and what to remember; ``memory`` is None unless the reading was complete."""

    sku: str
    read: ListingRead
    memory: PollMemory | None


def read_reviews(
    bench: Workbench, products: Iterable[ProductPoll], *, options: PollOptions | None = None, state: bytes | None = None
) -> Iterator[PollResult]:
    """Polls products and yields one result each, as soon as it is known.

    One product's trouble never stops the others: it comes back with its health and problems.

    Args:
        bench: Browser, site and budget.
        products: What to poll.
        options: Sizes.
        state: A session to read with; None reads as the public does.

    Raises:
        flows.errors.WallMet: the site asks for a person; what was read before has been yielded.
        flows.errors.SignInRequired: the session given is over.
        flows.errors.SiteUnavailable: the site does not answer at all.
    """
    chosen = options or PollOptions()
    waiting = iter(products)
    with account_tab(bench, state) if state is not None else reading_tab(bench) as tab:
        poll = _Poll(tab, chosen, reader=ListingReader(tab, _sort(tab, chosen), in_flight=chosen.in_flight))
        while batch := list(islice(waiting, chosen.batch or bench.site.timings.fetch_batch)):
            yield from poll.take(batch)


class _Poll:
    """One poll under way, batch by batch."""

    def __init__(self, tab: Tab, options: PollOptions, *, reader: ListingReader) -> None:
        self._tab, self._options, self._reader = tab, options, reader
        self._sort = _sort(tab, options)
        self._now = tab.bench.now

    def take(self, batch: Sequence[ProductPoll]) -> Iterator[PollResult]:
        if self._options.is_rendered or _PAGE_JSON not in self._tab.site.urls:
            yield from (self._read_rendered(product, ()) for product in batch)
            return
        started = self._now()
        memories = {product.sku: _usable(product) for product in batch}
        first = PageRequest(1)
        answers = self._reader.fetch(
            [(product, first) for product in batch],
            remembered={sku: (memory.etag, memory.digest) for sku, memory in memories.items() if memory is not None},
        )
        readings = []
        for product in batch:
            answer, memory = answers[product.sku], memories[product.sku]
            if answer.is_unchanged and memory is not None:
                yield _unchanged(product, memory, started, self._now())
            else:
                readings.append(self._begin(product, answer, started))
        yield from self._go_on(readings)
        self._reader.raise_stop()
        for reading in readings:
            if reading.is_broken:
                yield self._read_rendered(reading.product, reading.first_page.problems)

    def _begin(self, product: ProductPoll, answer: Answer, started: datetime) -> _Reading:
        page = self._reader.understand(product, answer)
        way: Way = "fetch_json"
        if self._options.opens_changed and product.memory is not None and page.health in _READABLE:
            shown = self._reader.open(product, PageRequest(1))
            if shown.health in _READABLE:
                page, way = shown, "rendered_page"
        newest = is_newest_first(page, self._tab.site, self._sort)
        plan = PagePlan(
            known={} if product.is_full else product.known,
            is_newest_first=newest,
            page_limit=self._options.page_limit,
            reachable_rows=self._tab.site.listing.reachable_rows,
        )
        reading = _Reading(product, PollMerger(sku=product.sku, way=way, started_at=started, plan=plan), answer, page)
        reading.merger.add(page)
        return reading

    def _go_on(self, readings: list[_Reading]) -> Iterator[PollResult]:
        """Asks for the next pages of all unfinished listings together, round by round."""
        while readings:
            asks: list[tuple[ProductPoll, PageRequest]] = []
            going: list[_Reading] = []
            for reading in readings:
                request = reading.merger.next_request()
                if request is not None:
                    asks.append((reading.product, request))
                    going.append(reading)
                elif not reading.is_broken and not reading.is_stopped:
                    yield self._result(reading)
            if not asks:
                return
            answers = self._reader.fetch(asks)
            for reading in going:
                reading.merger.add(self._reader.understand(reading.product, answers[reading.product.sku]))
            readings = going

    def _read_rendered(self, product: ProductPoll, why: tuple[str, ...]) -> PollResult:
        reachable = self._tab.site.listing.reachable_rows
        plan = PagePlan(known={}, page_limit=self._options.page_limit, reachable_rows=reachable)
        merger = PollMerger(sku=product.sku, way="rendered_page", started_at=self._now(), plan=plan)
        while (request := merger.next_request()) is not None:
            merger.add(self._reader.open(product, request))
        read = merger.result(self._now())
        problems = (*(f"JSON: {problem}" for problem in why), *read.coverage.problems)
        coverage = read.coverage.model_copy(update={"problems": problems})
        return PollResult(sku=product.sku, read=read.model_copy(update={"coverage": coverage}), memory=None)

    def _result(self, reading: _Reading) -> PollResult:
        read = self._dated(reading.merger.result(self._now()), reading.answer)
        memory = None
        if read.coverage.is_complete and reading.answer.fingerprint:
            pages = read.coverage.site_total or 0
            covers = is_newest_first(reading.first_page, self._tab.site, self._sort) or pages <= (
                reading.first_page.per_page or 0
            )
            memory = PollMemory.of(
                etag=reading.answer.etag,
                digest=reading.answer.fingerprint,
                total=read.coverage.site_total,
                covers_all=covers,
            )
        return PollResult(sku=reading.product.sku, read=read, memory=memory)

    def _dated(self, read: ListingRead, answer: Answer) -> ListingRead:
        """Notes when the reading began by the site's clock, as its first answer told it (to the second)."""
        site_began_at = read_http_date(answer.date) if answer.date else None
        return read.model_copy(update={"coverage": read.coverage.model_copy(update={"site_began_at": site_began_at})})


@dataclass(slots=True)
class _Reading:
    """One product's listing while it is read."""

    product: ProductPoll
    merger: PollMerger
    answer: Answer
    first_page: ListingPage

    @property
    def is_broken(self) -> bool:
        """Whether the JSON was of no use, so that the rendered page must be asked."""
        return self.first_page.health is PageHealth.BROKEN

    @property
    def is_stopped(self) -> bool:
        """Whether a wall or a lost session stood in place of the first page: nothing was read then."""
        return self.first_page.health in {PageHealth.WALL, PageHealth.SIGNED_OUT}


def _unchanged(product: ProductPoll, memory: PollMemory, started: datetime, finished: datetime) -> PollResult:
    read = unchanged_read(
        sku=product.sku,
        way="fetch_json",
        started_at=started,
        finished_at=finished,
        site_total=memory.total,
        covers_all=memory.covers_all,
    )
    return PollResult(sku=product.sku, read=read, memory=memory)


def _usable(product: ProductPoll) -> PollMemory | None:
    """A memory without a digest, or one that a full reading must not rest on, is no memory."""
    return product.memory if product.memory is not None and product.memory.digest and not product.is_full else None


def _sort(tab: Tab, options: PollOptions) -> str:
    listing = tab.site.listing
    return options.sort or listing.newest_sort or listing.default_sort

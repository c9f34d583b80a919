"""The site of the histories that are watched without a browser: the mock's pages, by the program's own readings."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Protocol, cast
from urllib.parse import urlsplit

from starlette.requests import Request

from flows.catalog import Site, load_site
from flows.errors import WallMet
from flows.library.read_reviews import PollMemory, PollOptions, PollResult, ProductPoll
from flows.readings.listing import read_listing_html, read_listing_json
from flows.readings.merge import PagePlan, PollMerger, unchanged_read
from flows.readings.models import ListingPage
from flows.workbench import Workbench
from mock_site.pages import envelope, states
from mock_site.pages.listing import ReadingPages
from mock_site.pages.rendering import Renderer
from mock_site.pages.stage import Stage
from mock_site.skins.ozon import SKIN
from mock_site.switches import Switches
from mock_site.world import World
from mock_site.world.models import Product
from mock_site.world.shelf import PER_PAGE
from monitor.clock import ManualClock

NEWEST, WORST = "published_at_desc", "score_asc"


@cache
def _ozon() -> Site:
    return load_site("ozon")


@cache
def _renderer() -> Renderer:
    return Renderer()


class Faults(Protocol):
    """What a history does to the site besides its reviews."""

    def set(self, *, cut: bool, wall: bool, drift: str) -> None:
        """Sets what the site does from now on."""


@dataclass
class SiteInMemory:
    """Reads the mock's own page JSON without a browser, by the program's own readings and merger.

    Attributes:
        names_days: Its pages carry no state: the cards' texts are read, and a date is a day.
    """

    world: World
    names_days: bool = False
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
        digest = hashlib.sha256(self._raw(product, sort, 1, poll.sku).encode()).hexdigest()[:16]
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
            merger.add(self._page(product, sort, request.page, poll.sku, now))
        read = merger.result(now)
        coverage = read.coverage.model_copy(update={"site_began_at": self.world.clock.now()})
        read = read.model_copy(update={"coverage": coverage})
        kept = None
        if coverage.is_complete:
            kept = PollMemory.of(etag="", digest=digest, total=coverage.site_total, covers_all=True)
        return PollResult(sku=poll.sku, read=read, memory=kept)

    def _page(self, product: Product, sort: str, page: int, sku: str, now: datetime) -> ListingPage:
        raw = self._raw(product, sort, page, sku)
        if self.names_days:
            return read_listing_html(raw, self.site, seen_at=now, url=_address(sku, sort, page))
        return read_listing_json(raw, self.site, seen_at=now)

    def _raw(self, product: Product, sort: str, page: int, sku: str) -> str:
        if self.names_days:
            switches = Switches(state_div=False, listing_max_pages=1 if self.cut else 33)
            stage = Stage(self.world, switches, SKIN, _renderer())
            request = _request_of(_address(sku, sort, page))
            shown = bytes(asyncio.run(ReadingPages(stage).reviews(request)).body).decode()
            return shown.replace(" publishedat=", " data-was=")
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


def _address(sku: str, sort: str, page: int) -> str:
    return f"https://www.ozon.ru/product/p-{sku}/reviews/?page={page}&sort={sort}"


def _request_of(address: str) -> Request:
    parts = urlsplit(address)
    scope = {"type": "http", "method": "GET", "path": parts.path, "query_string": parts.query.encode(), "headers": []}
    return Request(scope)

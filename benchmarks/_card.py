"""What a card of many watched SKUs costs a visit, against a card of one: whole rounds of polls, store included."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from benchmarks._browser import open_machine_browser
from flows.catalog.loader import SiteOverlay, load_site
from flows.politeness import Budget, Politeness
from flows.workbench import Workbench
from mock_site.server import MockSite
from mock_site.world import WorldOptions
from monitor.state import State, StatePlaces
from monitor.visiting.polling import poll_products
from monitor.visiting.room import VisitRoom

SIZES = (1, 10)
_ROUNDS = 3


@dataclass(frozen=True)
class CardCost:
    """Requests of one visit by whether anything had changed.

    Attributes:
        first: The first visit, which also proves what each SKU shows.
        unchanged: A later one that found nothing.
        changed: A later one that found a new review.
    """

    skus: int
    first: int
    unchanged: int
    changed: int


def measure_cards(sizes: Sequence[int] = SIZES) -> list[CardCost]:
    """Polls one card through one SKU and through many, and counts what reaches the site."""
    return [_measure(size) for size in sizes]


def show_cards(costs: Sequence[CardCost]) -> str:
    """Lays the costs out as a table."""
    rows = [f"{'a card, requests a visit':38} {'first':>6} {'unchanged':>10} {'one new':>8}"]
    rows += [f"{f'{cost.skus} watched SKUs':38} {cost.first:6} {cost.unchanged:10} {cost.changed:8}" for cost in costs]
    return "\n".join(rows)


def _measure(size: int) -> CardCost:
    options = WorldOptions(products=1, reviews_per_product=40, orders=0, variants=max(SIZES))
    with MockSite.start(options) as mock, open_machine_browser() as browser, _store() as state:
        card = mock.world.product_at(0)
        skus = [item.item_id for item in card.items][:size]
        with state.transaction() as tx:
            tx.accounts.add("main", site="ozon")
            for sku in skus:
                tx.products.add("main", sku, url=f"{mock.origins['www']}/product/{card.slug}-{sku}/")
        lease = state.acquire("main", "bench", timedelta(hours=1))
        windows = SimpleNamespace(between_reads=timedelta(minutes=30))
        room = SimpleNamespace(
            installation=SimpleNamespace(state=state, settings=SimpleNamespace(windows=windows)),
            lease=lease,
            account_id="main",
            order=SimpleNamespace(visit_id=None),
            report=lambda *_, **__: None,
        )
        site = load_site("ozon", overlay=SiteOverlay(origins=mock.origins))

        def visit() -> int:
            before = mock.ledger.last_seq
            unhurried = Politeness(budget=Budget(per_second=1e6, burst=1_000_000), pause=lambda _: None)
            bench = Workbench(browser=browser, site=site, politeness=unhurried)
            with state.read() as tx:
                watched = tx.products.watched("main")
            poll_products(cast("VisitRoom", room), bench, watched)
            return sum("page/json" in one.path for one in mock.ledger.entries if one.seq > before)

        first = visit()
        unchanged = [visit() for _ in range(_ROUNDS)][-1]
        mock.world.add_review(0)
        return CardCost(size, first, unchanged, visit())


@contextmanager
def _store() -> Iterator[State]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = StatePlaces(
            url=f"sqlite:///{folder / 'state.db'}", mirror=folder / "log", watermark=folder / "mark.json"
        )
        with State.open(places) as state:
            yield state

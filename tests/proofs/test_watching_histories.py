"""A share of ``run.py prove watching``, and the program of before, keyed by SKU, that must be caught."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

import pytest

from mock_site.world import World, WorldOptions
from monitor.clock import ManualClock
from monitor.state import State
from monitor.visiting import polling, sweeping
from monitor.watching import recording
from tests.appeal_world import sqlite_home
from tests.proofs.counted import scratch_folder
from tests.proofs.watched_site import SiteInMemory
from tests.proofs.watching_histories import EPOCH, History, prove_in_memory

CI_SHARE = 20


@pytest.fixture
def store() -> Iterator[tuple[State, ManualClock]]:
    clock = ManualClock(EPOCH)
    with scratch_folder() as folder, sqlite_home(folder, clock).open() as state:
        yield state, clock


def test_each_review_is_told_once_none_lost_none_invented(store: tuple[State, ManualClock]) -> None:
    assert prove_in_memory(*store, histories=CI_SHARE, seed=51).report() == 0


def test_a_store_that_knows_reviews_by_product_only_is_caught(
    store: tuple[State, ManualClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recording._known

    def by_sku(tx, listing, read):  # type: ignore[no-untyped-def]
        return {name: one for name, one in whole(tx, listing, read).items() if one.sku == listing.product.sku}

    monkeypatch.setattr(recording, "_known", by_sku)
    assert prove_in_memory(*store, histories=3, seed=52).violations


def test_a_page_that_is_as_before_again_leaves_no_product_of_its_card_in_trouble(
    store: tuple[State, ManualClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    state, clock = store
    world = World(WorldOptions(seed=3, products=2, reviews_per_product=4, orders=0, epoch=EPOCH, frozen_clock=True))
    site = SiteInMemory(world)
    for module in (polling, sweeping):
        monkeypatch.setattr(module, "read_reviews", site.read_reviews)
    history = History(state, clock, world, site, partial(site.open_bench, clock), random.Random(3), "card")

    troubled = [len(found) for found in history.poll_all("", "comment", "")]

    assert troubled == [0, 3, 0], "two products of a card and one of another"

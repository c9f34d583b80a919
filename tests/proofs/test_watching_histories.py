"""A share of ``run.py prove watching``, and the program of before, keyed by SKU, that must be caught."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.clock import ManualClock
from monitor.state import State
from monitor.watching import recording
from tests.appeal_world import sqlite_home
from tests.proofs.counted import scratch_folder
from tests.proofs.watching_histories import EPOCH, prove_in_memory

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

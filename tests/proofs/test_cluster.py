"""A short run of the cluster proof; the long one is ``python3 run.py prove cluster``."""

from __future__ import annotations

import pytest

from tests.fixtures_postgres import Cluster, postgres_cluster
from tests.proofs.cluster import prove_homes, prove_lock

__all__ = ["postgres_cluster"]


@pytest.mark.slow
@pytest.mark.postgres
def test_two_machines_do_all_work_and_a_dead_ones_accounts_move(postgres_cluster: Cluster) -> None:
    assert postgres_cluster.home.exists()  # skipped, with the reason, where there is none
    assert prove_homes(seed=1, accounts=8, seconds=8, every=2, poisoned=0) == 0


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("is_locked", [True, False])
def test_the_lock_alone_keeps_two_visits_apart_and_without_it_they_meet(
    postgres_cluster: Cluster, is_locked: bool
) -> None:
    assert postgres_cluster.home.exists()
    assert prove_lock(seed=1, rounds=2, is_locked=is_locked) == 0

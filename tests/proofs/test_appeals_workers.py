"""A short run of the proof with several workers; the long one is ``python -m tests.proofs.appeals_workers``."""

from __future__ import annotations

import pytest

from tests.fixtures_postgres import Cluster, postgres_cluster
from tests.proofs.appeals_workers import main

__all__ = ["postgres_cluster"]

SHORT = ("--seed", "1", "--every", "0.7")


@pytest.mark.slow
def test_three_workers_on_a_file_never_send_twice_and_lose_nothing() -> None:
    assert (
        main(
            [
                "--store",
                "sqlite",
                "--workers",
                "3",
                "--appeals",
                "30",
                "--seed",
                "1",
                "--every",
                "0.7",
                "--limit",
                "100",
            ]
        )
        == 0
    )


@pytest.mark.slow
@pytest.mark.postgres
def test_six_workers_on_postgres_never_send_twice_and_lose_nothing(postgres_cluster: Cluster) -> None:
    assert postgres_cluster.home.exists()  # skipped, with the reason, where there is none
    assert (
        main(
            [
                "--store",
                "postgres",
                "--workers",
                "6",
                "--appeals",
                "60",
                "--seed",
                "1",
                "--every",
                "0.7",
                "--limit",
                "140",
            ]
        )
        == 0
    )

"""A short run of the proof with several workers; the long one is ``python -m tests.proofs.appeals_workers``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.fixtures_postgres import Cluster, postgres_cluster
from tests.proofs.appeals_workers import ROOT, main

__all__ = ["postgres_cluster"]

SHORT = ("--seed", "1", "--every", "0.7")
ON_A_FILE = ("--store", "sqlite", "--workers", "3", "--appeals", "30", "--injections", "20", *SHORT)
ON_POSTGRES = ("--store", "postgres", "--workers", "6", "--appeals", "60", "--injections", "40", *SHORT)


@pytest.fixture(scope="module")
def run_on_a_file() -> Iterator[subprocess.Popen[str]]:
    """Begins at once and goes on beside the other one: both mostly wait for leases and settle windows."""
    command = [sys.executable, "-m", "tests.proofs.appeals_workers", *ON_A_FILE]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        yield run
        run.kill()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.usefixtures("run_on_a_file")
def test_six_workers_on_postgres_never_send_twice_and_lose_nothing(postgres_cluster: Cluster) -> None:
    assert postgres_cluster.home.exists()  # skipped, with the reason, where there is none
    assert main(list(ON_POSTGRES)) == 0


@pytest.mark.slow
def test_three_workers_on_a_file_never_send_twice_and_lose_nothing(run_on_a_file: subprocess.Popen[str]) -> None:
    told, _ = run_on_a_file.communicate()
    sys.stdout.write(told)
    assert run_on_a_file.returncode == 0

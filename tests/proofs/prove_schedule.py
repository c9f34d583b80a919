"""The watcher on simulated clocks at full length: ``python3 run.py prove schedule [--steps N]``, 100,000 by default.

Each 5,000 steps begin a new store, with the next seed.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.schedule_simulation import simulate
from tests.proofs.watched_process import move_the_clock, stop_and_wake

CHUNK = 5000

pytestmark = pytest.mark.timeout(4 * 3600)


def test_slots_run_once_on_clocks_that_jump_and_sleep(request: pytest.FixtureRequest) -> None:
    steps = int(request.config.getoption("--steps"))
    whole = Counted("schedule", int(request.config.getoption("--seed")))
    for chunk in range(-(-steps // CHUNK)):
        with scratch_folder() as folder:
            part = simulate(min(CHUNK, steps - chunk * CHUNK), whole.seed + chunk, folder)
        part.report()
        whole.injections += part.injections
        whole.violations += part.violations
    assert whole.report() == 0


def test_a_real_process_is_frozen_and_woken_twenty_times(tmp_path: Path) -> None:
    assert stop_and_wake(tmp_path / "home", 20).report() == 0


def test_the_clock_of_a_real_process_is_set_twenty_times(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    rng = random.Random(int(request.config.getoption("--seed")))
    there = [round(10 ** rng.uniform(0.5, 7.5)) for _ in range(10)]
    jumps = [jump for size in there for jump in rng.choice([(size, -size), (-size, size)])]
    assert move_the_clock(tmp_path / "home", [*jumps, 90 * 24 * 3600]).report() == 0

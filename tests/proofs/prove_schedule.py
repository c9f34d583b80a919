"""The watcher on simulated clocks at full length: ``python3 run.py prove schedule [--steps N]``, 100,000 by default.

Each 5,000 steps begin a new store, with the next seed.
"""

from __future__ import annotations

import pytest

from tests.proofs.counted import Counted, scratch_folder
from tests.proofs.schedule_simulation import simulate

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

"""A share of ``run.py prove schedule``: the watcher on simulated clocks, and two broken ones that must be caught."""

from __future__ import annotations

from tests.proofs.counted import scratch_folder
from tests.proofs.schedule_simulation import simulate

STEPS = 1000


def test_slots_run_once_on_clocks_that_jump_and_sleep() -> None:
    with scratch_folder() as folder:
        assert simulate(STEPS, 41, folder).report() == 0


def test_a_watcher_that_trusts_the_wall_clock_is_caught() -> None:
    with scratch_folder() as folder:
        found = simulate(100, 42, folder, wait=lambda seconds: seconds)

    assert any("waits" in violation for violation in found.violations)


def test_a_watcher_that_forgets_what_was_due_is_caught() -> None:
    with scratch_folder() as folder:
        found = simulate(100, 43, folder, forgets=True)

    assert any("moved what was due" in violation for violation in found.violations)

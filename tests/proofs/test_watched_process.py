"""A share of ``run.py prove schedule`` on a real process: it is frozen and woken, and its wall clock is moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.watched_process import SHIM, move_the_clock, stop_and_wake

pytestmark = pytest.mark.skipif(SHIM is None, reason="faketime is not installed")

HOUR = 3600


def test_a_frozen_watcher_catches_up_once(tmp_path: Path) -> None:
    assert stop_and_wake(tmp_path / "home", 2).report() == 0


def test_a_watcher_whose_clock_is_set_runs_on(tmp_path: Path) -> None:
    assert move_the_clock(tmp_path / "home", [2 * HOUR, -2 * HOUR, 400 * 24 * HOUR, -400 * 24 * HOUR]).report() == 0

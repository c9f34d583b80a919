"""A command's start beside importing its libraries, in processor time of one run: what a change may not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.start_costs import ROWS, make_home, measure, ratios

SLOWDOWN = "import playwright.sync_api, pymorphy3, monitor.desk.app; sum(one * one for one in range(15_000_000))"
"""A careless import, and what it works out as it is loaded: about as much again as a list's whole start."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("start"))


def test_commands_start_in_proportion_to_their_libraries(home: Path) -> None:
    told = ratios(measure(home, rounds=3))
    assert [row.name for row in ROWS if told[row.name] > row.limit] == [], told


def test_a_start_twice_as_dear_passes_the_limits(home: Path) -> None:
    told = ratios(measure(home, rounds=3, before=SLOWDOWN))
    assert [row.name for row in ROWS if told[row.name] > row.limit] == [row.name for row in ROWS], told

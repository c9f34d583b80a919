"""A command's start beside importing its libraries, in processor time of one run: what a change may not pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.start_costs import ROWS, make_home, measure, ratios

LOADED_FOR_NOTHING = "import playwright.sync_api, pymorphy3, pydantic_settings, sqlalchemy, monitor.desk.app"
"""A slowdown of the kind that a careless import makes."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("start"))


def test_commands_start_in_proportion_to_their_libraries(home: Path) -> None:
    told = ratios(measure(home, rounds=3))
    assert [row.name for row in ROWS if told[row.name] > row.limit] == [], told


def test_a_careless_import_passes_the_limit(home: Path) -> None:
    told = ratios(measure(home, rounds=2, before=LOADED_FOR_NOTHING))
    assert [row.name for row in ROWS if told[row.name] > row.limit] == [row.name for row in ROWS], told

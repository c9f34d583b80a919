"""One suite, two stores: every test here runs on a SQLite file and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from monitor.clock import ManualClock
from monitor.state import State
from monitor.state.migrating import migrate
from tests.appeal_world import START, StoreHome, fast_folder, sqlite_home
from tests.fixtures_postgres import Cluster, postgres_cluster

__all__ = ["postgres_cluster"]


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> Cluster:
    """The cluster with a migrated database that tests copy."""
    postgres_cluster.execute("CREATE DATABASE migrated")
    migrate(postgres_cluster.url("migrated"))
    return postgres_cluster


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file that tests copy."""
    path = tmp_path_factory.mktemp("migrated") / "state.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the test's files lie."""
    with fast_folder(tmp_path) as made:
        yield made


@pytest.fixture
def postgres_home(postgres_template: Cluster, folder: Path) -> StoreHome:
    """A store on PostgreSQL, for what only a shared store has to do."""
    return StoreHome(postgres_template.new_database(template="migrated"), folder, ManualClock(START))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def home(request: pytest.FixtureRequest, folder: Path) -> StoreHome:
    """A store of this test's own, with a clock that only moves when told to."""
    if request.param == "sqlite":
        made = sqlite_home(folder)
        (folder / "db").mkdir()
        shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "db" / "state.db")
        return made
    return cast("StoreHome", request.getfixturevalue("postgres_home"))


@pytest.fixture
def clock(home: StoreHome) -> ManualClock:
    """The clock of the test's store."""
    assert isinstance(home.clock, ManualClock)
    return home.clock


@pytest.fixture
def state(home: StoreHome) -> Iterator[State]:
    """The test's store, open."""
    with home.open() as state:
        yield state

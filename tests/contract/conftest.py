"""One suite, two stores: every test here runs on a SQLite file and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.state import State
from monitor.state.migrating import migrate
from tests.appeal_world import START, StoreHome, sqlite_home
from tests.fixtures_postgres import Cluster, postgres_cluster

__all__ = ["postgres_cluster"]


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> Cluster:
    """The cluster with a migrated database that tests copy."""
    postgres_cluster.execute("CREATE DATABASE migrated")
    migrate(postgres_cluster.url("migrated"))
    return postgres_cluster


@pytest.fixture
def postgres_home(postgres_template: Cluster, tmp_path: Path) -> StoreHome:
    """A store on PostgreSQL, for what only a shared store has to do."""
    return StoreHome(postgres_template.new_database(template="migrated"), tmp_path, ManualClock(START))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> StoreHome:
    """A store of this test's own, with a clock that only moves when told to."""
    if request.param == "sqlite":
        return sqlite_home(tmp_path)
    made: StoreHome = request.getfixturevalue("postgres_home")
    return made


@pytest.fixture
def clock(home: StoreHome) -> ManualClock:
    """The clock of the test's store."""
    assert isinstance(home.clock, ManualClock)
    return home.clock


@pytest.fixture
def state(home: StoreHome) -> Iterator[State]:
    """The test's store, open."""
    with home.open() as opened:
        yield opened

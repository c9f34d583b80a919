"""A full disk, a busy store, a cut connection, a foreign place: each has its type, and nothing half-done stays."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import AppealState
from monitor.errors import StorageBusy, StorageError, StorageFull, StorageUnavailable
from monitor.state import Action, State, StatePlaces
from monitor.state.engine import is_wal_safe, open_engine
from tests.appeal_world import ACCOUNT, LIST_TERMS, SITE, StoreHome, approved, lease_of, load, settle_in, sqlite_home


@pytest.fixture
def file_home(folder: Path) -> StoreHome:
    return sqlite_home(folder)


def test_on_a_full_disk_no_intent_is_taken_and_the_appeal_stays_approved(file_home: StoreHome) -> None:
    with file_home.open() as state:
        settle_in(state, ["r1"])
        appeal = approved(state, "r1")
        lease = lease_of(state)
        with state._engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
            connection.rollback()
        for size in (20_000, 2_000, 1):
            fill_up(state, size)
        with pytest.raises(StorageFull):
            Ledger(state).take_intent(appeal.id, lease, LIST_TERMS)
        assert load(state, appeal.id).state == AppealState.APPROVED


def fill_up(state: State, size: int) -> None:
    """Writes until nothing of that size fits any more."""
    for _ in range(500):
        try:
            with state.transaction() as tx:
                tx.journal.record(ACCOUNT, Action("fill", outputs={"x": "x" * size}))
        except StorageFull:
            return
    pytest.fail("the disk never got full")


def test_a_store_that_somebody_else_holds_is_busy_not_broken(file_home: StoreHome) -> None:
    file_home.open().close()
    other = sqlite3.connect(file_home.folder / "db" / "state.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StorageBusy) as raised:
            State.open(StatePlaces(url=file_home.url, busy_seconds=0.1))
    finally:
        other.close()
    assert raised.value.hint


def test_a_connection_cut_in_the_middle_leaves_nothing(postgres_home: StoreHome) -> None:
    with postgres_home.open() as state:
        with state.transaction() as tx:
            tx.accounts.add(ACCOUNT, site=SITE)
        with pytest.raises(StorageUnavailable):
            write_and_be_cut(state, postgres_home.url)
        with state.read() as tx:
            assert tx.products.watched(ACCOUNT) == []


def write_and_be_cut(state: State, url: str) -> None:
    with state.transaction() as tx:
        tx.products.add(ACCOUNT, "1", url="u")
        pid = tx.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (pid,))
        tx.products.add(ACCOUNT, "2", url="u")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "not a url", ""])
def test_a_url_of_another_kind_is_refused_with_the_right_form_in_the_hint(url: str) -> None:
    with pytest.raises(StorageUnavailable) as raised:
        open_engine(url)
    assert "sqlite:////" in raised.value.hint


def test_a_file_that_cannot_be_opened_is_named(folder: Path) -> None:
    (folder / "state.db").mkdir()
    with pytest.raises(StorageError) as raised:
        State.open(StatePlaces(url=f"sqlite:///{folder / 'state.db'}"))
    assert "state.db" in raised.value.where


def test_a_link_in_the_place_of_the_file_is_refused(folder: Path) -> None:
    (folder / "elsewhere").touch()
    (folder / "state.db").symlink_to(folder / "elsewhere")
    with pytest.raises(StorageUnavailable):
        State.open(StatePlaces(url=f"sqlite:///{folder / 'state.db'}"))


def test_a_file_that_others_could_read_becomes_private(folder: Path) -> None:
    path = folder / "state.db"
    path.touch(mode=0o644)
    path.chmod(0o644)
    State.open(StatePlaces(url=f"sqlite:///{path}")).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_saved_is_saved_also_when_the_power_goes(file_home: StoreHome) -> None:
    with file_home.open() as state, state._engine.connect() as connection:
        journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        level = connection.execute(text("PRAGMA synchronous")).scalar_one()
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
    expected = ("wal", 2) if is_wal_safe(sqlite3.sqlite_version_info) else ("delete", 3)
    assert (journal, level) == expected


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
    ],
)
def test_the_write_ahead_log_is_used_only_where_its_fault_is_repaired(
    version: tuple[int, int, int], is_safe: bool
) -> None:
    assert is_wal_safe(version) is is_safe


def test_postgres_acknowledges_only_what_is_on_disk(postgres_home: StoreHome) -> None:
    with postgres_home.open() as state, state._engine.connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"

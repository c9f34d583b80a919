"""The way from one release to the next and back, on the stores that earlier releases filled."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from monitor.errors import StorageBusy, StorageDamaged, StorageError, UsageError
from monitor.state import State, StatePlaces
from monitor.state.migrating import SCHEMA_HEAD
from monitor.state.upgrading import find_earlier_stores, look_at_schema, put_back
from monitor.use_cases.upgrades import check_upgrade, find_way_back
from tests.frozen.opening import Frozen, find_losses, unpack
from tests.frozen.telling import tell

RELEASE = "0_1"


@pytest.fixture(scope="module")
def oldest(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    return unpack(RELEASE, tmp_path_factory.mktemp("oldest"))


@pytest.fixture
def store(oldest: Frozen, tmp_path: Path) -> Path:
    """The first release's store alone, as nobody opened it yet."""
    return oldest.copy(tmp_path, "home/state.sqlite3").database


def url_of(store: Path) -> str:
    return f"sqlite:///{store}"


def migrate(store: Path) -> None:
    with State.open(StatePlaces(url=url_of(store))):
        pass


def content(store: Path) -> list[str]:
    with closing(sqlite3.connect(store)) as connection:
        return list(connection.iterdump())


def wheel(folder: Path, *revisions: str, name: str = "fairreview") -> Path:
    path = folder / "fairreview-9.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("fairreview-9.0.0.dist-info/METADATA", f"Name: {name}\nVersion: 9.0.0\n")
        for one in revisions:
            archive.writestr(f"monitor/state/migrations/versions/{one}_x.py", "")
    return path


def test_looking_names_the_steps_and_changes_nothing(store: Path, oldest: Frozen) -> None:
    before = store.read_bytes()
    found = check_upgrade(url_of(store), None)
    assert found.schema_stored == oldest.expected["schema"]
    assert found.steps[-1] == SCHEMA_HEAD
    assert found.copy_bytes == len(before)
    assert not found.earlier
    assert store.read_bytes() == before
    assert [one.name for one in store.parent.iterdir()] == [store.name]


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert check_upgrade(url_of(tmp_path / "state.sqlite3"), None).schema_stored is None
    assert not list(tmp_path.iterdir())


def test_the_way_back_gives_the_same_store_and_the_way_forth_works_again(store: Path, oldest: Frozen) -> None:
    before = content(store)
    migrate(store)
    assert look_at_schema(url_of(store)).steps == ()
    path, earlier = find_way_back(url_of(store))
    kept = put_back(path, earlier)
    assert content(store) == before
    assert look_at_schema(url_of(kept)).stored == SCHEMA_HEAD
    with State.open(StatePlaces(url=url_of(store))) as state:
        assert find_losses(oldest.expected["state"], tell(state)) == []


def test_nothing_goes_back_once_something_was_logged(store: Path) -> None:
    migrate(store)
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE journal_heads SET seq = seq + 1")
    before = content(store)
    with pytest.raises(StorageError, match="added to the action log"):
        put_back(*find_way_back(url_of(store)))
    assert content(store) == before


def test_nothing_goes_back_under_another_program(store: Path) -> None:
    migrate(store)
    with closing(sqlite3.connect(store)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            put_back(*find_way_back(url_of(store)))


def test_a_damaged_copy_is_not_put_back(store: Path) -> None:
    migrate(store)
    path, earlier = find_way_back(url_of(store))
    data = bytearray(earlier.path.read_bytes())
    data[4096:8192] = bytes(4096)
    earlier.path.write_bytes(data)
    before = content(store)
    with pytest.raises(StorageDamaged):
        put_back(path, earlier)
    assert content(store) == before


def test_without_a_copy_there_is_no_way_back(store: Path) -> None:
    assert find_earlier_stores(store) == ()
    with pytest.raises(UsageError, match="no migration left a copy"):
        find_way_back(url_of(store))


def test_a_downloaded_version_is_known_by_what_it_can_open(store: Path, tmp_path: Path) -> None:
    newer = check_upgrade(url_of(store), wheel(tmp_path, "0001", SCHEMA_HEAD)).file
    assert newer is not None
    assert (newer.program, newer.schema_known, newer.opens_store) == ("9.0.0", SCHEMA_HEAD, True)
    migrate(store)
    older = check_upgrade(url_of(store), wheel(tmp_path, "0001")).file
    assert older is not None
    assert older.opens_store is False


@pytest.mark.parametrize("made", ["another program", "no revisions", "cut", "text"])
def test_what_is_no_wheel_of_this_program_is_refused(store: Path, tmp_path: Path, made: str) -> None:
    name = "flows" if made == "another program" else "fairreview"
    path = wheel(tmp_path, *([] if made == "no revisions" else ["0001"]), name=name)
    if made == "cut":
        path.write_bytes(path.read_bytes()[:-30])
    if made == "text":
        path.write_text("hello", encoding="utf-8")
    with pytest.raises(UsageError, match="no wheel of fairreview"):
        check_upgrade(url_of(store), path)

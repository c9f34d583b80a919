"""The action log's files: whole, in order, and rebuilt from the rows whatever happened to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evidence_store.journal import Actor, read_lines
from monitor.state import Action, State
from tests.appeal_world import ACCOUNT, SITE, StoreHome, sqlite_home


@pytest.fixture
def home(tmp_path: Path) -> StoreHome:
    home = sqlite_home(tmp_path)
    with home.open() as state:
        with state.transaction() as tx:
            tx.accounts.add(ACCOUNT, site=SITE)
        write(state, 3)
    return home


@pytest.fixture
def state(home: StoreHome) -> Iterator[State]:
    with home.open() as state:
        yield state


def write(state: State, count: int) -> None:
    for _ in range(count):
        with state.transaction() as tx:
            tx.journal.record(ACCOUNT, Action("poll", outputs={"text": "личное"}))
    state.flush_mirror()


def mirror_of(state: State, home: StoreHome) -> Path:
    with state.read() as tx:
        return home.folder / "log" / f"{tx.journal.heads()[ACCOUNT].chain}.jsonl"


def numbers(path: Path) -> list[int]:
    entries, findings = read_lines(path.read_bytes())
    assert not findings
    return [entry.header.seq for entry in entries]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a torn last line": lambda data: data[:-40],
    "a last line without its newline": lambda data: data[:-1],
    "the last line missing": lambda data: data[: data[:-1].rfind(b"\n") + 1],
    "everything missing": lambda _: b"",
    "nonsense at the end": lambda data: data + b"nonsense\nmore nonsense\n",
    "half a line only": lambda data: data[:30],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_the_next_flush_makes_the_file_whole_again(home: StoreHome, damage: Callable[[bytes], bytes]) -> None:
    with home.open() as state:
        path = mirror_of(state, home)
    path.write_bytes(damage(path.read_bytes()))
    with home.open() as state:
        write(state, 2)
    assert numbers(path) == [1, 2, 3, 4, 5]


def test_two_programs_write_each_line_once(home: StoreHome) -> None:
    with home.open() as one, home.open() as two:
        for _ in range(3):
            write(one, 1)
            write(two, 1)
        assert numbers(mirror_of(one, home)) == list(range(1, 10))


def test_a_purged_body_leaves_the_file_too(state: State, home: StoreHome) -> None:
    with state.transaction() as tx:
        tx.journal.purge(ACCOUNT, [1, 2, 3], actor=Actor(kind="operator", id="anna"))
    path = mirror_of(state, home)
    state.flush_mirror()
    state.purge_mirror(path.stem, lambda entry: entry.header.seq <= 3)
    assert "личное" not in path.read_text()
    assert numbers(path) == [1, 2, 3, 4]


def test_files_are_for_their_owner_only(state: State, home: StoreHome) -> None:
    path = mirror_of(state, home)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (home.folder / "db" / "state.db").stat().st_mode & 0o777 == 0o600

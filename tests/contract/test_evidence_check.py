"""The read-only check of evidence sees one moment, finds the same and changes nothing, on both stores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from evidence_store.findings import FindingKind, Severity
from monitor.config.settings import state_url
from monitor.custody.checking import check_evidence
from monitor.custody.checkpoints import make_checkpoint
from monitor.errors import StorageUnavailable
from monitor.state import Action, StateSnapshot
from monitor.state.engine import open_engine
from tests.appeal_world import ACCOUNT, StoreHome
from tests.unit.monitor.case_world import REVIEW, World, make_world, seal

_TABLES = ("journal_entries", "journal_heads", "review_versions", "artifacts", "checkpoints")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    url = ""
    if request.param == "postgres":
        shared: StoreHome = request.getfixturevalue("postgres_home")
        url = shared.url
    made = make_world(tmp_path, state_url=url)
    seal(made, "account", has_reading=True)
    write(made, 20)
    make_checkpoint(made.installation)
    yield made
    made.installation.state.close()


def write(world: World, count: int) -> None:
    for number in range(count):
        with world.installation.state.transaction() as tx:
            tx.journal.record(ACCOUNT, Action("poll", outputs={"number": number}))
    world.installation.state.flush_mirror()


def change(world: World, statement: str) -> None:
    """Changes the store behind the program's back."""
    engine = open_engine(state_url(world.installation.settings, world.installation.home))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def rows_of(world: World) -> dict[str, list[tuple[object, ...]]]:
    engine = open_engine(state_url(world.installation.settings, world.installation.home))
    with engine.connect() as connection:
        found = {
            table: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=repr)
            for table in _TABLES
        }
    engine.dispose()
    return found


def test_what_is_intact_is_found_intact_and_stays_as_it_is(world: World) -> None:
    before = rows_of(world)
    report = check_evidence(world.installation)
    assert report.damage == ()
    assert [one for one in report.findings if one.severity is Severity.CANNOT_JUDGE] == []
    assert report.entries == len(before["journal_entries"])
    assert report.manifests == 3
    assert world.run("evidence", "verify") == 0
    assert rows_of(world) == before
    assert all(before.values()), "an empty table proves nothing"


def test_a_picture_shows_one_moment_while_others_write(world: World) -> None:
    with world.installation.snapshot() as frozen:
        with frozen.state.read() as tx:
            head = tx.journal.heads()[ACCOUNT]
        write(world, 3)
        with frozen.state.read() as tx:
            assert tx.journal.heads()[ACCOUNT] == head
            assert len(list(tx.journal.rows(head.chain))) == head.seq
    with world.installation.snapshot() as frozen, frozen.state.read() as tx:
        assert tx.journal.heads()[ACCOUNT].seq == head.seq + 3


def test_through_a_picture_nothing_can_be_written(world: World) -> None:
    before = rows_of(world)
    with world.installation.snapshot() as frozen:
        assert isinstance(frozen.state, StateSnapshot)
        with pytest.raises(StorageUnavailable, match="for reading only"):
            frozen.state.transaction()
        # Past every guard of ours: the server refuses, and a file's picture is a copy, where the write goes nowhere.
        is_shared = bool(world.installation.settings.state.url)
        refused: AbstractContextManager[object] = (
            pytest.raises(DBAPIError, match="read-only") if is_shared else nullcontext()
        )
        with refused:
            frozen.state._connection.execute(text("DELETE FROM checkpoints"))
    assert rows_of(world) == before


def test_a_cut_log_is_damage_and_stays_cut(world: World) -> None:
    with world.installation.state.read() as tx:
        head = tx.journal.heads()[ACCOUNT]
    change(world, f"DELETE FROM journal_entries WHERE chain = '{head.chain}' AND seq > {head.seq - 5}")
    before = rows_of(world)
    damage = check_evidence(world.installation).damage
    told = [one for one in damage if one.kind is FindingKind.MIRROR_DIFFERS]
    assert any(one.detail.startswith("5 entries are in the mirror and not in the table") for one in told)
    assert any(one.detail.startswith("checkpoint 1: it knows") for one in damage if one.kind is FindingKind.TAIL_CUT)
    assert world.run("evidence", "verify") == 1
    assert rows_of(world) == before


def test_a_changed_row_is_damage_with_both_values(world: World) -> None:
    change(world, f"UPDATE review_versions SET text = 'всё отлично' WHERE review_id = '{REVIEW}'")
    damage = [one.detail for one in check_evidence(world.installation).damage if one.kind is FindingKind.ROW_DIFFERS]
    assert any("всё отлично" in told and "плохо" in told for told in damage)


def test_a_busy_writer_is_no_damage(world: World) -> None:
    over = threading.Event()
    written: list[int] = []

    def go_on() -> None:
        while not over.is_set():
            write(world, 1)
            written.append(1)

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        rounds = []
        for _ in range(5):
            before = len(written)
            assert check_evidence(world.installation).damage == ()
            rounds.append(len(written) - before)
    finally:
        over.set()
        writer.join(timeout=30)
    assert sum(rounds) > 0, "nothing was written meanwhile"

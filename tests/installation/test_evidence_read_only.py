"""`evidence verify` looks and changes nothing; mending is another command, shown first, and an entry of the log."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from evidence_store.findings import Finding, FindingKind, Severity
from monitor.custody.checking import check_evidence
from monitor.custody.checkpoints import make_checkpoint
from monitor.state import Action
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import World, make_world, told


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    write(world, 20)
    make_checkpoint(world.installation)
    return world


def write(world: World, count: int) -> None:
    for number in range(count):
        with world.installation.state.transaction() as tx:
            tx.journal.record(ACCOUNT, Action("poll", outputs={"number": number}))
    world.installation.state.flush_mirror()


def chain_of(world: World, account: str = ACCOUNT) -> str:
    with world.installation.state.read() as tx:
        return tx.journal.heads()[account].chain


def cut_table(world: World, count: int, *, moves_head: bool = False) -> None:
    chain = chain_of(world)
    with sqlite3.connect(world.installation.home.database) as db:
        (last,) = db.execute("SELECT max(seq) FROM journal_entries WHERE chain = ?", (chain,)).fetchone()
        db.execute("DELETE FROM journal_entries WHERE chain = ? AND seq > ?", (chain, last - count))
        if moves_head:
            digest = "SELECT digest FROM journal_entries WHERE chain = ? AND seq = ?"
            (head,) = db.execute(digest, (chain, last - count)).fetchone()
            db.execute("UPDATE journal_heads SET seq = ?, digest = ? WHERE chain = ?", (last - count, head, chain))


def still(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file with its times and its bytes."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_mode, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def damage(world: World) -> list[Finding]:
    return list(check_evidence(world.installation).damage)


def test_a_still_home_has_the_same_bytes_and_times_before_and_after(world: World) -> None:
    home = world.installation.home.root
    before = still(home.parent)
    assert world.run("evidence", "verify") == 0
    assert still(home.parent) == before


def test_a_cut_table_is_damage_by_mirror_and_by_the_stored_checkpoint_and_stays_as_it_is(world: World) -> None:
    cut_table(world, 10, moves_head=True)
    before = still(world.installation.home.root)
    assert world.run("evidence", "verify") == 1
    kinds = {one.kind for one in damage(world)}
    assert {FindingKind.MIRROR_DIFFERS, FindingKind.TAIL_CUT} <= kinds
    assert still(world.installation.home.root) == before


def test_a_cut_table_and_mirror_are_damage_by_the_stored_checkpoint(world: World) -> None:
    cut_table(world, 10, moves_head=True)
    mirror = world.installation.home.action_log / f"{chain_of(world)}.jsonl"
    mirror.write_bytes(b"".join(mirror.read_bytes().splitlines(keepends=True)[:-10]))
    assert {one.kind for one in damage(world)} == {FindingKind.TAIL_CUT}


def test_a_deleted_mirror_is_damage_and_is_not_made_anew(world: World) -> None:
    shutil.rmtree(world.installation.home.action_log)
    assert world.run("evidence", "verify") == 1
    assert not world.installation.home.action_log.exists()


def test_another_command_makes_a_deleted_mirror_anew_and_the_log_says_so(world: World) -> None:
    shutil.rmtree(world.installation.home.action_log)
    world.run("log")
    assert world.installation.home.action_log.exists()
    with world.installation.state.read() as tx:
        (entry,) = tx.journal.of_action("log.mirror_made_anew")
    assert chain_of(world) in (entry.body or b"").decode()


def test_a_line_missing_in_the_middle_of_the_mirror_is_damage(world: World) -> None:
    mirror = world.installation.home.action_log / f"{chain_of(world)}.jsonl"
    lines = mirror.read_bytes().splitlines(keepends=True)
    mirror.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    assert [one.kind for one in damage(world)] == [FindingKind.MIRROR_DIFFERS]


def test_a_tail_that_no_checkpoint_covers_yet_is_said_and_no_damage(world: World) -> None:
    with world.installation.state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("poll"))  # a writer that was killed before it wrote the mirror
    findings = check_evidence(world.installation).findings
    late = [one for one in findings if one.kind is FindingKind.MIRROR_DIFFERS]
    assert [one.severity for one in late] == [Severity.NOTE]


def test_a_stored_checkpoint_of_another_type_is_named(world: World) -> None:
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("UPDATE checkpoints SET envelope = 5")
    found = damage(world)
    assert any(one.kind is FindingKind.MALFORMED and "checkpoints" in one.item for one in found)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("journal_entries", "seq", "text"),
        ("journal_entries", "digest", "sha256:no"),
        ("journal_entries", "body", 7),
        ("journal_entries", "written_at", "yesterday"),
        ("journal_heads", "digest", b"\xff"),
        ("artifacts", "sha256", "../../x"),
        ("artifacts", "notes", "{not json"),
        ("artifacts", "captured_at", 3.5),
        ("installation", "mark", "many"),
    ],
)
def test_a_value_of_another_kind_is_named_and_ends_no_check(
    world: World, table: str, column: str, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(world.installation.home.database) as db:
        where = f"rowid = (SELECT max(rowid) FROM {table})"
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))
    assert world.run("evidence", "verify", "--json") == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert any(one["kind"] == "malformed" and one["item"].startswith(table) for one in findings)


def test_recover_shows_first_and_then_puts_the_cut_entries_back(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_table(world, 10, moves_head=True)
    before = still(world.installation.home.root)
    assert world.run("evidence", "recover") == 0
    assert "put back into the table" in told(capsys)
    assert still(world.installation.home.root) == before
    assert world.run("evidence", "recover", "--yes") == 0
    assert damage(world) == []
    with world.installation.state.read() as tx:
        (entry,) = tx.journal.of_action("log.recover")
    assert "Анна Примерова" in (entry.body or b"").decode()
    assert world.run("evidence", "recover") == 0
    assert "nothing to mend" in told(capsys)


def test_recover_writes_a_damaged_mirror_anew_and_keeps_the_old_one(world: World) -> None:
    mirror = world.installation.home.action_log / f"{chain_of(world)}.jsonl"
    damaged = mirror.read_bytes().replace(b'"number":4', b'"number":5')
    mirror.write_bytes(damaged)
    assert damage(world)
    assert world.run("evidence", "recover", "--yes") == 0
    assert damage(world) == []
    (kept,) = world.installation.home.action_log.glob("*.unreadable-1.jsonl")
    assert kept.read_bytes() == damaged


def test_entries_that_do_not_continue_the_table_are_not_put_back(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_table(world, 5, moves_head=True)
    with world.installation.open_state_as_it_is() as state, state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("poll"))  # the log went on from the cut
    assert world.run("evidence", "recover", "--yes") == 0
    assert "cannot be mended" in told(capsys)
    assert damage(world)

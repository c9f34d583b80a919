"""A checkpoint that lies elsewhere makes visible what a log alone cannot show."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from evidence_store.findings import FindingKind
from evidence_store.journal import NOT_VISIBLE_WITHOUT_CHECKPOINT
from monitor.custody.checkpoints import checkpoint_after_visit, make_checkpoint
from monitor.errors import SettingsError
from monitor.state import Action
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import World, make_world, told


@pytest.fixture
def anchor(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def world(tmp_path: Path, anchor: Path) -> World:
    return make_world(tmp_path, anchors=[str(anchor)])


def cut_tail(world: World) -> None:
    """Does what somebody with the database and the mirror in hand would do."""
    with world.installation.state.read() as tx:
        head = tx.journal.heads()[ACCOUNT]
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("DELETE FROM journal_entries WHERE chain = ? AND seq = ?", (head.chain, head.seq))
        at = (head.chain, head.seq - 1)
        (before,) = db.execute("SELECT digest FROM journal_entries WHERE chain = ? AND seq = ?", at).fetchone()
        db.execute("UPDATE journal_heads SET seq = seq - 1, digest = ? WHERE chain = ?", (before, head.chain))
    (mirror,) = world.installation.home.action_log.glob(f"*{head.chain}*")
    mirror.write_bytes(b"".join(mirror.read_bytes().splitlines(keepends=True)[:-1]))


def test_each_checkpoint_lies_in_the_anchor_for_its_owner_alone(world: World, anchor: Path) -> None:
    first, second = make_checkpoint(world.installation), make_checkpoint(world.installation)
    assert sorted(anchor.iterdir()) == sorted([*first.copies, *second.copies])
    assert [stat.S_IMODE(path.stat().st_mode) for path in anchor.iterdir()] == [0o600, 0o600]
    assert first.copies[0].read_bytes() == first.signed.to_bytes()
    assert second.signed.checkpoint.previous == first.signed.checkpoint.digest


def test_a_cut_tail_is_seen_by_the_stored_checkpoint_by_the_anchors_copy_and_by_one_that_is_given(
    world: World, anchor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with world.installation.state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("poll"))  # an entry that no row and no file betrays
    kept = make_checkpoint(world.installation)
    elsewhere = anchor.with_name("elsewhere.json")
    elsewhere.write_bytes(kept.copies[0].read_bytes())
    cut_tail(world)
    assert world.run("evidence", "verify") == 1
    assert "checkpoint 1: it knows 4 entries; 3 are here" in " ".join(told(capsys).split())
    forget_checkpoints(world)
    assert world.run("evidence", "verify") == 1
    assert "checkpoint outside" in told(capsys)
    for copy in anchor.iterdir():
        copy.unlink()
    assert world.run("evidence", "verify", "--json") == 0
    blind = {one["item"] for one in json.loads(capsys.readouterr().out)["findings"] if one["kind"] == "not_visible"}
    assert blind == {name for name, _ in NOT_VISIBLE_WITHOUT_CHECKPOINT}
    assert world.run("evidence", "verify", "--checkpoint", elsewhere) == 1
    assert FindingKind.TAIL_CUT in told(capsys)


def test_checkpoints_that_are_gone_from_the_tables_end_are_told_by_the_anchors_copy_and_by_one_that_is_given(
    world: World, anchor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_checkpoint(world.installation)
    second = make_checkpoint(world.installation)
    assert world.run("evidence", "verify") == 0
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("DELETE FROM checkpoints WHERE number = 2")
    capsys.readouterr()
    assert world.run("evidence", "verify", "--json") == 1
    (found,) = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["severity"] == "damage"]
    assert (found["kind"], found["item"]) == ("missing", "checkpoint 2")
    elsewhere = anchor.with_name("elsewhere.json")
    second.copies[0].rename(elsewhere)
    assert world.run("evidence", "verify") == 0
    assert world.run("evidence", "verify", "--checkpoint", elsewhere) == 1
    assert "gone from the table" in told(capsys)


def test_an_anchor_that_was_emptied_or_thinned_out_is_told(
    world: World, anchor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = make_checkpoint(world.installation), make_checkpoint(world.installation)
    capsys.readouterr()
    for copy, kind, severity in (
        (second.copies[0], "after_checkpoint", "note"),
        (first.copies[0], "missing", "cannot_judge"),
    ):
        copy.unlink()
        assert world.run("evidence", "verify", "--json") == 0
        found = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["item"] == str(anchor)]
        assert [(one["kind"], one["severity"]) for one in found] == [(kind, severity)]


def test_a_copy_in_an_anchor_whose_signature_does_not_fit_is_told(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy,) = make_checkpoint(world.installation).copies
    value = json.loads(copy.read_bytes())
    value["signature"]["value"] = "0" * 128
    copy.write_text(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    assert world.run("evidence", "verify") == 1
    assert FindingKind.SIGNATURE_WRONG in told(capsys)


def test_a_relative_anchor_counts_from_the_home_folder(tmp_path: Path) -> None:
    world = make_world(tmp_path, anchors=["../stick"])
    (world.installation.home.root / "../stick").mkdir()
    (copy,) = make_checkpoint(world.installation).copies
    assert copy.resolve().parent == (world.installation.home.root.parent / "stick").resolve()


def forget_checkpoints(world: World) -> None:
    """What somebody does who knows where the stored checkpoints lie."""
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("DELETE FROM checkpoints")


def test_the_noted_key_recognises_the_signature_and_a_strange_one_does_not(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = make_checkpoint(world.installation)
    key = kept.signed.signature.public_key
    assert world.run("evidence", "verify", "--checkpoint", kept.copies[0], "--key", key) == 0
    assert FindingKind.KEY_UNKNOWN not in told(capsys)
    assert world.run("evidence", "verify", "--checkpoint", kept.copies[0], "--key", "0" * 64) == 1


def test_a_forged_checkpoint_is_named(world: World, tmp_path: Path) -> None:
    kept = make_checkpoint(world.installation)
    value = json.loads(kept.copies[0].read_bytes())
    value["signature"]["value"] = "0" * 128
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    assert world.run("evidence", "verify", "--checkpoint", forged) == 1
    forged.write_text("{}")
    with pytest.raises(SettingsError, match="not a signed checkpoint"):
        world.run("evidence", "verify", "--checkpoint", forged)


def test_an_anchor_that_is_away_is_said_and_not_made(
    world: World, anchor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchor.rmdir()
    (problem,) = checkpoint_after_visit(world.installation)
    assert str(anchor) in problem
    assert not anchor.exists()
    assert world.run("evidence", "checkpoint") == 1
    assert str(anchor) in told(capsys).replace("\n", "")

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
from monitor.secrets.stores import sealed_file
from monitor.state import INSTALLATION, Action
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
    assert world.run("evidence", "verify") == 1
    assert "(evidence.anchor) names it, and it is gone from the table" in " ".join(told(capsys).split())
    forget_chain(world, INSTALLATION)
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
    copies = [make_checkpoint(world.installation).copies[0] for _ in range(3)]
    assert about(world, capsys, anchor) == (0, [])
    copies[0].unlink()
    assert about(world, capsys, anchor) == (0, [("missing", "note")])
    copies[2].unlink()
    assert about(world, capsys, anchor) == (0, [("after_checkpoint", "note")])
    copies[1].unlink()
    assert about(world, capsys, anchor) == (1, [("missing", "damage")])
    anchor.rmdir()
    assert about(world, capsys, anchor) == (0, [("missing", "note")])


def test_an_anchor_that_never_held_a_copy_is_no_damage(
    tmp_path: Path, anchor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(tmp_path)
    make_checkpoint(world.installation)
    config = world.installation.home.config
    config.write_text(config.read_text("utf-8").replace("[evidence]", f"[evidence]\nanchors = ['{anchor}']"), "utf-8")
    assert about(world, capsys, anchor) == (0, [("missing", "cannot_judge")])


def test_the_first_copy_in_a_folder_is_in_the_log_and_the_next_ones_are_not(world: World) -> None:
    for _ in range(2):
        make_checkpoint(world.installation)
    with world.installation.state.read() as tx:
        assert len(tx.journal.of_action("evidence.anchor")) == 1


def about(world: World, capsys: pytest.CaptureFixture[str], item: object) -> tuple[int, list[tuple[str, str]]]:
    """Returns the exit code of `evidence verify`, and what it says of one thing."""
    capsys.readouterr()
    code = world.run("evidence", "verify", "--json")
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, [(one["kind"], one["severity"]) for one in findings if one["item"] == str(item)]


def test_a_checkpoint_without_its_signed_form_is_damage(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    make_checkpoint(world.installation)
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("UPDATE checkpoints SET envelope = NULL")
    code, found = about(world, capsys, "checkpoint 1")
    assert code == 1
    assert ("signature_absent", "damage") in found


def test_the_newest_checkpoint_is_missed_where_an_export_named_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(tmp_path)
    make_checkpoint(world.installation)
    with world.installation.state.transaction() as tx:
        tx.journal.record(ACCOUNT, Action("evidence.export", outputs={"checkpoint": 1}))
    assert about(world, capsys, "checkpoint 1") == (0, [("no_third_party_time", "note")])
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("DELETE FROM checkpoints")
    assert about(world, capsys, "checkpoint 1") == (1, [("row_differs", "damage")])
    with world.installation.state.transaction() as tx:
        tx.journal.record(INSTALLATION, Action("log.recover"))  # who mended the log was told what is lost
    assert about(world, capsys, "checkpoint 1") == (0, [("row_differs", "cannot_judge")])


def test_a_signing_key_that_is_gone_is_told_and_so_is_the_new_one(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    make_checkpoint(world.installation)
    assert about(world, capsys, "the signing key") == (0, [])
    sealed_file(world.installation.home.secrets, "signing/ed25519").unlink()
    assert about(world, capsys, "the signing key") == (0, [("missing", "cannot_judge")])
    make_checkpoint(world.installation)
    assert about(world, capsys, "the signing key") == (0, [])
    assert ("key_unknown", "cannot_judge") in about(world, capsys, "checkpoint 2")[1]


@pytest.mark.parametrize("mark", ["seal", "watermark"])
def test_a_mark_that_is_gone_is_told(world: World, capsys: pytest.CaptureFixture[str], mark: str) -> None:
    make_checkpoint(world.installation)
    assert about(world, capsys, "home") == (0, [])
    getattr(world.installation.home, mark).unlink()
    assert about(world, capsys, "home") == (0, [("restored", "cannot_judge")])


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


def forget_chain(world: World, account: str) -> None:
    """What somebody does who knows which entry betrays him, and that the chain has no other."""
    with world.installation.state.read() as tx:
        chain = tx.journal.heads()[account].chain
    with sqlite3.connect(world.installation.home.database) as db:
        for table in ("journal_entries", "journal_heads"):
            db.execute(f"DELETE FROM {table} WHERE chain = ?", (chain,))
    (world.installation.home.action_log / f"{chain}.jsonl").unlink()


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

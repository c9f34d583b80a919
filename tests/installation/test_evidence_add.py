"""The seller's own files: inspected, hashed and logged at once, or not taken at all."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from evidence_store.digests import Digest
from evidence_store.errors import IntakeRefused
from evidence_store.findings import is_sound
from monitor.cases.casework import Wishes, compose_payload, open_case_file
from monitor.cases.judging import judge_review
from monitor.custody.checking import check_evidence
from monitor.errors import SettingsError
from tests.appeal_world import ACCOUNT, OPERATOR
from tests.unit.monitor.case_world import REVIEW, World, make_world, picture


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_a_file_is_in_the_store_the_index_and_the_log_and_everything_still_verifies(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = tmp_path / "переписка.png"
    chat.write_bytes(picture("yellow"))
    assert world.run("evidence", "add", world.case.id, chat, "--note", "в чате признался", "--json") == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert world.installation.artifacts.read(Digest("sha256", row["sha256"])) == chat.read_bytes()
    with world.installation.state.read() as tx:
        record = tx.artifacts.get(row["id"])
        entry = tx.journal.about(ACCOUNT, REVIEW)[-1]
    assert record is not None
    assert record.moment == "own_evidence"
    assert record.case_id == world.case.id
    body = entry.to_entry().read_body()
    assert body is not None
    assert body.action == "evidence.add"
    assert body.actor.name == "Анна Примерова"
    assert body.inputs["note"] == "в чате признался"
    assert Digest("sha256", row["sha256"]) in body.artifacts
    assert is_sound(check_evidence(world.installation).findings)


def test_one_refused_file_takes_none_in(world: World, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.png", tmp_path / "b.png"
    good.write_bytes(picture())
    bad.write_bytes(b"MZ\x00\x01 not a picture")
    before = sorted(world.installation.artifacts.digests())
    with pytest.raises(IntakeRefused):
        world.run("evidence", "add", world.case.id, good, bad)
    assert sorted(world.installation.artifacts.digests()) == before
    assert "evidence.add" not in world.actions()


def test_an_unknown_case_is_named(world: World, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no case 'case_nowhere'"):
        world.run("evidence", "add", "case_nowhere", tmp_path / "passphrase")


def test_the_id_attaches_the_stored_bytes(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chat = tmp_path / "chat.png"
    chat.write_bytes(picture("yellow"))
    world.run("evidence", "add", world.case.id, chat, "--json")
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    chat.write_bytes(b"changed since")
    account = world.installation.settings.find_account(ACCOUNT)
    wishes = Wishes(
        ground="insult", channel="order_appeal", text="Оскорбление.", order_number="1-1", files=(Path(row["id"]),)
    )
    payload = compose_payload(
        world.installation,
        account,
        open_case_file(world.installation.state, world.installation.artifacts, ACCOUNT, REVIEW),
        wishes,
    )
    assert [(file.name, file.sha256) for file in payload.files] == [("chat.png", row["sha256"])]


def facts_check(world: World) -> tuple[str, str]:
    account = world.installation.settings.find_account(ACCOUNT)
    verdict = judge_review(world.installation, account, REVIEW, actor=OPERATOR).verdict
    (check,) = [check for check in verdict.checks if check.name == "facts"]
    return check.outcome.value, check.text


def test_a_file_named_as_a_fact_stands_in_the_next_verdicts_check_and_in_the_log(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome, text = facts_check(world)
    other, letter = tmp_path / "other.png", tmp_path / "letter.png"
    other.write_bytes(picture("green"))
    letter.write_bytes(picture("pink"))
    assert world.run("evidence", "add", world.case.id, other) == 0
    assert facts_check(world) == (outcome, text)
    capsys.readouterr()
    assert world.run("evidence", "add", world.case.id, letter, "--supports", "facts", "--json") == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    with world.installation.state.read() as tx:
        body = tx.journal.about(ACCOUNT, REVIEW)[-1].to_entry().read_body()
    assert body is not None
    assert body.inputs["supports"] == "facts"
    named = f"Продавец подкрепляет файлами: {row['id']} (SHA-256 {row['sha256']}). Программа их не читала."
    assert facts_check(world) == ("seen" if outcome == "not_seen" else outcome, f"{text} {named}")
    assert is_sound(check_evidence(world.installation).findings)


def test_a_file_that_is_made_a_fact_behind_the_logs_back_is_found(world: World, tmp_path: Path) -> None:
    chat = tmp_path / "chat.png"
    chat.write_bytes(picture("olive"))
    world.run("evidence", "add", world.case.id, chat)
    with world.installation.state.read() as tx:
        row = tx.artifacts.of_review(ACCOUNT, REVIEW)[-1]
    assert isinstance(row.notes, dict)
    with sqlite3.connect(world.installation.home.database) as db:
        notes = json.dumps({**row.notes, "supports": "facts"})
        db.execute("UPDATE artifacts SET notes = ? WHERE id = ?", (notes, row.id))
    damage = [one.detail for one in check_evidence(world.installation).damage if row.id in one.item]
    assert any("supports" in one for one in damage)

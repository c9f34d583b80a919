"""Papers say what was sealed; a row that says otherwise is named with both values."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from evidence_store.findings import FindingKind
from monitor.cases.casework import Wishes, compose_payload, open_case_file
from monitor.custody.checking import check_evidence
from monitor.custody.checkpoints import make_checkpoint
from monitor.custody.rows.checking import UNCOMPARED_TABLES, UNCOVERED
from monitor.errors import PrintingFailed, SettingsError, StorageError, UsageError
from monitor.outgoing import bundle_documents
from monitor.state.tables import METADATA
from tests.appeal_world import ACCOUNT, approved
from tests.proofs.evidence_rows import prove_rows
from tests.unit.monitor.case_world import REVIEW, World, make_world, seal


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    seal(made, "account", has_reading=True)
    return made


def change(world: World, statement: str, *values: object) -> None:
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute(statement, values)


def test_a_changed_text_is_found_with_both_values(world: World) -> None:
    with world.installation.state.read() as tx:
        version = tx.reviews.newest_version(ACCOUNT, REVIEW)
    assert version is not None
    change(world, "UPDATE review_versions SET text = 'всё отлично' WHERE review_id = ?", REVIEW)
    found = [one for one in check_evidence(world.installation).damage if one.kind is FindingKind.ROW_DIFFERS]
    told = next(one.detail for one in found if "sealed at capture" in one.detail)
    assert "всё отлично" in told
    assert version.text[:30] in told


@pytest.mark.parametrize("where", ["act", "request"])
def test_papers_quote_what_was_sealed_and_say_that_a_row_differs(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def refuse(*_: object) -> bytes:
        raise PrintingFailed("no browser")

    monkeypatch.setattr(bundle_documents, "print_pages", refuse)
    with world.installation.state.read() as tx:
        version = tx.reviews.newest_version(ACCOUNT, REVIEW)
    assert version is not None
    change(world, "UPDATE review_versions SET text = 'всё отлично' WHERE review_id = ?", REVIEW)
    assert world.run("evidence", "export", world.case.id, "--out", tmp_path / "bundle") == 0
    papers = {
        "act": next((tmp_path / "bundle/data/documents").glob("akt-osmotra.html*")).read_text("utf-8"),
        "request": next((tmp_path / "bundle/data/documents").glob("zayavlenie*.html*")).read_text("utf-8"),
    }
    assert version.text.split("\n")[0] in papers[where]
    if where == "act":
        assert "расходится с тем, что было скреплено" in papers[where]
    else:
        assert "всё отлично" not in papers[where]
    listed = json.loads((tmp_path / "bundle/data/bundle.json").read_bytes())["missing"]
    assert any(one.startswith("РАСХОЖДЕНИЕ") for one in listed)


def test_no_appeal_is_drafted_about_a_row_that_was_changed(world: World) -> None:
    account = world.installation.settings.find_account(ACCOUNT)
    change(world, "UPDATE review_versions SET text = 'всё отлично' WHERE review_id = ?", REVIEW)
    case = open_case_file(world.installation.state, world.installation.artifacts, ACCOUNT, REVIEW)
    with pytest.raises(UsageError, match="not what was sealed"):
        compose_payload(world.installation, account, case, Wishes(ground="off_topic", text="Отзыв не о товаре."))


@pytest.mark.parametrize("name", ["position", "organisation", "inn", "place"])
def test_no_paper_is_made_by_nobody(tmp_path: Path, name: str) -> None:
    world = make_world(tmp_path)
    config = world.installation.home.config
    lines = config.read_text("utf-8").splitlines(keepends=True)
    config.write_text("".join(line for line in lines if not line.startswith(f"{name} =")), "utf-8")
    if name == "position":
        config.write_text("".join(line for line in lines if not line.startswith(("position =", "role ="))), "utf-8")
    with pytest.raises(SettingsError, match=f"operator.{name}"):
        world.run("evidence", "export", world.case.id, "--out", tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


@pytest.mark.timeout(600)
def test_changes_of_rows_columns_and_files_are_found_or_declared(world: World) -> None:
    approved(world.installation.state, "r2")
    make_checkpoint(world.installation)
    world.installation.state.close()
    assert prove_rows(world.installation, 12, 1, 8).report() == 0


def test_a_chains_name_that_is_damaged_anywhere_in_the_file_ends_no_check(world: World) -> None:
    """Also in an index, from which a row's columns may be read."""
    file = world.installation.home.database
    with world.installation.state.read() as tx:
        chain = tx.journal.heads()[ACCOUNT].chain.encode()
    world.installation.state.close()
    intact = file.read_bytes()
    places = [place for place in range(len(intact)) if intact.startswith(chain, place)]
    assert len(places) > 10
    for place in places:
        file.write_bytes(intact[: place + 9] + b"\x0c" + intact[place + 10 :])
        with suppress(StorageError):  # SQLite itself refuses it
            assert check_evidence(world.installation).damage, f"the chain's name at {place}"


def test_every_table_is_compared_or_declared() -> None:
    compared = {"checkpoints", "contacts", "journal_entries", "journal_heads"}
    assert METADATA.tables.keys() == compared | UNCOVERED.keys() | set(UNCOMPARED_TABLES)


def test_a_case_that_was_moved_to_another_review_is_found_without_any_verdict(world: World) -> None:
    with world.installation.state.read() as tx:
        assert tx.verdicts.newest(world.case.id) is None
    change(world, "UPDATE cases SET review_id = 'r2' WHERE id = ?", world.case.id)
    found = check_evidence(world.installation).damage
    assert any(one.kind is FindingKind.ROW_DIFFERS and one.item.startswith("cases ") for one in found)


def test_a_case_that_nobody_opened_is_declared(world: World) -> None:
    change(world, "INSERT INTO cases SELECT 'case_0000', account_id, 'r2', opened_at, NULL, '' FROM cases LIMIT 1")
    notes = [one for one in check_evidence(world.installation).findings if one.kind is FindingKind.NOT_COMPARABLE]
    assert any("case_0000" in one.item for one in notes)


def test_a_row_of_the_index_that_stands_twice_is_found(world: World) -> None:
    make_checkpoint(world.installation)
    assert check_evidence(world.installation).damage == ()
    columns = "account_id, moment, sha256, manifest_sha256, path, media_type, size, review_id, case_id, appeal_id"
    rest = "captured_at, is_complete, notes"
    change(
        world,
        f"INSERT INTO artifacts (id, {columns}, {rest}, visit_id) "
        f"SELECT 'artifact_x', {columns}, {rest}, 'another' FROM artifacts LIMIT 1",
    )
    (found,) = check_evidence(world.installation).damage
    assert "says the same as row" in found.detail

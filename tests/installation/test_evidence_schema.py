"""What stands in the state file beside the tables of the migrations is told, and so is a file that is not whole."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from evidence_store.findings import Severity
from monitor.custody.checking import check_evidence
from monitor.errors import StorageDamaged
from tests.unit.monitor.case_world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    made.installation.state.flush_mirror()
    return made


STATEMENTS = {
    "CREATE TRIGGER quiet AFTER UPDATE ON verdicts BEGIN DELETE FROM appeals; END": "trigger quiet on verdicts",
    "CREATE TABLE shadow (a UNIQUE)": "table shadow on shadow",
    "CREATE VIEW seen AS SELECT * FROM verdicts": "view seen on seen",
    "CREATE INDEX more ON verdicts (kind)": "index more on verdicts",
    "ALTER TABLE verdicts ADD COLUMN note TEXT": "column verdicts.note",
    "INSERT INTO alembic_version VALUES ('0001')": "alembic_version",
}


def test_what_no_migration_makes_is_told(world: World) -> None:
    world.installation.state.close()
    assert check_evidence(world.installation).damage == ()
    file = world.installation.home.database
    intact = file.read_bytes()
    for statement, item in STATEMENTS.items():
        with sqlite3.connect(file) as db:
            db.execute(statement)
        assert item in [one.item for one in check_evidence(world.installation).damage]
        file.write_bytes(intact)


def test_a_rule_that_was_taken_from_a_table_is_told(world: World) -> None:
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'verdicts'")
    found = [one.detail for one in check_evidence(world.installation).damage if one.item == "table verdicts"]
    assert any(one.startswith("decided_by is never empty") for one in found)


def test_a_rule_that_makes_an_index_mean_something_else_is_told(world: World) -> None:
    """Queries read such an index as if it had a further column."""
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("PRAGMA writable_schema = ON")
        wider = ("UNIQUE (account_id, review_id)", "UNIQUE (account_id, review_id, id)")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'cases'", wider)
    assert "table cases" in [one.item for one in check_evidence(world.installation).damage]


def test_a_table_that_is_gone_ends_the_check_in_one_line(world: World) -> None:
    with sqlite3.connect(world.installation.home.database) as db:
        db.execute("ALTER TABLE changes RENAME TO changes_old")
    with pytest.raises(StorageDamaged, match="table changes is gone"):
        check_evidence(world.installation)


def test_an_index_that_is_gone_is_told(world: World) -> None:
    with sqlite3.connect(world.installation.home.database) as db:
        (name,) = db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchone()
        db.execute(f"DROP INDEX {name}")
    (found,) = check_evidence(world.installation).damage
    assert found.item.startswith(f"index {name} on ")


def test_pages_that_do_not_fit_together_are_told(world: World) -> None:
    world.installation.state.close()
    file = world.installation.home.database
    with sqlite3.connect(file) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'verdicts'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    data = bytearray(file.read_bytes())
    data[(root - 1) * size + 7] = 3  # fragmented free bytes of an empty page
    file.write_bytes(data)
    found = [one for one in check_evidence(world.installation).findings if one.severity is Severity.DAMAGE]
    assert "state.sqlite3" in {one.item for one in found}


def test_a_schema_that_is_no_text_is_told_in_one_line(world: World) -> None:
    world.installation.state.close()
    file = world.installation.home.database
    file.write_bytes(
        file.read_bytes().replace(b"CREATE TABLE account_homes (", b"CREATE TABLE account_homes\x84\xff", 1)
    )
    with pytest.raises(StorageDamaged, match="schema"):
        check_evidence(world.installation)

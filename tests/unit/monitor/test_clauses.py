"""A rule of the site that a person pasted is evidence with who and when, and drafts cite it as such."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.cases import casework
from monitor.cases.casework import Wishes, compose_payload, open_case_file
from monitor.cases.clauses import load_clauses
from monitor.errors import UsageError
from monitor.triage.drafts import Clause, Draft
from tests.appeal_world import ACCOUNT
from tests.unit.monitor.case_world import REVIEW, make_world

CLAUSE = "Запрещены оскорбления людей"


def test_a_pasted_clause_is_kept_with_who_and_when_and_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(tmp_path)
    world.run("rules", "verify", "insult", "--clause", f"  {CLAUSE} ", "--source", "правила, п. 3")
    (clause,) = load_clauses(world.installation, world.installation.settings.find_account(ACCOUNT))
    assert (clause.ground, clause.text, clause.source) == ("insult", CLAUSE, "правила, п. 3")
    assert "rules.verify" in world.actions()
    capsys.readouterr()
    world.run("rules", "list", "--json")
    listed = {row["ground"]: row["clause"] for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert listed["insult"] == CLAUSE
    assert listed["obscene"] is None


@pytest.mark.parametrize("column", ["moment", "size", "captured_at", "account_id"])
def test_a_kept_clause_is_sound_evidence_and_its_row_cannot_be_changed_unseen(tmp_path: Path, column: str) -> None:
    world = make_world(tmp_path)
    world.run("rules", "verify", "insult", "--clause", CLAUSE, "--source", "правила, п. 3")
    assert world.run("evidence", "verify") == 0
    changed = {"moment": "law_rule", "size": 1, "captured_at": "2020-01-01 00:00:00.000000", "account_id": "other"}
    with sqlite3.connect(world.installation.home.database) as store:
        store.execute("PRAGMA foreign_keys = OFF")
        store.execute(f"UPDATE artifacts SET {column} = ? WHERE moment = 'rule_clause'", (changed[column],))
    assert world.run("evidence", "verify") == 1


def test_the_newest_clause_of_a_ground_counts(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    for text in ("Старое правило", CLAUSE):
        world.run("rules", "verify", "insult", "--clause", text, "--source", "п. 3")
    clauses = load_clauses(world.installation, world.installation.settings.find_account(ACCOUNT))
    assert [clause.text for clause in clauses] == [CLAUSE]


@pytest.mark.parametrize(
    ("ground", "clause", "source"),
    [("witchcraft", CLAUSE, "п. 3"), ("insult", " ", "п. 3"), ("insult", CLAUSE, ""), ("insult", "а" * 2001, "п. 3")],
)
def test_what_cannot_be_cited_is_refused_and_nothing_is_kept(
    tmp_path: Path, ground: str, clause: str, source: str
) -> None:
    world = make_world(tmp_path)
    with pytest.raises(UsageError) as refused:
        world.run("rules", "verify", ground, "--clause", clause, "--source", source)
    assert refused.value.hint
    assert load_clauses(world.installation, world.installation.settings.find_account(ACCOUNT)) == ()
    assert "rules.verify" not in world.actions()


def test_the_draft_of_a_case_is_given_the_clauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(tmp_path)
    account = world.installation.settings.find_account(ACCOUNT)
    world.run("rules", "verify", "obscene", "--clause", "Мат запрещён", "--source", "п. 1")
    given: list[str] = []

    def spy(*_: object, clauses: Sequence[Clause], **__: object) -> Draft:
        given.extend(clause.text for clause in clauses)
        return Draft(channel="public_report", ground="obscene", reason_label="", text="Прошу проверить отзыв.")

    monkeypatch.setattr(casework, "write_appeal", spy)
    case = open_case_file(world.installation.state, world.installation.artifacts, ACCOUNT, REVIEW)
    compose_payload(world.installation, account, case, Wishes(ground="obscene", channel="public_report"))
    assert given == ["Мат запрещён"]

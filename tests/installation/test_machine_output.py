"""``--json`` is data: a model for each command, versioned, with a schema in the documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import monitor
from monitor.cli import command_tree
from monitor.cli.machine_output import SCHEMAS
from monitor.cli.reference import walk_commands
from monitor.cli.schemas import render_schema, schema_file
from tests.appeal_world import SKU
from tests.unit.monitor.case_world import make_world

DOCS = Path(__file__).parents[2] / "docs" / "schemas"
LABELLED = {"text": "Ткань тонкая, нитки торчат", "rating": 1, "want": "do_not_file"}
ANOTHER_FORM = ("plan --past", "evidence verify BUNDLE", "triage eval")
"""What a command prints when it is asked for something else: a second model of one command."""


def commands_with_json() -> set[str]:
    return {
        path.removeprefix("fairreview ")
        for path, command in walk_commands("fairreview", command_tree())
        if any("--json" in each.opts for each in command.params)
    }


def test_every_command_with_json_has_a_model() -> None:
    assert commands_with_json() == SCHEMAS.keys() - set(ANOTHER_FORM)


COMMANDS = (
    ("appeal status", ()),
    ("backup create", ("{tmp}/a.backup",)),
    ("case list", ()),
    ("catalog show", ()),
    ("case show", ("{case}",)),
    ("change add", ("Коробка", "--product", "{sku}", "--begins", "2026-01-01")),
    ("change list", ()),
    ("change check", ("change_",)),
    ("doctor", ("--no-browser",)),
    ("evidence add", ("{case}", "{tmp}/note.txt")),
    ("evidence checker", ("--out", "{tmp}/checker.html")),
    ("evidence checkpoint", ()),
    ("evidence export", ("{case}", "--out", "{tmp}/case.zip")),
    ("evidence checkpoint", ()),
    ("evidence continue", ("{tmp}/case.zip", "--out", "{tmp}/more.json")),
    ("evidence purge", ("{case}",)),
    ("evidence recover", ()),
    ("evidence verify", ()),
    ("evidence verify BUNDLE", ("{tmp}/case.zip",)),
    ("flow list", ()),
    ("health", ()),
    ("upgrade check", ()),
    ("insight appeals", ()),
    ("insight moves", ()),
    ("insight show", ()),
    ("law list", ()),
    ("log", ()),
    ("notify status", ()),
    ("account list", ()),
    ("product list", ()),
    ("plan", ()),
    ("plan --past", ()),
    ("reviews list", ()),
    ("reviews show", ("r1",)),
    ("rules list", ()),
    ("session status", ()),
    ("status", ()),
    ("support note", ("r1", "--way", "chat", "--direction", "out", "--text", "Прошу проверить")),
    ("support call", ("r1", "--minutes", "2", "--promised", "ответят", "--until", "2030-01-01 10:00")),
    ("support chat draft", ("r1", "--number", "73712587", "--text", "Фото приложено")),
    ("support letter draft", ("r1", "--to", "support@platform.test")),
    ("support letter list", ()),
    ("support letter show", ("letter_",)),
    ("support list", ()),
    ("support times", ()),
    ("support show", ("r1",)),
    ("support search", ("проверить",)),
    ("support routes", ()),
    ("support number list", ()),
    ("support sheet", ("r1", "--out", "{tmp}/sheet.html")),
    ("source status", ()),
    ("triage", ("--all",)),
    ("triage eval", ("{tmp}/labelled.jsonl",)),
)
LISTS = {
    "account list", "product list",
    "catalog show", "appeal status", "case list", "change list", "doctor", "evidence add", "flow list", "health",
    "insight appeals",
    "law list", "log",
    "notify status", "plan", "plan --past", "reviews list", "rules list", "session status", "source status", "triage",
    "triage eval", "support list", "support letter list", "support search", "support routes", "support number list",
    "support times",
}  # fmt: skip
SEEN_ELSEWHERE = {
    "appeal answer draft", "appeal answer show", "appeal draft", "appeal preview", "backup restore", "capture",
    "catalog check",
    "cluster status", "flow run", "insight shown", "law court show", "law deadline", "law fee", "law ladder",
    "law pack", "law show",
    "poll", "probe list", "record", "replay", "selectors check", "support reply", "survey show",
}  # fmt: skip
"""Commands that need a browser, another installation or more words; their own tests read what they print."""
MAY_BE_EMPTY = {
    "appeal status",
    "catalog show",
    "product list",
    "notify status",
    "plan --past",
    "source status",
    "support times",
}


@pytest.mark.usefixtures("unprinted")
def test_commands_print_their_model_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One installation, each command once; a list is JSON Lines. Those with a browser are seen in tests/e2e."""
    world = make_world(tmp_path, anchors=[str(tmp_path)])
    (tmp_path / "note.txt").write_text("Покупатель признал ошибку.")
    (tmp_path / "labelled.jsonl").write_text(json.dumps(LABELLED))
    known = {"tmp": str(tmp_path), "case": world.case.id, "sku": SKU}
    printed = {}
    for command, arguments in COMMANDS:
        words = [word for word in command.split() if not word.isupper()]
        asks = ["--json"] if command in SCHEMAS else []
        capsys.readouterr()
        world.run(*words, *(one.format(**known) for one in arguments), *asks)
        printed[command] = capsys.readouterr().out
    for command, out in printed.items():
        if command in SCHEMAS:
            found = read_answers(command, out)
            assert found or command in MAY_BE_EMPTY, command
    assert SCHEMAS.keys() - printed.keys() == SEEN_ELSEWHERE


def read_answers(command: str, out: str) -> list[BaseModel]:
    """Reads what a command printed through its model: a list as JSON Lines, anything else as one document."""
    documents = out.splitlines() if command in LISTS else [out]
    return [SCHEMAS[command].model_validate_json(document) for document in documents]


def test_what_is_not_the_model_is_seen() -> None:
    with pytest.raises(ValidationError, match="stars"):
        read_answers(
            "flow list", '{"version": 1, "name": "a", "title": "b", "is_writing": true, "needs": null, "stars": 1}'
        )
    with pytest.raises(ValidationError):
        read_answers("flow list", "[]")


@pytest.mark.parametrize("command", SCHEMAS)
def test_the_documentation_has_the_schema(command: str) -> None:
    kept = (DOCS / schema_file(command)).read_text("utf-8")
    assert kept == render_schema(command), "`python3 run.py docs` writes it anew"


def test_no_schema_is_left_over() -> None:
    assert {path.name for path in DOCS.glob("*.json")} == {schema_file(command) for command in SCHEMAS}


@pytest.mark.parametrize("command", SCHEMAS)
def test_answers_are_frozen_and_versioned_and_their_keys_are_names(command: str) -> None:
    model: type[BaseModel] = SCHEMAS[command]
    assert model.model_config.get("frozen")
    assert model.model_fields["version"].default == 1
    schema: dict[str, Any] = json.loads(render_schema(command))
    tables = [schema, *schema.get("$defs", {}).values()]
    assert [key for table in tables for key in table.get("properties", ()) if not key.isidentifier()] == []


def test_only_use_cases_and_the_ledger_mirror_what_is_decided_about_an_appeal() -> None:
    """What acknowledges cannot be forgotten: the commands about appeals leave it to the use cases."""
    root = Path(monitor.__file__).parent
    for name in ("cli/appeals.py", "cli/decisions.py", "cli/demo.py", "cli/answers.py", "visiting/investigating.py"):
        assert "flush_mirror" not in (root / name).read_text("utf-8"), name
        assert "Drafting(" not in (root / name).read_text("utf-8"), name

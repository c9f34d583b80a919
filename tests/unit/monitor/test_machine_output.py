"""``--json`` is data: a model for each command, versioned, with a schema in the documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

import monitor
from monitor.cli import app
from monitor.cli.machine_output import SCHEMAS
from monitor.cli.reference import walk_commands
from monitor.cli.schemas import render_schema, schema_file

DOCS = Path(__file__).parents[3] / "docs" / "schemas"
WITHOUT_A_SCHEMA = {
    "change check",
    "change list",
    "insight moves",
    "insight show",
    "backup create", "backup restore", "capture", "cluster status", "doctor", "evidence add", "evidence checker",
    "evidence checkpoint", "evidence continue", "evidence export", "evidence purge", "evidence recover",
    "evidence verify", "flow list", "flow run", "poll", "probe list", "record", "replay", "rules list",
    "selectors check", "case show", "triage",
}  # fmt: skip
"""Commands whose JSON has no model of its own yet. Nothing is added here."""


def commands_with_json() -> set[str]:
    return {
        path.removeprefix("fairreview ")
        for path, command in walk_commands("fairreview", typer.main.get_command(app))
        if any("--json" in each.opts for each in command.params)
    }


def test_every_command_with_json_has_a_model() -> None:
    assert commands_with_json() - {name.partition(" --")[0] for name in SCHEMAS} <= WITHOUT_A_SCHEMA


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

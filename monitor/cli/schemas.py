"""Writes the JSON Schema of what each command's ``--json`` prints, from the models, so that it cannot drift.

``python3 run.py docs`` writes them to ``docs/schemas``; a test compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from monitor.cli.machine_output import SCHEMAS


def schema_file(command: str) -> str:
    """Returns the name of a command's schema below ``docs/schemas``."""
    return command.lower().replace(" --", "-").replace(" ", "-") + ".json"


def render_schema(command: str) -> str:
    """Returns the JSON Schema of what a command prints, as it is kept in ``docs/schemas``."""
    schema = SCHEMAS[command].model_json_schema(mode="serialization")
    return json.dumps({"$comment": f"fairreview {command} --json", **schema}, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> None:
    """Writes all schemas; a file of a command that there is no more goes away."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    for command in SCHEMAS:
        (folder / schema_file(command)).write_text(render_schema(command), encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))

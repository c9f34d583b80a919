"""The commands as the documentation has them, and as ``--help`` tells them, are the same."""

from __future__ import annotations

from flows.catalog import reference as catalogs
from monitor.cli import command_tree
from monitor.cli.reference import render_reference, walk_commands
from tests.meta.checkout import ROOT


def test_the_reference_is_what_the_commands_say() -> None:
    written = (ROOT / "docs" / "cli.md").read_text("utf-8")

    assert written == render_reference(), "run: python3 run.py docs"


def test_the_reference_of_catalogs_is_what_models_and_catalogs_say() -> None:
    written = (ROOT / "docs" / "catalog-reference.md").read_text("utf-8")
    sample = ROOT / "mock_site" / "skins" / "catalogs"

    assert written == catalogs.render_reference([sample]), "run: python3 run.py docs"


def test_every_key_that_a_loader_takes_stands_in_it() -> None:
    written = catalogs.render_reference()
    missing = [
        f"{model.__name__}.{name}"
        for model in catalogs.catalog_models()
        for name, spec in model.model_fields.items()
        if f"- `{spec.alias or name}` (" not in written.partition(f"## {model.__name__}\n")[2].partition("\n## ")[0]
    ]
    assert missing == ["Site.pages", "Site.is_overlaid", "Site.is_own"]


def test_every_command_says_what_it_does_and_shows_an_example() -> None:
    commands = [each for each in walk_commands("fairreview", command_tree()) if not hasattr(each[1], "commands")]

    assert [path for path, command in commands if not (command.help or "").strip()] == []
    assert [path for path, command in commands if "Example:" not in (command.help or "")] == []


def test_every_option_says_what_it_is_for() -> None:
    silent = [
        f"{path} {parameter.name}"
        for path, command in walk_commands("fairreview", command_tree())
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]

    assert silent == []

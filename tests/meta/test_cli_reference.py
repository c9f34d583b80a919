"""The commands as the documentation has them, and as ``--help`` tells them, are the same."""

from __future__ import annotations

from monitor.cli import command_tree
from monitor.cli.reference import render_reference, walk_commands
from tests.meta.checkout import ROOT


def test_the_reference_is_what_the_commands_say() -> None:
    written = (ROOT / "docs" / "cli.md").read_text("utf-8")

    assert written == render_reference(), "run: python3 run.py docs"


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

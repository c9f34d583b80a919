"""Below the command line nobody says what an option is called: an error names the field."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.cli.reporting import name_of_field
from tests.meta.checkout import ROOT, python_files

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
COMMAND = re.compile(r"`[^`]*`|fairreview [^.,;]*|\{(?:appeal|answer)\}[^`]*")
"""A whole command that a person can type keeps its options."""
CALLS_PROGRAMS = {"monitor/engine/service.py", "flows/browser.py"}
READS_ITS_OWN_WORDS = {"monitor/__main__.py", "monitor/language/__init__.py"}
"""What looks at the command line before the command line's library is loaded."""


def options_in(source: str) -> Iterator[str]:
    """Yields the options that stand in a text, outside whole commands and documentation."""
    tree = ast.parse(source)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    } | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation | inside:
            text = node.value
        else:
            continue
        yield from OPTION.findall(COMMAND.sub("", text))


def domain() -> Iterator[Path]:
    for path in python_files("monitor", "flows"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("monitor/cli/") and name not in CALLS_PROGRAMS | READS_ITS_OWN_WORDS:
            yield path


def test_no_option_is_named_below_the_command_line() -> None:
    found = {path.relative_to(ROOT).as_posix(): [*options_in(path.read_text("utf-8"))] for path in domain()}
    assert {name: options for name, options in found.items() if options} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise UsageError("no", where="--channel")', ["--channel"]),
        ('hint = f"Give {x} as --order."', ["--order"]),
        ('hint = "`fairreview probe run --channel x` looks."', []),
        ('def f():\n    """Takes --this."""\n', []),
    ],
)
def test_the_search_finds_an_option_and_leaves_commands_alone(source: str, found: list[str]) -> None:
    assert [*options_in(source)] == found


@pytest.mark.parametrize(
    ("field", "words", "name"),
    [
        ("channel", ("appeal", "draft", "r1", "--channel", "fax"), "--channel"),
        ("other_item", ("--home", "x", "appeal", "submit"), "--other-item"),
        ("files", ("appeal", "draft"), "--attach"),
        ("ground", ("rules", "verify", "x"), "GROUND"),
        ("channel", ("watch",), "channel"),
        ("home", ("cluster", "move"), "--home"),
    ],
)
def test_a_field_is_called_what_the_typed_command_calls_it(field: str, words: tuple[str, ...], name: str) -> None:
    assert name_of_field(field, words) == name

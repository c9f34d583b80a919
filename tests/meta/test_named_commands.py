"""Every command that a message, a page of the desk or a document names can be typed, with what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from typer.core import TyperGroup

from monitor.cli import command_tree
from tests.messages.named_commands import fault_of, in_documents, in_messages, in_sources, lacking, ways

MENTIONED = {
    "evidence add": "its output is spoken of",
    "evidence export": "what it wrote is spoken of",
    "replay": "it is told what the files are for",
    "support note": "notes one",
    "support chat learn": "a room below speaks of it",
}
"""Commands that a sentence speaks of, and does not ask anybody to type."""


@pytest.fixture(scope="module")
def tree() -> TyperGroup:
    return command_tree()


def faults(found: Iterable[tuple[str, str]], tree: TyperGroup) -> list[tuple[str, str]]:
    return [(line, fault) for _, line in found for words in ways(line) if (fault := fault_of(words, tree))]


@pytest.mark.parametrize("found", [in_messages, in_sources, in_documents])
def test_every_command_that_is_named_can_be_typed(
    found: Callable[[], Iterable[tuple[str, str]]], tree: TyperGroup
) -> None:
    named = list(found())
    assert len(named) > 150
    known = {"--debug …", "…"}  # whatever was typed, once more
    assert [one for one in faults(named, tree) if one[0] not in known] == []


def test_every_hint_names_all_that_its_command_needs(tree: TyperGroup) -> None:
    asked = {line for _, line in in_messages() if line not in MENTIONED}
    assert [(line, lack) for line in sorted(asked) for words in ways(line) if (lack := lacking(words, tree))] == []
    assert {line for line in MENTIONED if not lacking(line.split(), tree)} == set()
    assert set(MENTIONED) <= {line for _, line in in_messages()}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("appeal send a1", "there is no command 'send'"),
        ("appeal submit a1 --at-once", "there is no option '--at-once'"),
        ("capture r1 --account shop r2 r3", ""),
        ("session status shop more", "one word too many"),
        ("catalog show|inspect ozon", "there is no command 'inspect'"),
        ("--home /shop appeal approve {id} --hash {hash}", ""),
    ],
)
def test_a_command_that_cannot_be_typed_is_found(line: str, fault: str, tree: TyperGroup) -> None:
    assert list(filter(None, (fault_of(words, tree) for words in ways(line)))) == ([fault] if fault else [])


def test_what_a_command_lacks_is_found(tree: TyperGroup) -> None:
    assert lacking(["backup", "restore"], tree) == ["file"]
    assert lacking(["support", "letter", "save", "l1"], tree) == ["--out"]
    assert lacking(["change", "add", "--help"], tree) == []

"""Every command that a message, a page of the desk or a document names can be typed, with what it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import zip_longest

import pytest
from typer.core import TyperGroup

from monitor.cli import command_tree
from tests.messages import catalogue
from tests.messages.named_commands import QUOTED, fault_of, in_documents, in_messages, in_sources, lacking, ways

CYRILLIC = re.compile("[А-ЯЁ]{2}")
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


def is_same(english: str, russian: str) -> bool:
    """Whether two commands are one, but for placeholders, which may be in Russian letters."""
    pairs = list(zip_longest(english.split(), russian.split(), fillvalue=""))
    return all(one == other or (one.isupper() and CYRILLIC.search(other)) for one, other in pairs)


def translated_otherwise(english: str, russian: str) -> list[str]:
    """Returns the commands of a message that its translation does not name, and the other way round."""
    here, there = QUOTED.findall(english), QUOTED.findall(russian)
    lost = [one for one in here if not any(is_same(one, other) for other in there)]
    return lost + [other for other in there if not any(is_same(one, other) for one in here)]


def test_a_command_is_the_same_in_both_languages() -> None:
    pairs = [(catalogue._one(entry), catalogue._forms(entry.string)) for entry in catalogue.read() if entry.id]
    assert [found for one, forms in pairs for form in forms if (found := translated_otherwise(one, form))] == []


@pytest.mark.parametrize(
    ("russian", "is_found"),
    [("`fairreview capture ОТЗЫВ`", False), ("`fairreview capture REVIEWS`", True), ("`fairreview poll`", True)],
)
def test_a_command_that_was_translated_is_found(russian: str, is_found: bool) -> None:
    assert bool(translated_otherwise("`fairreview capture REVIEW`", russian)) is is_found


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

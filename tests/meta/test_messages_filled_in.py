"""Every message that is filled in where it is said gets exactly the values that it names, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from tests.messages import catalogue
from tests.meta.checkout import ROOT, python_files

_LOOKED_UP = {"_", "gettext", "ngettext"}


def filled_in(tree: ast.AST) -> Iterator[tuple[int, list[str], set[str] | None]]:
    """Yields line, words and names of values of each call ``_("…").format(…)``; None: values come as a mapping."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            said = node.func.value
            if isinstance(said, ast.Call) and ast.unparse(said.func) in _LOOKED_UP:
                words = [one.value for one in said.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                names = {one.arg for one in node.keywords if one.arg}
                yield node.lineno, words, None if any(one.arg is None for one in node.keywords) else names


def fields(words: str) -> set[str]:
    """Returns the names of the values in a message."""
    return {name.partition(".")[0].partition("[")[0] for _, name, _, _ in Formatter().parse(words) if name}


def wrong(tree: ast.AST, translated: dict[str, tuple[str, ...]]) -> list[tuple[int, str]]:
    """Returns the calls whose values are not those that the English and the Russian words name."""
    found = []
    for line, words, names in filled_in(tree):
        told = [*words, *translated.get(words[0], ())] if words else []
        found += [(line, one) for one in told[-1:] + told[:1] if names is not None and fields(told[-1]) != names]
        found += [(line, one) for one in told if names is not None and not fields(one) <= names]
    return found


@pytest.fixture(scope="module")
def russian() -> dict[str, tuple[str, ...]]:
    entries = [entry for entry in catalogue.read() if entry.id]
    return {catalogue._one(entry): catalogue._forms(entry.string) for entry in entries}


def test_every_message_gets_the_values_that_it_names(russian: dict[str, tuple[str, ...]]) -> None:
    trees = [(path, ast.parse(path.read_text("utf-8"))) for path in python_files("monitor")]
    assert sum(len(list(filled_in(tree))) for _, tree in trees) > 700
    assert [(path.relative_to(ROOT).as_posix(), *one) for path, tree in trees for one in wrong(tree, russian)] == []


@pytest.mark.parametrize(
    ("source", "is_wrong"),
    [
        ('_("{count} left of {whole}").format(count=1, whole=2)', False),
        ('_("{count} left of {whole}").format(count=1)', True),
        ('_("{count} left").format(count=1, whole=2)', True),
        ('ngettext("one review", "{count} reviews", n).format(count=n)', False),
        ('_("{now:%Y} {one.name}").format(now=now, one=one)', False),
        ('_("{name}").format(**values)', False),
    ],
)
def test_a_value_too_few_or_too_many_is_found(source: str, is_wrong: bool) -> None:
    assert bool(wrong(ast.parse(source), {})) is is_wrong


def test_a_translation_that_names_another_value_is_found() -> None:
    tree = ast.parse('_("{count} left").format(count=1)')
    assert wrong(tree, {"{count} left": ("осталось {cuont}",)})

"""Tables of words that are looked up while their module is loaded hold the words of the language that was chosen."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from functools import cache

import pytest

from monitor import language
from tests.messages.collecting import messages_of
from tests.meta.checkout import ROOT, python_files
from tests.meta.test_messages_filled_in import filled_in

READ = """
import importlib, json, sys
from collections.abc import Mapping
def strings(value, depth=0):
    if isinstance(value, str):
        yield value
    elif depth < 6 and isinstance(value, Mapping):
        for one in value.values(): yield from strings(one, depth + 1)
    elif depth < 6 and isinstance(value, (tuple, list, set, frozenset)):
        for one in value: yield from strings(one, depth + 1)
    elif depth < 6 and hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__: yield from strings(getattr(value, name, None), depth + 1)
told = {}
for name in json.loads(sys.argv[1]):
    module = importlib.import_module(name)
    told[name] = sorted({word for value in list(vars(module).values()) for word in strings(value)})
print(json.dumps(told))
"""


def loaded_with(tree: ast.Module) -> set[str]:
    """Returns the messages that stand in tables of a module, as they are: outside of its functions and classes."""
    body = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    said = {one for node in body for one, _ in messages_of(node) if not _is_of_columns(node)}
    return said - {words[0] for node in body for _, words, _ in filled_in(node) if words}


def _is_of_columns(node: ast.stmt) -> bool:
    named = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    return named is not None and ast.unparse(named).strip("_").lower() == "columns"


@cache
def tables() -> dict[str, set[str]]:
    found = {}
    for path in python_files("monitor"):
        if words := loaded_with(ast.parse(path.read_text("utf-8"))):
            found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = words
    return found


def read(spoken: str) -> dict[str, list[str]]:
    """Returns all texts that the tables hold in a process that speaks a language from its start."""
    variables = {**os.environ, language.VARIABLE: spoken}
    command = [sys.executable, "-c", READ, json.dumps(sorted(tables()))]
    done = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=True)
    told: dict[str, list[str]] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("spoken", language.LANGUAGES)
def test_every_table_holds_the_words_of_the_chosen_language(spoken: str) -> None:
    held = read(spoken)
    assert sum(map(len, tables().values())) > 100
    try:
        language.begin(spoken)
        missing = {
            name: [one for one in words if language.gettext(one) not in held[name]] for name, words in tables().items()
        }
    finally:
        language.begin("en")
    assert {name: words for name, words in missing.items() if words} == {}


def test_a_table_in_another_language_is_seen() -> None:
    held = read("en")["monitor.language.os_words"]
    try:
        language.begin("ru")
        assert [one for one in tables()["monitor.language.os_words"] if language.gettext(one) not in held]
    finally:
        language.begin("en")

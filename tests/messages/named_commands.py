"""Command lines that stand in texts (messages, pages of the desk, documents), and whether they can be typed."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from itertools import product

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from monitor.cli import command_tree
from tests.messages import catalogue
from tests.meta.checkout import ROOT, python_files

QUOTED = re.compile(r"(?:`|<code>)(?:\.venv/bin/)?fairreview ([^`<]+)(?:`|</code>)")
GLOBAL = {"--home": 1, "--debug": 0, "--wide": 0, "--columns": 1, "--lang": 1, "--wait": 1, "--help": 0, "--version": 0,
          "--install-completion": 0, "--show-completion": 0}  # fmt: skip
"""Options that may stand anywhere, and how many words each takes."""
_CHOICE = re.compile(r"[\w-]+(\|[\w-]+)+")
_AND_SO_ON = {"…", "..."}


def in_messages() -> Iterator[tuple[str, str]]:
    """Yields message and command for each that the catalogue names, in both languages."""
    for entry in catalogue.read():
        for words in (entry.id, entry.string):
            for text in (words,) if isinstance(words, str) else words or ():
                yield from ((text, found) for found in QUOTED.findall(text))


def in_sources() -> Iterator[tuple[str, str]]:
    """Yields place and command for each that a module or a page of the desk names."""
    for room in ("monitor", "flows", "evidence_store", "qa", "mock_site"):
        for path in python_files(room):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant | ast.JoinedStr):
                    yield from ((f"{path.name}:{node.lineno}", one) for one in QUOTED.findall(words_of(node)))
    for path in sorted((ROOT / "monitor" / "desk" / "templates").glob("*.html")):
        plain = re.sub(r"\{\{.*?\}\}", "{x}", path.read_text("utf-8"))
        yield from ((path.name, one) for one in QUOTED.findall(plain))


def in_documents() -> Iterator[tuple[str, str]]:
    """Yields place and command for each that a document names, in its text or as a line of a block."""
    for path in [*ROOT.glob("README*.md"), *sorted((ROOT / "docs").glob("*.md"))]:
        text = path.read_text("utf-8")
        yield from ((path.name, one) for one in QUOTED.findall(text))
        for line in re.findall(r"^(?:\$ )?fairreview (.+)$", text, re.MULTILINE):
            yield path.name, re.split(r"\s+#(?:\s|$)", line)[0]


def words_of(node: ast.expr) -> str:
    """Returns a text with a placeholder for each of its values."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        words_of(one) if isinstance(one, ast.Constant) else "{x}" for one in getattr(node, "values", ())
    )  # a value is one word


def ways(line: str) -> Iterator[list[str]]:
    """Yields each command that a line stands for: ``a|b`` are two, brackets may be typed."""
    plain = re.sub(r"\[(-[^\]]*)\]", r"\1", " ".join(line.split()))
    try:
        words = [word for word in shlex.split(plain) if word != "\\"]
    except ValueError:
        words = plain.split()
    yield from map(list, product(*(word.split("|") if _CHOICE.fullmatch(word) else [word] for word in words)))


def fault_of(words: list[str], tree: TyperGroup | TyperCommand | None = None) -> str:
    """Says why a command cannot be typed; empty: it can, with whatever stands for its names.

    Args:
        words: The words after ``fairreview``.
        tree: The commands; without it all of the program.
    """
    command: object = tree or command_tree()
    rest = list(words)
    while isinstance(command, TyperGroup) and rest:
        if rest[0] in GLOBAL:
            del rest[: 1 + GLOBAL[rest[0]]]
            continue
        if rest[0] not in command.commands:
            return f"there is no command {rest[0]!r}"
        command = command.commands[rest.pop(0)]
    return _fault_of_words(command, rest) if isinstance(command, TyperCommand) else ""


def _fault_of_words(command: TyperCommand, rest: list[str]) -> str:
    options = {
        name: one for one in command.params if isinstance(one, TyperOption) for name in (*one.opts, *one.secondary_opts)
    }
    places = [one for one in command.params if isinstance(one, TyperArgument)]
    given = 0
    while rest:
        word, has_value, _ = rest.pop(0).partition("=")
        if not word.startswith("-") or word == "-":
            given += word not in _AND_SO_ON
        elif word in options:
            takes = 0 if options[word].is_flag or has_value else options[word].nargs
            del rest[:takes]
        elif word in GLOBAL:
            del rest[: GLOBAL[word]]
        else:
            return f"there is no option {word!r}"
    if not any(one.nargs == -1 for one in places) and given > sum(one.nargs for one in places):
        return "one word too many"
    return ""


def lacking(words: list[str], tree: TyperGroup | TyperCommand | None = None) -> list[str]:
    """Returns what a command needs and is not given: options by name, then the first word that lacks."""
    command: object = tree or command_tree()
    rest = [word.partition("=")[0] for word in words if word not in GLOBAL]
    while isinstance(command, TyperGroup) and rest:
        command = command.commands.get(rest.pop(0))
    if not isinstance(command, TyperCommand) or "--help" in words:
        return []
    needed = [one for one in command.params if one.required]
    named = [one.opts[0] for one in needed if isinstance(one, TyperOption) and not set(one.opts) & set(rest)]
    is_bare = all(word.startswith("-") for word in rest)
    return named + [str(one.name) for one in needed if isinstance(one, TyperArgument) and is_bare][:1]

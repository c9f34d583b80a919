"""Collects every message of the program from its sources: what the catalogue has to hold, no more and no less."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import typer.core
import typer.rich_utils

from monitor.cli.command_table import PANELS
from monitor.cli.spoken import paragraphs
from tests.meta.checkout import ROOT, python_files

GETTEXT = {"_", "gettext"}
HELPED = {"typer.Option", "typer.Argument", "typer.Typer"}
RAISED = {
    "AccessRefused", "AlreadyReported", "ArtifactDamaged", "ArtifactMissing", "BrowserGone", "BrowserMissing",
    "ExportFailed", "Finding", "ForeignOrigin", "FormMismatch", "IntakeRefused", "KeyProblem", "MaskingFailed",
    "PageGone", "PageNotReady", "SealBroken", "SelectorBroken", "SignInRequired", "SiteUnavailable", "StorageFull",
    "StorageUnavailable", "TimeStampFailed", "TimeStampRefused", "VersionUnknown", "WallMet", "WrongAccount", "_add",
}  # fmt: skip
"""What the rooms below make of an English sentence that a person may come to read; whoever shows it looks it up.

The others are for people who write catalogs, manifests and tests: ``CatalogError``, ``Malformed``, ``GateMisused``."""
_GLUED = re.compile(r"[a-z]{2,} [a-z]{2,}")
BELOW = ("flows", "evidence_store")
TABLES = ("print_table", "print_findings")
COMPLETION = (
    "Install completion for the current shell.",
    "Show completion for the current shell, to copy it or customize the installation.",
)
"""What typer says of the two options that it adds itself."""


@dataclass
class Message:
    """One message: its English words, those for many where it counts, and the files that say it."""

    one: str
    many: str = ""
    files: set[str] = field(default_factory=set)


def collect() -> dict[str, Message]:
    """Returns every message by its English words."""
    found: dict[str, Message] = {}
    for one, many, file in _all():
        message = found.setdefault(one, Message(one, many))
        message.many = message.many or many
        message.files.add(file)
    return found


def _all() -> Iterator[tuple[str, str, str]]:
    for path in python_files("monitor"):
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text("utf-8"))
        yield from ((one, many, name) for one, many in messages_of(tree))
        if name.startswith("monitor/cli/"):
            yield from ((words, "", name) for words in help_of(tree))
    for room in BELOW:
        for path in python_files(room):
            name = path.relative_to(ROOT).as_posix()
            yield from ((words, "", name) for words in raised_in(ast.parse(path.read_text("utf-8"))))
    for module in (typer.core, typer.rich_utils):
        tree = ast.parse(Path(module.__file__ or "").read_text("utf-8"))
        yield from ((one, many, "typer") for one, many in messages_of(tree))
    yield from ((words, "", "typer") for words in COMPLETION)
    yield from ((panel, "", "monitor/cli/command_table.py") for panel in PANELS)


def messages_of(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yields what a module asks the catalogue for: the words, and those for many where they count."""
    for call in _calls(tree):
        words = [text for argument in call.args[:2] if (text := _text(argument))]
        name = ast.unparse(call.func)
        if name in GETTEXT and words:
            yield words[0], ""
        elif name == "ngettext" and len(words) == 2:
            yield words[0], words[1]
        elif name.rpartition(".")[2] in TABLES and call.args:
            yield from ((head, "") for head in _heads(call.args[0]))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).strip("_").lower() == "columns":
            yield from ((head, "") for head in _heads(node.value))


def raised_in(tree: ast.AST) -> Iterator[str]:
    """Yields the sentences of a module below that may come to a person's eyes, with their hints."""
    for node in ast.walk(tree):
        said: list[ast.expr] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in RAISED:
            said = [*node.args, *(one.value for one in node.keywords if one.arg in {"hint", "detail"})]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "sentence":
            said = [*node.args, *(one.value for one in node.keywords)]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            said = [node.value] if ast.unparse(target) in {"detail", "later", "hint"} else []
        parts = [part for one in said for part in (one.values if isinstance(one, ast.BoolOp) else (one,))]
        yield from (words for part in parts if " " in (words := _text(part)) and words.isascii())


def glued_in(tree: ast.AST) -> Iterator[str]:
    """Yields what a module below raises with values pasted in: no catalogue can hold that, ``sentence`` is for it."""
    for call in _calls(tree):
        if ast.unparse(call.func).rpartition(".")[2] in RAISED:
            for one in [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in {"hint", "detail"})]:
                if isinstance(one, ast.JoinedStr) and _GLUED.search(words := ast.unparse(one)) and words.isascii():
                    yield words


def help_of(tree: ast.AST) -> Iterator[str]:
    """Yields the paragraphs of help in a module of commands."""
    for call in _calls(tree):
        if ast.unparse(call.func) in HELPED:
            texts = (_text(keyword.value) for keyword in call.keywords if keyword.arg == "help")
            yield from (words for text in texts for words in paragraphs(text))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
            yield from paragraphs(ast.get_docstring(node) or "")


def _heads(columns: ast.expr) -> Iterator[str]:
    """Yields the names of a table's columns, without the zone that stands after some."""
    for each in columns.elts if isinstance(columns, ast.Tuple) else ():
        first = each.values[0] if isinstance(each, ast.JoinedStr) else each
        if head := _text(first).partition(" (")[0]:
            yield head


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _is_command(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(".command")


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

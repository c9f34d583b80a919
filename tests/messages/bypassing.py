"""Finds sentences that go past the catalogue: English words that nobody looks up."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from tests.messages.collecting import HELPED, TABLES
from tests.meta.checkout import ROOT, python_files

NEVER = (
    "monitor/state/migrations/",
    "monitor/cli/reference.py",
    "monitor/language/english_titles.py",  # the other half of lists whose Russian stands in no catalogue either
    "monitor/cli/schemas.py",
    "monitor/cli/machine_output",
)
"""Where nothing is for a person who uses the program, or everything is there in both languages."""

KEPT = Path(__file__).parent / "kept_in_english.txt"
"""Sentences that stay English on purpose, a file and a sentence each: reasons that are stored or logged, names that
are compared, errors for programmers."""

_RUSSIAN = re.compile(r"[А-Яа-яЁё]{3,}")
_STYLE = re.compile(r"bold \w+")
_TAG = re.compile(r"<[a-z]+ ")
_SENTENCE = re.compile(r"[A-Za-z]{2,},? (?:[aA] )?[A-Za-z`]{2,}|…[,;]? \(?[a-z]{2,} …|\(… [a-z]{2,} …")
"""Two words, or one between two values («… of …»)."""
_PLACE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_UNSAID = re.compile(r"<(code|kbd|svg|script)\b.*?</\1>|<[^>]*>", re.DOTALL)
_READ_OUT = re.compile(r'(?:title|placeholder|aria-label|alt)="([^"\x00]+)"')
_QUOTED = re.compile(r"'([^']*)'")
_QUERY = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|PRAGMA|ALTER|BEGIN|file:)\b")
_LOOKED_UP = {"_", "gettext", "ngettext"}
_NOT_SAID = HELPED | _LOOKED_UP | {"Entry", "Field", "text", "sql.SQL"}
_ASKED = {"startswith", "endswith", "execute", "exec_driver_sql", "execution_options", "strftime"}


def bypassing() -> Iterator[tuple[str, str]]:
    """Yields file and sentence for every one that goes past the catalogue."""
    kept = {tuple(json.loads(line)) for line in KEPT.read_text("utf-8").splitlines() if line.startswith("[")}
    for path in python_files("monitor"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(NEVER):
            found = ((name, sentence) for sentence in sentences(path.read_text("utf-8")))
            yield from (one for one in found if one not in kept)


def sentences(source: str) -> Iterator[str]:
    """Yields the English sentences of a module that are neither looked up nor docstrings, logs, queries or patterns."""
    yield from _below(ast.parse(source))


def in_templates() -> Iterator[tuple[str, str]]:
    """Yields file and words for each English sentence of the desk's pages: their own words are Russian."""
    for path in sorted((ROOT / "monitor" / "desk" / "templates").glob("*.html")):
        yield from ((path.name, words) for words in in_template(path.read_text("utf-8")))


def in_template(source: str) -> Iterator[str]:
    """Yields the English sentences of a template: in its text, in what is read out, in words it chooses from."""
    shown = _PLACE.sub("\x00", source)
    said = [*_UNSAID.sub("\x00", shown).split("\x00"), *_READ_OUT.findall(shown)]
    said += [words for place in _PLACE.findall(source) for words in _QUOTED.findall(place) if words[:1].isupper()]
    yield from (words.strip() for words in said if _SENTENCE.search(words) and not _RUSSIAN.search(words))


def _below(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Compare | ast.Assert) or (isinstance(child, ast.Call) and _is_no_speech(child)):
            continue
        if isinstance(child, ast.JoinedStr | ast.Constant):
            words = _words(child)
            is_kept = _RUSSIAN.search(words) or _QUERY.match(words) or _TAG.match(words) or _STYLE.fullmatch(words)
            if _SENTENCE.search(words) and not is_kept:
                yield words
        elif isinstance(child, ast.Call) and ast.unparse(child.func).rpartition(".")[2] in TABLES:
            for argument in child.args[1:]:  # the first one are names of columns, which are looked up there
                yield from _below(ast.Expression(argument))
        elif not (isinstance(child, ast.Assign) and ast.unparse(child.targets[0]).strip("_").lower() == "columns"):
            yield from _below(child)


def _is_no_speech(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    return name in _NOT_SAID or name.startswith(("logger.", "_LOG.", "re.", "op.")) or name.rpartition(".")[2] in _ASKED


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(_words(part) if isinstance(part, ast.Constant) else "…" for part in parts)

"""Joins the parts of the verifier to one file, so that a reader has one text to read and one file to run."""

from __future__ import annotations

import ast
from importlib.resources import files as package_files

PARTS = ("rules", "reading", "ed25519", "archive", "container", "log", "anchors", "captures", "bundle", "program")
_PACKAGE = "evidence_store.verifier"
_ALONE = """import sys

# Modules that lie beside this file are not ours: whoever changed the folder may have put them there.
if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]"""
_HEAD = '#!/usr/bin/env python3\n"""{title}"""\n\n{alone}\n\n{imports}\n'
"""No ``from __future__``: Python would look for that module beside the file before anything of it can run."""


def render_verifier() -> bytes:
    """Returns ``verify.py``: every part in order, their imports of each other gone, the others at the top."""
    imports: set[str] = set()
    bodies: list[str] = []
    title = ""
    for name in PARTS:
        source = package_files("evidence_store").joinpath("verifier", f"{name}.py").read_text("utf-8")
        title, body = _take_apart(source, imports)
        bodies.append(f"\n# ----- {title.splitlines()[0] if name != PARTS[-1] else 'Program.'}\n\n{body.strip()}\n")
    ordered = sorted(imports, key=lambda line: (line.startswith("from"), line))
    return _quote_annotations(_HEAD.format(title=title, alone=_ALONE, imports="\n".join(ordered)) + "\n".join(bodies))


def _quote_annotations(source: str) -> bytes:
    """Makes every annotation a text, so that none is evaluated: Python 3.8 knows neither ``list[str]`` nor ``|``."""
    lines = source.encode().splitlines(keepends=True)
    annotations = [
        found
        for node in ast.walk(ast.parse(source))
        for found in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(found, ast.expr) and not isinstance(found, ast.Constant)
    ]
    for one in sorted(annotations, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line, end = lines[one.lineno - 1], one.end_col_offset
        quoted = f'"{ast.unparse(one)}"' if '"' not in ast.unparse(one) else repr(ast.unparse(one))
        lines[one.lineno - 1] = line[: one.col_offset] + quoted.encode() + line[end:]
    return b"".join(lines)


def _take_apart(source: str, imports: set[str]) -> tuple[str, str]:
    """Returns a part's docstring and the rest without imports; what it imports from elsewhere is collected."""
    tree = ast.parse(source)
    lines = source.splitlines()
    gone: set[int] = set()
    for number, node in enumerate(tree.body):
        is_import = isinstance(node, ast.Import | ast.ImportFrom)
        if number == 0 or is_import:
            gone.update(range(node.lineno - 1, node.end_lineno or node.lineno))
        if isinstance(node, ast.Import) or (
            isinstance(node, ast.ImportFrom) and not (node.module or "").startswith((_PACKAGE, "__future__"))
        ):
            imports.add(ast.unparse(node))
    return ast.get_docstring(tree) or "", "\n".join(line for number, line in enumerate(lines) if number not in gone)

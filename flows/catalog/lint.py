"""Holds catalogs and page objects together, in both directions. Reads source text only; imports no page object.

Every entry must be used by a page object or carry a landmark (``required``), or nobody dares to delete it; every entry
that a page object names must exist. A page object belongs to the catalog that its ``page_name`` says; entries of other
pages count as used wherever their name stands as a text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.catalog.models import Site

# Calls whose first argument (of ``wait``: every one) names an entry of the object's own page.
LOOKUPS = frozenset({"entry", "one", "all", "maybe", "shows", "wait"})


@dataclass(frozen=True)
class LintFinding:
    """One disagreement between a catalog and the code."""

    page: str
    entry: str
    problem: str
    where: str = ""


@dataclass(frozen=True)
class _Lookup:
    entry: str
    line: int


def lint_site(site: Site, sources: Mapping[str, str]) -> list[LintFinding]:
    """Compares a site's catalogs with page objects.

    Args:
        site: The site.
        sources: Source text of the page objects by a name for messages, for example ``flows/pages/reviews.py``.
    """
    modules = {name: ast.parse(text) for name, text in sources.items()}
    findings = [finding for name, tree in modules.items() for finding in _missing(site, name, tree)]
    texts = {text for tree in modules.values() for text in _texts(tree)}
    for page, catalog in site.pages.items():
        for entry, spec in catalog.entries.items():
            is_around = entry == catalog.frame or any(other.within == entry for other in catalog.entries.values())
            if entry not in texts and not spec.required and not is_around:
                findings.append(LintFinding(page, entry, "no page object uses this entry", f"{page}.toml"))
    return findings


def _missing(site: Site, module: str, tree: ast.Module) -> Iterator[LintFinding]:
    for item in tree.body:
        if not isinstance(item, ast.ClassDef) or not (page := _page_name(item)):
            continue
        if page not in site.pages:
            yield LintFinding(page, "", "the site has no such page", module)
            continue
        for lookup in _lookups(item):
            if lookup.entry not in site.pages[page].entries:
                yield LintFinding(page, lookup.entry, "the catalog has no such entry", f"{module}:{lookup.line}")


def _page_name(item: ast.ClassDef) -> str | None:
    for statement in item.body:
        if (
            isinstance(statement, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == "page_name" for target in statement.targets)
            and isinstance(statement.value, ast.Constant)
        ):
            return str(statement.value.value)
    return None


def _lookups(item: ast.ClassDef) -> Iterator[_Lookup]:
    """Finds ``self.entry("x")``, ``self.finder.one("x")`` and ``self.catalog["x"]``; others' objects are not ours."""
    for node in ast.walk(item):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOOKUPS:
            if _is_own(node.func.value):
                arguments = node.args if node.func.attr == "wait" else node.args[:1]
                yield from _constants(arguments)
        elif isinstance(node, ast.Subscript) and _is_own(node.value) and _ends_with_catalog(node.value):
            yield from _constants([node.slice])


def _is_own(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id == "self"


def _ends_with_catalog(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "catalog"


def _constants(nodes: list[ast.expr]) -> Iterator[_Lookup]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _Lookup(node.value, node.lineno)


def _texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value

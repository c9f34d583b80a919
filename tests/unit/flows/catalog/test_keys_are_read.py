"""A fact stands once and somebody reads it: no key of a catalog or of the rules is there for nobody."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import flows
from flows.catalog import answers, channel_spec, entries, models, seller_api, wording
from flows.catalog.loader import catalog_folder
from flows.catalog.vocabulary import CatalogValue
from monitor.triage import rules

ROOT = Path(flows.__file__).parent.parent
FOR_PEOPLE = {"verified", "words_verified", "anonymous_verified", "source", "schema_version", "format_version"}
"""Where a fact is from, and the form of the file: read by people and by the loader."""
FOR_REVIEWERS = {"layout", "is_overlaid"}
"""Which of a site's designs a candidate belongs to; and a mark of the loader's own."""


def keys() -> Iterator[str]:
    """Yields every key that a site's files may hold."""
    for module in (answers, channel_spec, models, entries, seller_api, wording, rules):
        for value in vars(module).values():
            is_table = isinstance(value, type) and issubclass(value, CatalogValue | rules.RulesFile | rules.Ground)
            if is_table and value.__module__ == module.__name__:
                yield from value.model_fields


def find_unread(wanted: set[str], folders: tuple[Path, ...]) -> set[str]:
    """Returns the keys that no code reads: as an attribute, or by a pattern of a ``match``."""
    read: set[str] = set()
    for path in (path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                read.add(node.attr)
            if isinstance(node, ast.MatchClass):
                read.update(node.kwd_attrs)
    return wanted - read


def test_every_key_is_read() -> None:
    folders = tuple(ROOT / name for name in ("flows", "monitor", "qa"))
    assert find_unread(set(keys()), folders) <= FOR_PEOPLE | FOR_REVIEWERS


def test_a_key_that_nobody_reads_is_found(tmp_path: Path) -> None:
    (tmp_path / "reader.py").write_text("print(spec.text_max)", encoding="utf-8")
    assert find_unread({"text_max", "forgotten_by_all"}, (tmp_path,)) == {"forgotten_by_all"}


def test_what_a_channel_takes_stands_in_the_catalog_alone() -> None:
    for path in sorted(catalog_folder().glob("*/rules.toml")):
        assert "channels" not in tomllib.loads(path.read_text("utf-8")), path
    site = tomllib.loads((catalog_folder() / "ozon" / "site.toml").read_text("utf-8"))
    assert {one.id for one in rules.load_rules(site="ozon").channels} == set(site["channels"])

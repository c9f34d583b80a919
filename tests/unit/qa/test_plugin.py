"""The plugin has a fixture for every page object that there is."""

from __future__ import annotations

import importlib
import pkgutil

import flows.pages
from flows.pages.base import SitePage
from qa import plugin


def page_objects() -> set[type[SitePage]]:
    found: set[type[SitePage]] = set()
    for module in pkgutil.iter_modules(flows.pages.__path__):
        members = vars(importlib.import_module(f"flows.pages.{module.name}")).values()
        found |= {one for one in members if isinstance(one, type) and issubclass(one, SitePage)}
    return found - {SitePage}


def test_every_page_object_is_a_fixture() -> None:
    assert set(plugin.PAGE_OBJECTS.values()) == page_objects()
    assert [name for name in plugin.PAGE_OBJECTS if not hasattr(plugin, name)] == []

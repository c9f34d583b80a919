"""Selector catalogs as data: what a site's pages are called and how their controls are found.

Importable without Playwright; only ``flows.catalog.resolve`` touches a live page. Each name is loaded from its module
when it is asked for: the models take longer to load than a list of reviews takes to print.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.catalog.addresses import ProductAddress
    from flows.catalog.channel_spec import ChannelSpec
    from flows.catalog.entries import Candidate, Entry, FieldHook, PageCatalog, ReadingHooks
    from flows.catalog.loader import SiteOverlay, load_site, site_names
    from flows.catalog.models import Identity, Site

_HOMES = {
    "Candidate": "entries",
    "ChannelSpec": "channel_spec",
    "Entry": "entries",
    "FieldHook": "entries",
    "Identity": "models",
    "PageCatalog": "entries",
    "ProductAddress": "addresses",
    "ReadingHooks": "entries",
    "Site": "models",
    "SiteOverlay": "loader",
    "load_site": "loader",
    "site_names": "loader",
}

__all__ = [
    "Candidate",
    "ChannelSpec",
    "Entry",
    "FieldHook",
    "Identity",
    "PageCatalog",
    "ProductAddress",
    "ReadingHooks",
    "Site",
    "SiteOverlay",
    "load_site",
    "site_names",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(f"flows.catalog.{_HOMES[name]}"), name)
    raise AttributeError(name)

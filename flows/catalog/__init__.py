"""Selector catalogs as data: what a site's pages are called and how their controls are found.

Importable without Playwright; only ``flows.catalog.resolve`` touches a live page.
"""

from flows.catalog.addresses import ProductAddress
from flows.catalog.channel_spec import ChannelSpec
from flows.catalog.entries import Candidate, Entry, FieldHook, PageCatalog, ReadingHooks
from flows.catalog.loader import SiteOverlay, load_site, site_names
from flows.catalog.models import Identity, Site

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

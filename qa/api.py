"""The public face for programs of others: what is listed here keeps its names and types from release to release.

A test imports from here what it annotates and switches; the fixtures themselves come from the pytest plugin. Everything
else in this package may change without a word. Bundles are checked with ``evidence_store.verifier.check_bundle``.
"""

from __future__ import annotations

from pathlib import Path

from flows.catalog import Site
from flows.pages.base import SitePage
from mock_site.server import MockSite
from mock_site.switches import Switches, Wall
from mock_site.world import NewReview, WorldOptions
from qa.errors import OrderRefused
from qa.orders import Place, ReplayOrder
from qa.plugin import Maker
from qa.replaying import run_replay_order
from qa.results import CaseReplayed, Replay

__all__ = [
    "CaseReplayed",
    "Maker",
    "MockSite",
    "NewReview",
    "OrderRefused",
    "Replay",
    "Site",
    "SitePage",
    "Switches",
    "Wall",
    "WorldOptions",
    "replay",
]


def replay(folder: Path, *, site: str = "ozon", catalogs: Path | None = None) -> Replay:
    """Reads recorded pages again without a browser, as ``fairreview replay --pure`` does.

    Args:
        folder: A recorded case, or a folder of them.
        site: The site's catalog.
        catalogs: Folder of the sites' catalogs; None takes the packaged ones.

    Raises:
        OrderRefused: a case is not whole, or there is none.
    """
    order = ReplayOrder(folder=folder, is_pure=True, place=Place(site=site, catalogs=catalogs))
    return Replay.model_validate(run_replay_order(order, lambda _: None).data)

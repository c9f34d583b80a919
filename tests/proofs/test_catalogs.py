"""The share of the proof of catalogs that always runs, and that the proof finds a crash."""

from __future__ import annotations

import copy
import random
import sys
from typing import TYPE_CHECKING

import pytest

from flows.catalog.loader import catalog_folder
from flows.catalog.resolve import locators
from flows.pages.base import SitePage
from flows.pages.pressing import any_of
from tests.proofs.catalog_flows import FlowsReport, Ground, examine, open_ground

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator


@pytest.fixture(scope="module")
def ground(browser: Browser) -> Iterator[Ground]:
    with open_ground(browser, None, catalog_folder() / "ozon") as opened:
        yield opened


def test_what_loads_crashes_no_flow(ground: Ground) -> None:
    seed, report = random.randrange(2**32), FlowsReport()

    examine(ground, changes=5, seed=seed, report=report)

    sys.stdout.write(report.line(seed))
    assert report.violations == []


def test_a_flow_that_crashes_is_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def unguarded(self: SitePage) -> Locator:
        names = [name for name, entry in self.catalog.entries.items() if entry.required]
        return any_of([one for name in names for one in locators(self.page, self.catalog, name, self.values)])

    bare = copy.deepcopy(dict(ground.written.pages["complaint"]))
    for entry in bare["entries"].values():
        entry.pop("required", None)
    bare.pop("frame", None)
    site = ground.written.replaced("complaint", bare)
    told, crashed = FlowsReport(), FlowsReport()

    ground.run("cabinet_complaint", site, told, "no landmark")
    monkeypatch.setattr(SitePage, "landmark", unguarded)
    ground.run("cabinet_complaint", site, crashed, "no landmark")

    assert (told.violations, told.outcomes) == ([], {"CatalogError": 1})
    assert "IndexError" in crashed.violations[0]

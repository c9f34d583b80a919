"""Catalogs that load though something in them is wrong, run through flows in a browser: ``run.py prove catalogs``."""

from __future__ import annotations

import os
import secrets
import sys
from typing import TYPE_CHECKING

import pytest

from flows.catalog.loader import catalog_folder
from mock_site.skins import CATALOGS, find_skin
from tests.proofs.catalog_flows import FlowsReport, examine, open_ground

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(7_200)
CHANGES = {"ozon": int(os.environ.get("CHANGES", "300")), "shopette": 60}
SEED = int(os.environ.get("SEED", secrets.randbelow(2**32)))


@pytest.mark.parametrize("name", CHANGES)
def test_what_loads_crashes_no_flow_and_sends_nothing_else(browser: Browser, name: str) -> None:
    report = FlowsReport()
    folder, skin = (CATALOGS / name, find_skin(name)) if name != "ozon" else (catalog_folder() / name, None)
    with open_ground(browser, skin, folder) as ground:
        examine(ground, changes=CHANGES[name], seed=SEED, report=report)
    sys.stdout.write("\n".join(["", *report.violations, f"catalogs, {name}: {report.line(SEED)}", ""]))

    assert report.violations == []
    assert report.outcomes["done"]

"""Another site, described by a folder of catalogs alone, by the installed command: read, recorded and read again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mock_site.server import MockSite
from mock_site.skins import CATALOGS, find_skin
from mock_site.world import WorldOptions
from tests.e2e.installed import COMMAND, LIMIT, Done, environment

pytestmark = pytest.mark.timeout(300)


def fairreview(folder: Path, *arguments: str) -> Done:
    done = subprocess.run(
        [str(COMMAND), "--home", str(folder / "none"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment(),
        cwd=folder,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def test_qa_tools_take_a_site_that_the_mock_shows(tmp_path: Path) -> None:
    checked = fairreview(tmp_path, "catalog", "check", "--site", "shopette", "--json")
    assert checked.code == 0, checked.err
    pages = {entry["entry"].partition(".")[0] for entry in checked.data()["entries"]}
    assert pages == {"reviews", "report_dialog", "sign_in"}


def test_qa_tools_take_a_folder_and_a_served_mock(tmp_path: Path) -> None:
    shutil.copytree(CATALOGS / "shopette", tmp_path / "mine" / "shopette")
    here = ("--site", "shopette", "--catalogs", str(tmp_path / "mine"))
    with MockSite.start(WorldOptions(products=1, reviews_per_product=14), skin=find_skin("shopette")) as shop:
        product = shop.product_url(shop.world.product_at(0))
        there = (*here, "--against", shop.origins["shop"])
        run = fairreview(tmp_path, "flow", "run", "read_reviews", *there, "--product", product, "--json")
        assert run.code == 0, run.err
        assert (run.data()["data"]["health"], run.data()["data"]["reviews"]) == ("healthy", 14)
        checked = fairreview(tmp_path, "catalog", "check", *there, "--product", product, "--json")
        seen = {entry["entry"].partition(".")[0] for entry in checked.data()["entries"]}
        assert (seen, checked.data()["unreached"]) == ({"reviews", "sign_in"}, [])
        assert "not looked at: report_dialog;" in checked.err
        assert "survey run` looks at them with your account" in checked.err
        page = (f"{product}/opinions/from/0", "--page", "reviews")
        kept = fairreview(tmp_path, "record", *page, *there, "--out", "kept", "--json")
        assert kept.code == 0, kept.err

    again = fairreview(tmp_path, "replay", "kept", "--pure", *here, "--json")
    assert again.code == 0, again.err
    assert again.data()["cases"][0]["reading"] == "as_expected"


def test_the_plugin_takes_a_site(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "def test_it(site_catalog, mock_site, signed_in_page, reviews_page):\n"
        "    product = mock_site.world.product_at(0)\n"
        "    page = reviews_page(sku=product.sku, slug='').open()\n"
        "    assert site_catalog.name == mock_site.skin.name == 'shopette'\n"
        "    newest = mock_site.world.listing(product, 'published_at_desc')[0]\n"
        "    assert page.has_review(newest.uuid)\n"
        "    assert signed_in_page.locator('.who').inner_text() == mock_site.world.accounts[0].name\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    options = ("-c", "pytest.ini", "--fairreview-site", "shopette", "--no-sandbox")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "test_it.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment(),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr

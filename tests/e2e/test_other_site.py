"""Another site, described by a folder of catalogs alone, by the installed command: read, recorded and read again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.second_site.shop import CATALOG, open_shop
from tests.e2e.installed import COMMAND, LIMIT, Done, environment

pytestmark = pytest.mark.timeout(300)
SITE = ("--site", "shopette", "--catalogs", str(CATALOG))


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


def test_qa_tools_take_a_site_and_a_folder(tmp_path: Path) -> None:
    with open_shop() as shop:
        origin = f"http://shop.localhost:{shop.origin.rpartition(':')[2]}"
        here = (*SITE, "--against", origin)
        run = fairreview(tmp_path, "flow", "run", "read_reviews", *here, "--product", f"{origin}/item/k9", "--json")
        assert run.code == 0, run.err
        assert (run.data()["data"]["health"], run.data()["data"]["reviews"]) == ("healthy", 5)
        page = ("/item/k9/opinions/from/0", "--page", "reviews")
        kept = fairreview(tmp_path, "record", *page, *here, "--out", "kept", "--json")
        assert kept.code == 0, kept.err
        checked = fairreview(tmp_path, "catalog", "check", *here, "--product", f"{origin}/item/k9", "--json")
        assert checked.code == 0, checked.err

    again = fairreview(tmp_path, "replay", "kept", *SITE, "--json")
    assert again.code == 0, again.err
    assert again.data()["cases"][0]["reading"] == "as_expected"


def test_the_mock_says_which_site_it_shows(tmp_path: Path) -> None:
    refused = fairreview(tmp_path, "flow", "run", "read_reviews", *SITE)
    assert refused.code == 2
    assert "does not show Shopette" in refused.err
    assert "--against" in refused.err


def test_the_plugin_takes_a_site_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(site_catalog):\n    assert site_catalog.name == 'shopette'\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    options = ("-c", "pytest.ini", "--fairreview-site", "shopette", "--fairreview-catalogs", str(CATALOG))
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

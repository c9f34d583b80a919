"""What passes the gate as harmless is never the request that files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.catalog import load_site
from flows.errors import CatalogError
from mock_site.skins import CATALOGS


@pytest.mark.parametrize("url", ["shop:/flags", "shop:/fl*", "shop:/**"])
def test_the_request_that_files_is_never_called_harmless(tmp_path: Path, url: str) -> None:
    site = tmp_path / "shopette" / "site.toml"
    shutil.copytree(CATALOGS / "shopette", site.parent)
    needed = f'\n[[needed]]\nurl = "{url}"\nmethod = "POST"\nverified = "test"\nsource = "session renewal"\n'
    site.write_text(site.read_text("utf-8") + needed, encoding="utf-8")
    with pytest.raises(CatalogError, match="files by public_report") as caught:
        load_site("shopette", folder=tmp_path)
    assert caught.value.where.endswith("site.toml: needed.0.url")

"""A sample catalog with a channel more than the site has: what somebody writes who adds one, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from flows.catalog.loader import catalog_folder

NAME = "brand_letter"
SPEC = f"""
[channels.{NAME}]
kind = "letter"
title = "Письмо в защиту бренда"
identity = "site_profile"
page = "{NAME}"
has_list = false
asks_sender = true
text_required = true
text_max = 3000
submit_url = "www:/api/support/ticket*"
submits_by = "unknown"
disputed = true
verified = "test"
source = "invented for the test"

"""
ADDRESS = f'{NAME} = "www:/app/support"\n'


def write_sample(folder: Path) -> Path:
    """Copies the site's catalog and adds the channel: its table, its address, and the page of its form."""
    home = folder / "ozon"
    shutil.copytree(catalog_folder() / "ozon", home)
    site = home / "site.toml"
    text = site.read_text("utf-8").replace("[urls]\n", f"[urls]\n{ADDRESS}")
    site.write_text(text.replace("\n[seller_api]", f"{SPEC}[seller_api]"), encoding="utf-8")
    form = (home / "support.toml").read_text("utf-8")
    (home / f"{NAME}.toml").write_text(form.replace('page = "support"', f'page = "{NAME}"'), encoding="utf-8")
    return folder

"""What a catalog names and nobody looks for is refused while it is written; what is needed is asked for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import flows
from flows.catalog.layers import ADOPTED, Adoption, Layers, digest_of_site
from flows.catalog.loader import load_site
from flows.catalog.names import FORMS, PAGES, find_name_problems, names_of_page
from flows.catalog.writing import render_adoption
from flows.errors import CatalogError
from mock_site.skins import CATALOGS

FLOWS = Path(flows.__file__).parent
LANDMARK = """
[entries.whole]
why = "A landmark of the page."
verified = "test"
required = true
candidates = [{ by = "css", css = "form" }]
"""
# Landmarks, and what others lie in: found by the page itself, not by name.
AROUND = frozenset(
    {"heading", "form", "list", "cards", "tabs", "score", "price", "description", "tiles", "reviews", "counter"}
    | {"accepted", "menu"}
)


def shopette(folder: Path, name: str, old: str, new: str) -> Path:
    shutil.copytree(CATALOGS / "shopette", folder / "shopette")
    path = folder / "shopette" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("reviews.toml", "[entries.card_report", "[entries.card_raport", "Did you mean 'card_report_button'?"),
        ("sign_in.toml", "[entries.email]", "[entries.emial]", "Did you mean 'email'?"),
        ("sign_in.toml", "[entries.submit]", "[entries.code_sent]", "need what is not described here: submit"),
        ("reviews.toml", "author = [{", "auhtor = [{", "Did you mean 'author'?"),
        ("reviews.toml", 'review_id = [{ attribute = "id", prefix = "op-" }]', "", "a row without 'review_id'"),
        ("reviews.toml", "total = [{", "totl = [{", "Did you mean 'total'?"),
        ("report_dialog.toml", "[entries.send]", "[entries.sent]", "Did you mean 'send'?"),
        ("site.toml", 'author = "shop:', 'auhtor = "shop:', "Did you mean 'author'?"),
    ],
)
def test_a_name_that_nobody_looks_for_is_refused(tmp_path: Path, name: str, old: str, new: str, told: str) -> None:
    folder = shopette(tmp_path, name, old, new)
    if "sent]" in new:  # the entry is a landmark no more
        path = folder / "shopette" / name
        path.write_text(path.read_text(encoding="utf-8").replace("required = true", ""), encoding="utf-8")

    with pytest.raises(CatalogError) as refused:
        load_site("shopette", folder=folder)

    assert told in f"{refused.value} {refused.value.hint}"
    assert name in str(refused.value.where)


def test_a_page_that_no_flow_opens_is_refused(tmp_path: Path) -> None:
    folder = shopette(tmp_path, "header.toml", 'page = "header"', 'page = "headre"')
    (folder / "shopette" / "header.toml").rename(folder / "shopette" / "headre.toml")

    with pytest.raises(CatalogError, match="no flow opens a page that is called 'headre'") as refused:
        load_site("shopette", folder=folder)

    assert refused.value.hint == "Did you mean 'header'?"


def test_what_a_kind_of_channel_needs_is_told_at_once(tmp_path: Path) -> None:
    folder = shopette(tmp_path, "report_dialog.toml", "[entries.dialog]", "[entries.menu]")
    path = folder / "shopette" / "report_dialog.toml"
    head = path.read_text(encoding="utf-8").partition("[entries.menu]")[0]
    path.write_text(head, encoding="utf-8")
    listing = folder / "shopette" / "reviews.toml"
    text = listing.read_text(encoding="utf-8")
    listing.write_text(text[: text.index("[entries.card]")] + text[text.index("[reading]") :], "utf-8")

    with pytest.raises(CatalogError) as refused:
        load_site("shopette", folder=folder)

    told = f"{refused.value} {refused.value.hint}"
    assert "review, quoted_text, reasons, required_fields, comment, send, success, error" in told
    assert "channels.public_report: its flows need what is not described here: card" in told
    assert "no flow could tell that the form is open" in told


def test_a_site_need_not_describe_its_header(tmp_path: Path) -> None:
    folder = shopette(tmp_path, "header.toml", "", "")
    (folder / "shopette" / "header.toml").unlink()

    assert "header" in load_site("shopette", folder=folder).pages


def test_a_landmark_may_be_called_anything(tmp_path: Path) -> None:
    folder = shopette(tmp_path, "sign_in.toml", "[entries.email]", f"{LANDMARK}\n[entries.email]")

    assert "whole" in load_site("shopette", folder=folder).page("sign_in").entries


def test_a_site_that_was_taken_before_stays_readable(tmp_path: Path) -> None:
    folder = shopette(tmp_path, "reviews.toml", "author = [{", "auhtor = [{")
    taken = {"adopted": 1, "site": "shopette", "who": "Anna", "at": "2026-11-01T09:00:00Z", "reason": "our shop"}
    adoption = Adoption.model_validate({**taken, "digest": digest_of_site(folder / "shopette")})
    (folder / "shopette" / ADOPTED).write_text(render_adoption(adoption), encoding="utf-8")

    site = load_site("shopette", layers=Layers(folder))

    assert [one.where for one in find_name_problems(site)] == ["reviews.toml: reading.fields.auhtor"]


def test_what_the_program_ships_names_nothing_that_is_not_looked_for() -> None:
    for site in (load_site("ozon"), load_site("shopette", folder=CATALOGS)):
        assert list(find_name_problems(site)) == []


def test_everything_that_may_be_named_stands_in_the_code() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in FLOWS.rglob("*.py") if path.name != "names.py")
    for page in (*PAGES.values(), *FORMS.values()):
        names = {*page.entries, *page.fields, *page.page_fields} - AROUND
        assert [name for name in names if f'"{name}"' not in code] == []
        assert set(page.needed) <= set(page.entries)
        assert set(page.needed_fields) <= set(page.fields)


def test_ozon_describes_each_page_of_a_fixed_name() -> None:
    site = load_site("ozon")
    assert set(PAGES) <= set(site.pages)
    assert all(names_of_page(site, name) is not None for name in site.pages)

"""What the settings ask for and a site does not have is told by its place in the settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.catalog import load_site
from mock_site.skins import CATALOGS
from monitor import language
from monitor.bootstrap import open_installation
from monitor.config.sections import AccountSection
from monitor.config.sites import find_misfits
from monitor.errors import SettingsError
from monitor.visiting.surveying import pages_on
from tests.unit.monitor.case_world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_a_signed_in_account_is_not_asked_to_look_at_the_page_of_signing_in() -> None:
    site = load_site("shopette", folder=CATALOGS)
    shown = pages_on(site, site.identities["buyer"].origin)
    assert ("sign_in" in site.pages, "sign_in" in site.urls, "sign_in" in shown) == (True, True, False)
    assert "reviews" in shown


MISFITS = [
    ({"sources": {"cabinet": True}}, "sources.cabinet", "has no list of reviews of its sellers' own"),
    ({"sources": {"api_client_id": "1234"}}, "sources.api_client_id", "has no API for sellers"),
    ({"identities": {"site_profile": {}}}, "identities.site_profile", "has no identity 'site_profile'"),
]


@pytest.mark.parametrize(("asked", "key", "problem"), MISFITS, ids=lambda one: one if isinstance(one, str) else "")
def test_what_the_settings_ask_for_and_a_site_of_ones_own_lacks_is_told_by_its_place(
    asked: dict[str, object], key: str, problem: str
) -> None:
    account = AccountSection.model_validate({"name": "main", "site": "shopette", **asked})
    (found,) = find_misfits(load_site("shopette", folder=CATALOGS), account)
    assert (found.where, problem in str(found)) == (f"account main: {key}", True)
    language.begin("ru")
    try:
        (russian,) = find_misfits(load_site("shopette", folder=CATALOGS), account)
    finally:
        language.begin("en")
    assert not re.search(r"has no|Take|It has", f"{russian} {russian.hint}")
    assert key in russian.where


@pytest.mark.parametrize("name", ["origins.www2", "timings.patience", "windows.settle"])
def test_a_name_under_the_sites_settings_that_the_site_lacks_is_the_settings_fault(world: World, name: str) -> None:
    key, _, inner = name.partition(".")
    config, table = world.installation.home.config, f"[sites.ozon.{key}]"
    text, value = config.read_text("utf-8"), "https://www.ozon.ru" if key == "origins" else "2s"
    text = text if table in text else f"{text}\n{table}\n"
    config.write_text(text.replace(table, f'{table}\n{inner} = "{value}"'), encoding="utf-8")
    with pytest.raises(SettingsError, match=inner) as caught:
        open_installation(world.installation.home.root).site("ozon")
    assert caught.value.where == f"sites.ozon.{name}"

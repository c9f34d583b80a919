"""What the settings ask for and a site does not have is told by its place in the settings."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from flows.catalog import load_site
from mock_site.skins import CATALOGS
from monitor import language
from monitor.bootstrap import open_installation
from monitor.config.sections import AccountSection
from monitor.config.sites import find_misfits
from monitor.errors import SettingsError
from monitor.visiting import surveying
from monitor.visiting.surveying import Surveying, pages_on
from tests.unit.monitor.case_world import World, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_a_signed_in_account_is_not_asked_to_look_at_the_page_of_signing_in() -> None:
    site = load_site("shopette", folder=CATALOGS)
    shown = pages_on(site, site.identities["buyer"].origin)
    assert ("sign_in" in site.pages, "sign_in" in site.urls, "sign_in" in shown) == (True, True, False)
    assert "reviews" in shown


class Walk(Surveying):
    """A survey that notes which addresses it opens, and what it looks for there."""

    def _open(self, tab: Any, _: str | None, url_name: str) -> None:
        tab.page.opened.append(url_name)

    def _keep(self, tab: Any, name: str, folder: Path, **_: Any) -> None:
        pass

    def _see(self, page: Any, name: str, values: Any) -> None:
        page.opened.append((name, values["review_id"]))


def test_a_review_is_looked_for_at_its_own_address_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = SimpleNamespace(opened=[], on=lambda *_: None)

    @contextmanager
    def tab(*_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(page=page)

    monkeypatch.setattr(surveying, "account_tab", tab)
    site, anybody = (
        load_site("shopette", folder=CATALOGS),
        SimpleNamespace(require=lambda _: SimpleNamespace(state=b"")),
    )
    walk = Walk(cast("Any", SimpleNamespace(site=site)), cast("Any", None), cast("Any", anybody), {"review_id": "75"})

    walk._walk_as("buyer", tmp_path)

    after = page.opened.index("reviews") + 1
    assert page.opened[after : after + 2] == ["review", ("reviews", "75")]


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

"""The pytest plugin: a programmable mock site, signed-in pages, and every page object on pytest-playwright's ``page``.

Loaded by pytest wherever ``fairreview[qa]`` is installed. To change the world, override ``mock_options`` (session) in a
``conftest.py``; everything else can be turned in a test through ``mock_site``.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import pytest

import flows.pages
from flows.browser import BrowserOptions
from flows.catalog import Site, SiteOverlay, load_site
from flows.pages.base import SitePage
from mock_site.server import MockSite
from mock_site.skins import OZON
from mock_site.world import WorldOptions
from qa.browsers import choose_launch_arguments
from qa.places import find_skin_of
from qa.samples import find_catalogs

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

_Page = TypeVar("_Page", bound=SitePage)
_PACE = 60_000.0  # requests a minute


class Maker(Generic[_Page]):
    """Makes one kind of page object on the test's page: ``reviews_page(sku="505", slug="mug").open()``."""

    def __init__(self, kind: type[_Page], page: Page, site: Site) -> None:
        self._kind, self._page, self._site = kind, page, site

    def __call__(self, **values: str) -> _Page:
        """Makes the page object; the values fill the placeholders of its address and entries."""
        return self._kind(self._page, self._site, **values)


def _find_page_objects() -> dict[str, type[SitePage]]:
    """Finds every page object of ``flows.pages``, so that a new one is a fixture without a word here."""
    found: dict[str, type[SitePage]] = {}
    for module in pkgutil.iter_modules(flows.pages.__path__, f"{flows.pages.__name__}."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, SitePage) and hasattr(one, "page_name"):
                found[re.sub(r"(?<!^)(?=[A-Z])", "_", one.__name__).lower()] = one
    return found


PAGE_OBJECTS = _find_page_objects()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds what must be said by a person: that root's browser goes without a sandbox."""
    group = parser.getgroup("fairreview")
    group.addoption(
        "--fairreview-site", default=OZON, help="the site that the mock shows and whose catalog the page objects use"
    )
    group.addoption("--fairreview-catalogs", type=Path, default=None, help="folder of the sites' catalogs")
    group.addoption("--no-sandbox", action="store_true", help="start Chromium without its sandbox (for root)")


def pytest_configure(config: pytest.Config) -> None:
    """Adds the choice of browser last, so that it goes before pytest-playwright's own."""
    if config.pluginmanager.has_plugin("playwright"):
        config.pluginmanager.register(_BrowserChoice(), "fairreview-browser")


class _BrowserChoice:
    @pytest.fixture(scope="session")
    def browser_type_launch_args(
        self, browser_type_launch_args: dict[str, object], playwright: Playwright, pytestconfig: pytest.Config
    ) -> dict[str, Any]:
        """Launches Playwright's own build, or else a browser of the system; leaves another engine alone."""
        if pytestconfig.getoption("--browser", default=None) not in (None, [], ["chromium"]):
            return browser_type_launch_args
        options = BrowserOptions(sandbox=not pytestconfig.getoption("--no-sandbox"))
        found, failures = choose_launch_arguments(playwright, browser_type_launch_args, options)
        if found is None:
            pytest.fail("no browser starts: " + "; ".join(failures), pytrace=False)
        return found


@pytest.fixture(scope="session")
def mock_options() -> WorldOptions:
    """Size and seed of the mock's world. Override it to have another one."""
    return WorldOptions()


@pytest.fixture(scope="session")
def mock_server(mock_options: WorldOptions, pytestconfig: pytest.Config) -> Iterator[MockSite]:
    """One mock for all tests of the session, of the site that ``--fairreview-site`` names."""
    site = _load(pytestconfig)
    skin = find_skin_of(site)
    if skin is None:
        pytest.fail(f"the mock does not show {site.title}: this test needs one that it shows", pytrace=False)
    with MockSite.start(mock_options, skin=skin) as server:
        yield server


@pytest.fixture
def mock_site(mock_server: MockSite) -> Iterator[MockSite]:
    """The mock with a new world, healthy switches, no routes and an empty ledger; its own mistakes fail the test."""
    mock_server.reset()
    yield mock_server
    if mock_server.errors:
        pytest.fail(f"the mock itself failed: {mock_server.errors}", pytrace=False)


@pytest.fixture
def site_catalog(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Site:
    """The catalog that ``--fairreview-site`` names: pointed at the mock where the mock shows it, else as it is."""
    site = _load(pytestconfig)
    if find_skin_of(site) is None:
        return site
    mock: MockSite = request.getfixturevalue("mock_site")
    return _load(pytestconfig, SiteOverlay(origins=mock.origins, timings={"requests_per_minute": _PACE}))


def _load(config: pytest.Config, overlay: SiteOverlay | None = None) -> Site:
    name: str = config.getoption("--fairreview-site")
    folder = find_catalogs(name, config.getoption("--fairreview-catalogs"))
    return load_site(name, folder=folder, overlay=overlay)


@pytest.fixture
def sign_in(context: BrowserContext, mock_site: MockSite) -> Callable[..., None]:
    """Signs the test's context in at once: ``sign_in(login, host="seller")``; without a login, as the first account.

    Without a host it is for the site's first one.
    """

    def give_session(login: str | None = None, *, host: str | None = None) -> None:
        context.add_cookies([cast("Any", mock_site.session_cookie(login, host))])

    return give_session


@pytest.fixture
def signed_in_page(page: Page, sign_in: Callable[..., None]) -> Page:
    """The test's page, on which the mock's first account is signed in."""
    sign_in()
    return page


@pytest.fixture
def page_object(page: Page, site_catalog: Site) -> Callable[[type[_Page]], Maker[_Page]]:
    """Makes page objects of any kind, your own included: ``page_object(ReviewsPage)(sku=…, slug=…)``."""
    return lambda kind: Maker(kind, page, site_catalog)


def _fixture_of(kind: type[SitePage]) -> Callable[..., Maker[SitePage]]:
    def make(page: Page, site_catalog: Site) -> Maker[SitePage]:
        return Maker(kind, page, site_catalog)

    make.__doc__ = f"Makes ``{kind.__name__}`` objects on the test's page."
    return make


for _name, _kind in PAGE_OBJECTS.items():
    globals()[_name] = pytest.fixture(_fixture_of(_kind), name=_name)

"""Where a QA tool works: a mock of its own, a mock that is being served, or the site itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.browser import BrowserOptions, open_browser
from flows.catalog import SiteOverlay, load_site
from flows.catalog.layers import Layers
from flows.catalog.origins import origin_of
from flows.catalog.vocabulary import is_loopback
from flows.politeness import Budget, Politeness
from flows.retrying import pause_here
from flows.session import AccountWitness
from flows.workbench import Workbench
from mock_site.scenarios import ScenarioError, load_scenario
from mock_site.server import MockSite
from mock_site.skins import SKIN_NAMES, find_skin
from qa.errors import OrderRefused
from qa.mock_sessions import session_state
from qa.orders import ON_MOCK

if TYPE_CHECKING:
    from flows.browser import BrowserHandle, ContextWatch
    from flows.catalog import Site
    from mock_site.skins.skin import SiteSkin
    from qa.orders import BrowserWish, Place

_LOOPBACK_PACE = 60_000.0  # requests a minute: nobody's site is disturbed on this machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A place that is open now.

    Attributes:
        site: The site's catalog with this place's origins.
        mock: The mock, where it is one of our own.
        is_live: Other people's machines: nothing may be sent there from here.
    """

    site: Site
    mock: MockSite | None
    is_live: bool

    @property
    def own_mock(self) -> MockSite:
        """The mock that this order started, whose accounts and codes are known here.

        Raises:
            OrderRefused: it started none.
        """
        if self.mock is None:
            hint = "With an account of yours, `fairreview login` and `fairreview poll` do."
            if find_skin_of(self.site) is not None:
                hint = f"Use `--against mock`. {hint}"
            raise OrderRefused(
                "this needs an account and its codes, which are known only of a mock that this command starts itself",
                where="--against",
                hint=hint,
            )
        return self.mock

    def session(self, identity: str) -> tuple[bytes, AccountWitness]:
        """Returns a signed-in session of the mock's first account and who that is.

        Raises:
            OrderRefused: this is no mock of our own, or it knows no such way to be signed in.
        """
        known = self.own_mock.skin.identities
        if identity not in known:
            raise OrderRefused(
                f"the mock's accounts cannot sign in as {identity!r}",
                where="--identity",
                hint=f"There are: {', '.join(known)}",
            )
        account, spec = self.own_mock.world.accounts[0], known[identity]
        witness = AccountWitness(name=spec.name_of(account), guid=account.guid if spec.shows_guid else "")
        return session_state(self.own_mock, identity=identity), witness


@contextmanager
def open_stand(place: Place) -> Iterator[Stand]:
    """Opens a place; a mock of its own runs until the block is left.

    Raises:
        OrderRefused: neither ``mock`` nor an origin of the site, or no such scenario.
        flows.errors.CatalogError: the catalog is not valid.
    """
    if place.against != ON_MOCK:
        yield _elsewhere(place)
        return
    skin = _skin_of_place(place)
    try:
        scenario = load_scenario(place.scenario).resized(seed=place.seed)
    except ScenarioError as error:
        raise OrderRefused(str(error), where="--scenario", hint="`fairreview mock serve --help` names them.") from error
    with MockSite.start(scenario.world, scenario.switches, skin=skin, schedule=scenario.changes) as mock:
        overlay = SiteOverlay(origins=mock.origins, timings={"requests_per_minute": _LOOPBACK_PACE})
        yield Stand(site=site_of_place(place, overlay), mock=mock, is_live=False)


@contextmanager
def open_bench(stand: Stand, wish: BrowserWish, watch: ContextWatch | None = None) -> Iterator[Workbench]:
    """Starts the browser and lays out the workbench of the flows.

    Raises:
        flows.errors.BrowserMissing: no browser could be started.
    """
    timings = stand.site.timings
    budget = Budget(per_second=timings.requests_per_minute / 60, burst=timings.fetch_batch)
    with open_chosen_browser(wish, watch) as browser:
        yield Workbench(browser=browser, site=stand.site, politeness=Politeness(budget=budget, pause=pause_here))


def open_chosen_browser(wish: BrowserWish, watch: ContextWatch | None = None) -> AbstractContextManager[BrowserHandle]:
    """Starts the browser that was asked for.

    Raises:
        flows.errors.BrowserMissing: no browser could be started.
    """
    options = BrowserOptions(
        path=wish.path,
        channel=wish.channel,
        endpoint=wish.endpoint,
        headless=wish.is_headless,
        sandbox=wish.has_sandbox,
    )
    return open_browser(options, watch=watch)


def _elsewhere(place: Place) -> Stand:
    site = site_of_place(place)
    origin = origin_of(place.against)
    host = urlsplit(origin).hostname or ""
    if origin and origin in site.origins.values():
        return Stand(site=site, mock=None, is_live=not is_loopback(host))
    if not origin or not is_loopback(host) or place.against.rstrip("/") != origin:
        known = ", ".join(site.origins.values())
        raise OrderRefused(
            f"{place.against[:100]!r} is neither `mock` nor an origin of {site.title}",
            where="--against",
            hint=f"Use `mock`, one of {known}, or an origin that `fairreview mock serve` prints.",
        )
    port = urlsplit(origin).port
    origins = {name: f"http://{name}.localhost" + (f":{port}" if port else "") for name in site.origins}
    overlay = SiteOverlay(origins=origins, timings={"requests_per_minute": _LOOPBACK_PACE})
    return Stand(site=site_of_place(place, overlay), mock=None, is_live=False)


def find_skin_of(site: Site) -> SiteSkin | None:
    """Finds how the mock shows a site; None where it does not."""
    skin = find_skin(site.name) if site.name in SKIN_NAMES else None
    return skin if skin is not None and set(skin.origins) <= set(site.origins) else None


def _skin_of_place(place: Place) -> SiteSkin:
    site = site_of_place(place)
    skin = find_skin_of(site)
    if skin is None:
        raise OrderRefused(
            f"the built-in mock does not show {site.title}",
            where="--against",
            hint=f"Give an origin of it, or of a server of your own: {', '.join(site.origins.values())}",
        )
    return skin


def site_of_place(place: Place, overlay: SiteOverlay | None = None) -> Site:
    """Loads the site that a place names, with what lies over its catalog there.

    Raises:
        flows.errors.CatalogError: the catalog is not valid.
    """
    layers = Layers(place.layers, place.account) if place.layers is not None else None
    return load_site(place.site, folder=place.catalogs, overlay=overlay, layers=layers)

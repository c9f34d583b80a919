"""One mock site for the room, reset for every test; the site's catalog pointed at it; a workbench on a real browser."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from flows.browser import BrowserHandle
from flows.catalog import Site, SiteOverlay, load_site
from flows.politeness import Budget, Politeness
from flows.retrying import RetryPolicy
from flows.session import AccountWitness
from flows.workbench import Workbench
from mock_site.server import MockSite
from mock_site.switches import Latency, Switches
from mock_site.world import WorldOptions

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EPOCH = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORLD = WorldOptions(seed=7, products=6, reviews_per_product=40, orders=24, epoch=EPOCH)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeats a test that asks for ``round_number`` as often as the option says."""
    if "round_number" in metafunc.fixturenames:
        metafunc.parametrize("round_number", range(int(metafunc.config.getoption("--flow-repeats"))))


@pytest.hookimpl(tryfirst=True)  # before -m looks for the mark
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "round_number" in getattr(item, "fixturenames", ()):
            item.add_marker("repeated")


@pytest.fixture(scope="session")
def running_mock() -> Iterator[MockSite]:
    with MockSite.start(WORLD) as site:
        yield site


@pytest.fixture
def mock(running_mock: MockSite) -> Iterator[MockSite]:
    running_mock.reset()
    yield running_mock
    assert running_mock.errors == []


@pytest.fixture
def site(mock: MockSite) -> Site:
    return site_of(mock)


@pytest.fixture
def bench(browser: Browser, site: Site) -> Workbench:
    return workbench(browser, site)


@pytest.fixture
def state(mock: MockSite) -> bytes:
    return signed_in_state(mock)


@pytest.fixture
def owner(mock: MockSite) -> AccountWitness:
    account = mock.world.accounts[0]
    return AccountWitness(name=account.name, guid=account.guid)


@pytest.fixture
def unsteady(mock: MockSite) -> Callable[[int, str], None]:
    """Makes the mock slow, late to wake up and covered by a banner at a random moment, from the round's own seed."""

    def make(round_number: int, layout: str) -> None:
        rng = random.Random(round_number)
        mock.switches = Switches.model_validate(
            {
                "layout": layout,
                "latency": [Latency(kind="uniform", mean_ms=60, spread_ms=60)],
                "hydration_delay_ms": rng.randrange(0, 1_200),
                "banner": rng.choice(["always", "random"]),
                "deploy": round_number,
            }
        )

    return make


def site_of(mock: MockSite) -> Site:
    timings = {
        "action_seconds": 4,
        "navigation_seconds": 8,
        "hydration_seconds": 4,
        "upload_seconds": 6,
        "requests_per_minute": 60_000,
    }
    windows = {"answer_window_seconds": 4.0}
    return load_site("ozon", overlay=SiteOverlay(origins=mock.origins, timings=timings, windows=windows))


def workbench(browser: Browser, site: Site, *, retries: RetryPolicy | None = None) -> Workbench:
    return Workbench(
        browser=BrowserHandle.adopt(browser),
        site=site,
        politeness=Politeness(budget=Budget(per_second=1_000, burst=1_000), pause=_no_pause),
        retries=retries or RetryPolicy.without_backoff(),
    )


def impatient(bench: Workbench, **timings: float) -> Workbench:
    """The same bench with shorter waits, for tests in which nothing will come."""
    site = bench.site.model_copy(update={"timings": bench.site.timings.model_copy(update=timings)})
    return dataclasses.replace(bench, site=site)


def signed_in_state(mock: MockSite, login: str | None = None, *, site: str = "www") -> bytes:
    cookie = mock.session_cookie(login, site)
    host = mock.origins[site].removeprefix("http://").partition(":")[0]
    return json.dumps(
        {
            "cookies": [
                {
                    "name": cookie["name"],
                    "value": cookie["value"],
                    "domain": host,
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Lax",
                }
            ],
            "origins": [],
        }
    ).encode()


def _no_pause(seconds: float) -> None:
    del seconds

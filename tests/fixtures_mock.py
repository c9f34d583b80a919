"""The mock site for tests: one server a session, a fresh world a test. Imported by ``tests/conftest.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from mock_site.server import MockSite
from mock_site.world import WorldOptions

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam
    from playwright.sync_api import BrowserContext

EPOCH = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def mock_server() -> Iterator[MockSite]:
    """One mock for all tests of the session: 12 products, 40 reviews each, seed 1."""
    with MockSite.start(WorldOptions(epoch=EPOCH)) as site:
        yield site


@pytest.fixture
def mock_site(mock_server: MockSite) -> Iterator[MockSite]:
    """The mock with a new world, healthy switches and an empty ledger; a mistake of its own fails the test."""
    mock_server.reset()
    yield mock_server
    assert mock_server.errors == [], "the mock itself failed"


def sign_in_at_once(context: BrowserContext, site: MockSite, login: str | None = None, host: str = "www") -> None:
    """Gives a browser context a session without the sign-in pages."""
    context.add_cookies([cast("SetCookieParam", site.session_cookie(login, host))])

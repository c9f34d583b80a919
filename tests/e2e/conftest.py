"""One installation a test, on a mock whose clock is the real one: the installed command knows no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_site.server import MockSite
from monitor.secrets.redaction import Redactor
from monitor.secrets.stores import open_store
from monitor.secrets.vault import AccountSecrets
from tests.e2e.installed import PASSPHRASE, Installed, install
from tests.e2e.prepared import Prepared, PreparedShop, prepare


@pytest.fixture(scope="session")
def mock_server() -> Iterator[MockSite]:
    """The mock as everywhere, but in the present: windows are counted from its dates by the real clock."""
    with MockSite.start() as site:
        yield site


@pytest.fixture
def shop(tmp_path: Path, mock_site: MockSite) -> Installed:
    """An installation that watches two products of the mock."""
    return install(tmp_path / "home", mock_site)


@pytest.fixture
def totp_shop(tmp_path: Path, mock_site: MockSite) -> Installed:
    """An installation whose account signs in with a code secret, so that no person is needed."""
    person = mock_site.world.options.accounts[1]
    identity = {"login": person.email, "sign_in": "totp", "witness": person.name}
    shop = install(tmp_path / "home", mock_site, identities={"site_profile": identity})
    assert person.totp_secret
    store = open_store(shop.home / "secrets", ask_passphrase=lambda: PASSPHRASE, redactor=Redactor())
    AccountSecrets(store).save("shop", "site_profile", "totp", person.totp_secret)
    return shop


@pytest.fixture(scope="session")
def prepared_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreparedShop]:
    """A shop that has captured its bad reviews, on a mock of its own."""
    with MockSite.start() as site:
        yield prepare(tmp_path_factory.mktemp("prepared"), site, limit=300)
        assert site.errors == [], "the mock itself failed"


@pytest.fixture
def prepared(prepared_shop: PreparedShop, tmp_path: Path) -> Prepared:
    """A copy of that shop, with a review for this test alone."""
    return prepared_shop.copy(tmp_path)

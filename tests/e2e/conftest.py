"""One installation a test, on the shared mock."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_site.server import MockSite
from tests.e2e.installed import Installed, install


@pytest.fixture
def shop(tmp_path: Path, mock_site: MockSite) -> Installed:
    """An installation that watches two products of the mock."""
    return install(tmp_path / "home", mock_site)

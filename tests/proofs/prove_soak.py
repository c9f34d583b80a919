"""The soak at full length: ``python3 run.py prove soak [--visits N]``, 500 visits by default, a fifth with a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_site.server import MockSite
from tests.proofs.soak import soak

pytestmark = pytest.mark.timeout(4 * 3600)


def test_nothing_is_left_of_many_visits(request: pytest.FixtureRequest, tmp_path: Path, mock_site: MockSite) -> None:
    visits = int(request.config.getoption("--visits"))
    assert soak(mock_site, tmp_path / "home", visits, int(request.config.getoption("--seed"))).report() == 0

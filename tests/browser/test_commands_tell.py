"""The installed command, shut out of its store while a filing is at the site, tells what went out.

One of the table's strikes; `python3 run.py prove ledger` makes them all. Ctrl-C stands in tests/faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_site.server import MockSite
from tests.failing_disk import failing_disk
from tests.filing_world import OPTIONS
from tests.proofs.command_strikes import STRIKES, Strike, Struck, strike_once

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
LOCKED = next(strike for strike in STRIKES if strike.title == "the store locked for good")


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


def test_a_store_that_is_locked_under_a_filing_is_told(present_mock: MockSite, tmp_path: Path) -> None:
    present_mock.reset()
    assert strike_once(present_mock, tmp_path, LOCKED) == []


def test_a_disk_that_turns_read_only_under_a_filing_is_told_and_settled_when_it_is_well(
    present_mock: MockSite, tmp_path: Path
) -> None:
    present_mock.reset()
    with failing_disk(tmp_path) as disk:

        def mend(struck: Struck) -> None:
            struck.world.installation.state.close()
            disk.mend()

        strike = Strike("the disk turns read-only", lambda _: disk.fail(), mend=mend)
        assert strike_once(present_mock, disk.path, strike) == []

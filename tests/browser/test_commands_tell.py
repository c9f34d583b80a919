"""The installed command, interrupted or shut out of its store while a filing is at the site, tells what went out.

Two of the table's strikes; `python3 run.py prove ledger` makes them all.
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
SHARE = [strike for strike in STRIKES if strike.title in {"Ctrl-C", "the store locked for good"}]


@pytest.fixture(scope="module")
def present_mock() -> Iterator[MockSite]:
    with MockSite.start(OPTIONS) as site:
        yield site


@pytest.mark.parametrize("strike", SHARE, ids=[strike.title for strike in SHARE])
def test_a_struck_command_tells_what_went_out(present_mock: MockSite, tmp_path: Path, strike: Strike) -> None:
    present_mock.reset()
    assert strike_once(present_mock, tmp_path, strike) == []


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

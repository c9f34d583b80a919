"""Health names what cannot be read: a product's own page, and a line of the settings that names no product."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.clock import ManualClock
from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.engine.health import examine_health
from monitor.incidents import report_bad
from tests.command_world import ACCOUNT, SKU, forget_home, make_home, open_home


@pytest.mark.parametrize(
    ("kind", "is_troubled"),
    [
        (IncidentKind.PRODUCT_GONE, True),
        (IncidentKind.POLL_BROKEN, True),
        (IncidentKind.PAGE_DRIFT, True),
        (IncidentKind.POLL_FAILED, True),
        (IncidentKind.LISTING_CUT, False),
    ],
)
def test_a_page_that_could_not_be_read_is_trouble_however_young_the_success(
    tmp_path: Path, kind: IncidentKind, *, is_troubled: bool
) -> None:
    home, clock = tmp_path / "home", ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    make_home(home, clock)
    installation = open_home(home, clock)
    with installation.state.transaction() as tx:
        for each in (kind, kind, IncidentKind.COUNTER_SILENT, IncidentKind.COUNTER_SILENT):
            report_bad(tx, ACCOUNT, each, subject=SKU)

    (found,) = examine_health(installation, installation.settings.find_account(ACCOUNT))

    assert (found.sku, found.is_late, found.is_troubled) == (SKU, False, is_troubled)
    forget_home(home)


def test_a_stopped_account_is_a_finding_however_young_the_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home, clock = tmp_path / "home", ManualClock(datetime.now(UTC))
    make_home(home, clock)
    with open_home(home, clock).state.transaction() as tx:
        tx.accounts.stop(ACCOUNT, why="captcha")
    monkeypatch.setattr(sys, "argv", ["fairreview", "--home", str(home), "health"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert "STOPPED the account is stopped: captcha" in capsys.readouterr().out
    forget_home(home)


def test_a_line_that_names_no_product_stands_in_health(tmp_path: Path) -> None:
    home, clock = tmp_path / "home", ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC))
    make_home(home, clock)
    config = home / "config.toml"
    config.write_text(config.read_text().replace(f'products = ["{SKU}"]', f'products = ["{SKU}", "mug"]'))
    installation = open_home(home, clock)

    found = examine_health(installation, installation.settings.find_account(ACCOUNT))

    assert [(one.sku, one.is_troubled) for one in found] == [("products, number 2", True), (SKU, False)]
    assert "«mug» is not an address of Ozon" in found[0].remark
    forget_home(home)

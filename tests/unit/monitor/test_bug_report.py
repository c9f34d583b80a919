"""A bug report holds what helps and nothing that belongs to anybody."""

from __future__ import annotations

from pathlib import Path

from monitor.config.home import Home
from monitor.config.settings import default_settings
from monitor.doctor.bug_report import count_errors, make_report
from monitor.doctor.findings import Finding, Level

CANARIES = ("CANARY", "канарейка", "900 000", "@", "/home", "hunter")


def test_nothing_private_is_in_it_whatever_settings_logs_and_findings_hold(tmp_path: Path) -> None:
    home = Home(tmp_path / "CANARY-home")
    home.logs.mkdir(parents=True)
    home.logs.joinpath("visits.log").write_text(
        "Traceback CANARY\nmonitor.errors.StorageFull: канарейка@example.com hunter2 /home/CANARY\nKeyError: 'CANARY'\n"
        "flows.errors.SiteUnavailable: +7 900 000-00-00\nCANARYError\n"
    )
    settings = default_settings(
        {
            "operator": {"name": "CANARY канарейка", "email": "CANARY@example.com"},
            "browser": {"path": "/home/CANARY/chrome", "sandbox": False},
            "windows": {"settle": "7m"},
            "account": [{"name": "canary", "products": ["1001"], "identities": {"site_profile": {"login": "a@b.cd"}}}],
        }
    )
    report = make_report(home, settings, [Finding("disk", Level.FAULT, "CANARY", "CANARY", ("CANARY",))])
    told = report.model_dump_json()
    assert [canary for canary in (*CANARIES, "canary") if canary in told] == []
    assert report.checks == (("disk", "fault"),)
    assert (report.settings["browser.sandbox"], report.settings["windows.settle"]) == (False, 420.0)
    assert (report.settings["operator.name"], report.accounts, report.products) == ("set", 1, 1)
    assert report.errors == {"KeyError": 1, "SiteUnavailable": 1, "StorageFull": 1}


def test_a_home_without_logs_has_no_errors(tmp_path: Path) -> None:
    assert count_errors(tmp_path / "nowhere") == {}

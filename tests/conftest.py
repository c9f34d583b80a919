"""What all tests share: the order of the rooms, the browser, and the rule that in CI nothing is skipped."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from flows.privileges import runs_as_root
from monitor.config.settings import default_settings
from monitor.visiting.browsing import browser_options
from qa.browsers import choose_launch_arguments
from tests.fixtures_mock import mock_server, mock_site

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

__all__ = ["mock_server", "mock_site"]  # fixtures of the mock, for every test

ROOMS = ("meta", "unit", "installation", "contract", "frozen", "recorded", "faults", "browser", "e2e", "proofs")

TOUR_ROOMS = frozenset({"meta", "unit", "installation", "contract", "frozen", "recorded"})
TOUR_FILES = frozenset(
    {
        "e2e/test_answer.py",  # the moderator's question
        "e2e/test_channels.py",  # each channel files once
        "e2e/test_demo.py",  # the first command of README
        "e2e/test_main_path.py",  # from init to the verified bundle, by the installed command
        "e2e/test_restored_backup.py",
        "browser/test_bundle_checker.py",
        "browser/test_capture.py",
        "browser/test_gate.py",
        "browser/test_qa_flows.py",
        "browser/test_read_reviews.py",
        "browser/test_sign_in.py",
    }
)
"""What ``python3 run.py test`` runs beside the rooms without a browser: every capability once in a real one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips", action="store_true", help="a skipped test is a failure: for CI, which has every tool"
    )
    parser.addoption("--tour", action="store_true", help="every capability once in a real browser, and all the rest")
    parser.addoption("--flow-repeats", type=int, default=5, help="how often each flow is run: 5 in CI, 20 as a proof")
    parser.addoption("--steps", type=int, default=100_000, help="random steps of the proof of the schedule")
    parser.addoption("--histories", type=int, default=2_000, help="random histories of the proof of watching")
    parser.addoption("--visits", type=int, default=500, help="visits of the soak")
    parser.addoption("--seed", type=int, default=7, help="seed of a proof that takes random steps")
    parser.addoption("--examples", type=int, default=20_000, help="values a parser in the proof of inputs")
    parser.addoption("--all-ways", action="store_true", help="every channel in every way and layout, not every pair")
    parser.addoption("--every-fault", action="store_true", help="every fault of a filing, not one of each kind")
    parser.addoption("--data", help="folder of the labelled reviews, for the proof of triage")


def pytest_configure() -> None:
    """Prepares what this process and all that it starts inherit.

    Programs shall hear Ctrl-C: what a shell starts in the background passes on that it is ignored. And for root, as in
    a container of CI, somebody must say that the browser goes without a sandbox: it opens the mock only.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for size in ("COLUMNS", "LINES"):  # of the terminal, as pytest's workers are told: ours write to no terminal
        os.environ.pop(size, None)
    if runs_as_root():
        os.environ.setdefault("FAIRREVIEW_BROWSER__SANDBOX", "false")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts what drives a browser last: once its fixtures have run, asyncio.run() fails in this process.

    Side by side (``run.py test``), what stands in one file goes to one process, in this order: files with tests of both
    sorts are two groups, and all tests with a copy of the prepared shop are one.
    """
    if config.getoption("--tour"):
        config.hook.pytest_deselected(items=[item for item in items if not _is_on_tour(item)])
        items[:] = filter(_is_on_tour, items)
    side_by_side = config.pluginmanager.hasplugin("xdist") and config.getoption("dist") == "loadgroup"
    for item in items:
        if _drives_browser(item):
            item.add_marker(pytest.mark.browser)
        if side_by_side:
            item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: (_drives_browser(item), _room(item)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped although nothing may be: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and collector.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped although nothing may be: {_reason(report.longrepr)}"
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object], playwright: Playwright) -> dict[str, object]:
    """Launches the browser that the program itself would take; without one, the test is skipped with the reason."""
    options = browser_options(default_settings().browser)
    found, failures = choose_launch_arguments(playwright, browser_type_launch_args, options)
    if found is None:
        pytest.skip("no browser starts: " + "; ".join(failures))
    return found


def _is_on_tour(item: pytest.Item) -> bool:
    below = item.path.relative_to(item.config.rootpath / "tests").as_posix()
    return below in TOUR_FILES or below.partition("/")[0] in TOUR_ROOMS


def _drives_browser(item: pytest.Item) -> bool:
    return "playwright" in getattr(item, "fixturenames", ())


def _group(item: pytest.Item) -> str:
    below = item.path.relative_to(item.config.rootpath).as_posix()
    if "prepared" in getattr(item, "fixturenames", ()):
        return "prepared shop"  # it takes a minute to make: one process does, whatever file its tests stand in
    return f"{below} (browser)" if _drives_browser(item) else below


def _room(item: pytest.Item) -> int:
    parts = item.path.relative_to(item.config.rootpath).parts
    rooms = [ROOMS.index(part) for part in parts if part in ROOMS]
    return rooms[0] if rooms else len(ROOMS)


def _reason(longrepr: object) -> str:
    return str(longrepr[2] if isinstance(longrepr, tuple) else longrepr)

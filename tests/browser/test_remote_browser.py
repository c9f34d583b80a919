"""A browser somebody else runs, reached by its debugging port or through a Playwright server."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from flows.browser import BrowserOptions, open_browser
from flows.errors import BrowserMissing
from flows.library.read_reviews import ProductPoll, read_reviews
from mock_site.server import MockSite
from monitor.config.settings import default_settings
from monitor.engine.process_tree import kill_tree, mark_tree
from tests.browser.conftest import site_of, workbench


@pytest.fixture
def program(browser_type_launch_args: dict[str, object]) -> str:
    return str(browser_type_launch_args.get("executable_path") or shutil.which("chromium"))


@contextmanager
def debugging_port(program: str, tmp_path: Path) -> Iterator[str]:
    """A Chromium with an open debugging port, as a pool would run it."""
    command = [program, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={tmp_path}", "--no-first-run"]
    if not default_settings().browser.sandbox:
        command.append("--no-sandbox")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = next(line for line in process.stderr if "DevTools listening on" in line)
        try:
            yield "http://" + told.split("ws://")[1].split("/")[0]
        finally:
            process.terminate()


@contextmanager
def playwright_server(program: str, tmp_path: Path) -> Iterator[str]:
    """Playwright's own server with one browser in it."""
    config = tmp_path / "server.json"
    has_sandbox = default_settings().browser.sandbox
    config.write_text(json.dumps({"executablePath": program, "chromiumSandbox": has_sandbox, "host": "127.0.0.1"}))
    command = [sys.executable, "-m", "playwright", "launch-server", "--browser", "chromium", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line for line in process.stdout if line.startswith("ws://")).strip()
        finally:
            kill_tree(mark_tree(process.pid))


def poll(endpoint: str, mock: MockSite) -> tuple[int, str]:
    product = mock.world.product_at(0)
    asked = ProductPoll(sku=product.sku, url=mock.origins["www"] + product.path)
    with open_browser(BrowserOptions(endpoint=endpoint)) as handle:
        bench = dataclasses.replace(workbench(handle.browser, site_of(mock)), browser=handle)
        (result,) = read_reviews(bench, [asked])
        return len(result.read.reviews), handle.label


@pytest.mark.parametrize("pool", [debugging_port, playwright_server])
def test_a_running_browser_is_used_and_left_running(
    pool: Callable[[str, Path], AbstractContextManager[str]], program: str, tmp_path: Path, mock: MockSite
) -> None:
    total = mock.world.counters(mock.world.product_at(0)).total
    # The fixtures have a driver in this thread already.
    with pool(program, tmp_path) as endpoint, ThreadPoolExecutor(1) as apart:
        assert [apart.submit(poll, endpoint, mock).result() for _ in range(2)] == [(total, "endpoint")] * 2


def test_nobody_at_the_endpoint_is_told_with_the_next_step(mock: MockSite) -> None:
    with ThreadPoolExecutor(1) as apart, pytest.raises(BrowserMissing, match="no browser answers"):
        apart.submit(poll, "http://127.0.0.1:9", mock).result()

"""A browser somebody else runs, reached by its debugging port."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.browser import BrowserOptions, open_browser, wants_sandbox
from flows.errors import BrowserMissing
from flows.library.read_reviews import ProductPoll, read_reviews
from mock_site.server import MockSite
from tests.browser.conftest import site_of, workbench


@pytest.fixture
def endpoint(tmp_path: Path, browser_type_launch_args: dict[str, object]) -> Iterator[str]:
    """A Chromium with an open debugging port, as a pool would run it."""
    program = str(browser_type_launch_args.get("executable_path") or shutil.which("chromium"))
    command = [program, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={tmp_path}", "--no-first-run"]
    if not wants_sandbox(BrowserOptions()):
        command.append("--no-sandbox")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = next(line for line in process.stderr if "DevTools listening on" in line)
        try:
            yield "http://" + told.split("ws://")[1].split("/")[0]
        finally:
            process.terminate()


def poll(endpoint: str, mock: MockSite) -> tuple[int, str]:
    product = mock.world.product_at(0)
    asked = ProductPoll(sku=product.sku, url=mock.origins["www"] + product.path)
    with open_browser(BrowserOptions(endpoint=endpoint)) as handle:
        bench = dataclasses.replace(workbench(handle.browser, site_of(mock)), browser=handle)
        (result,) = read_reviews(bench, [asked])
        return len(result.read.reviews), handle.label


def test_a_running_browser_is_used_and_left_running(endpoint: str, mock: MockSite) -> None:
    total = mock.world.counters(mock.world.product_at(0)).total
    with ThreadPoolExecutor(1) as apart:  # the fixtures have a driver in this thread already
        assert [apart.submit(poll, endpoint, mock).result() for _ in range(2)] == [(total, "endpoint")] * 2


def test_nobody_at_the_endpoint_is_told_with_the_next_step(mock: MockSite) -> None:
    with ThreadPoolExecutor(1) as apart, pytest.raises(BrowserMissing, match="no browser answers"):
        apart.submit(poll, "http://127.0.0.1:9", mock).result()

"""A browser for one test alone, with its process: to be frozen or killed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


@contextmanager
def single_browser(
    playwright: Playwright, launch: Mapping[str, Any], folder: Path
) -> Iterator[tuple[Browser, psutil.Process]]:
    """Starts a browser that can be told from all others by the folder it was given, and finds its main process."""
    mark = f"--crash-dumps-dir={folder}"
    browser = playwright.chromium.launch(**{**launch, "args": [*launch.get("args", ()), mark]})
    try:
        found = [one for one in psutil.process_iter(["cmdline"]) if mark in (one.info["cmdline"] or ())]
        [main] = [one for one in found if not any(part.startswith("--type=") for part in one.info["cmdline"])]
        yield browser, main
    finally:
        if browser.is_connected():
            browser.close()

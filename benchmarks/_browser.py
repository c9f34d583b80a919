"""The browser that a benchmark drives: the one that the environment asks for, as the program itself would read it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flows.browser import BrowserHandle, open_browser
from monitor.config.settings import default_settings
from monitor.visiting.browsing import browser_options


def open_machine_browser() -> AbstractContextManager[BrowserHandle]:
    """Starts it, and closes it at the end.

    Raises:
        flows.errors.BrowserMissing: no browser could be started.
    """
    return open_browser(browser_options(default_settings().browser))

"""Which browser pytest-playwright starts: the one that fairreview itself would take, tried until one starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flows.browser import QUIET_ARGUMENTS, BrowserOptions, refuse_root, start_failure
from flows.browser import candidates as browser_candidates
from flows.errors import BrowserMissing

if TYPE_CHECKING:
    from playwright.sync_api import Playwright


def choose_launch_arguments(
    playwright: Playwright, arguments: dict[str, object], options: BrowserOptions | None = None
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Tries the candidates in order.

    Args:
        playwright: The running driver.
        arguments: What pytest-playwright would launch with.
        options: A configured browser; None searches.

    Returns:
        The arguments to launch with (None when no browser starts), and what each failed candidate said.
    """
    chosen = options or BrowserOptions()
    try:
        refuse_root(chosen)
    except BrowserMissing as error:
        return None, (f"{error}; {error.hint}",)
    failures: list[str] = []
    for choice in browser_candidates(chosen):
        found: dict[str, Any] = {
            **arguments,
            "executable_path": choice.path,
            "channel": choice.channel,
            "chromium_sandbox": chosen.sandbox,
            "args": list(QUIET_ARGUMENTS),
        }
        failure = start_failure(playwright, found)
        if not failure:
            return found, tuple(failures)
        failures.append(f"{choice.label}: {failure}")
    return None, tuple(failures)

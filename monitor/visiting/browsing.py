"""Opens the browser of a visit and lays out the workbench its flows share."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flows.browser import BrowserOptions, open_browser
from flows.catalog.models import Site
from flows.politeness import Budget, Politeness
from flows.retrying import RetryPolicy
from flows.workbench import Workbench
from monitor.clock import Clock
from monitor.config.sections import BrowserSection

_NEVER = threading.Event()
"""Nobody sets it: waiting on it is the visit's only way to pause."""


def browser_options(section: BrowserSection, *, is_headed: bool = False) -> BrowserOptions:
    """Says in the flows' words which browser the settings ask for; ``is_headed`` shows the window in any case."""
    return BrowserOptions(
        path=section.path,
        channel=section.channel,
        endpoint=section.connect or None,
        headless=section.headless and not is_headed,
        sandbox=section.sandbox,
    )


@contextmanager
def open_workbench(
    section: BrowserSection, site: Site, *, clock: Clock, is_headed: bool = False
) -> Iterator[Workbench]:
    """Starts the configured browser and closes it at the end, whatever happened in between.

    Args:
        section: The browser's settings.
        site: The site's catalog; its pace becomes the budget per host.
        clock: Measures pace and time.
        is_headed: Shows the window, whatever the settings say.

    Raises:
        flows.errors.BrowserMissing: no candidate could be started.
    """
    options = browser_options(section, is_headed=is_headed)
    with open_browser(options) as browser:
        yield Workbench(
            browser=browser,
            site=site,
            politeness=politeness_of(site, clock=clock),
            retries=RetryPolicy(pause=_pause),
            now=clock.now,
        )


def politeness_of(site: Site, *, clock: Clock) -> Politeness:
    """Returns the budget per host that the site's catalog allows."""
    per_second = site.timings.requests_per_minute / 60
    return Politeness(
        budget=Budget(per_second=per_second, burst=site.timings.fetch_batch), clock=clock.boottime, pause=_pause
    )


def _pause(seconds: float) -> None:
    _NEVER.wait(seconds)

"""Keeps overlays of the site from taking a click that is meant for the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flows.catalog.resolve import locators
from flows.pages.pressing import PATIENCE_SECONDS, any_of, is_hidden

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from flows.catalog import Site

PAGE_NAME = "dialogs"


def close_banners(page: Page, site: Site, note: Callable[[str], None] | None = None) -> None:
    """Has the cookie banner closed, by its own button, whenever it stands in the way of an action.

    Args:
        page: The live page.
        site: The site's catalog.
        note: Told each time, for the protocol: the page was altered.
    """
    if PAGE_NAME not in site.pages:
        return
    catalog = site.page(PAGE_NAME)
    banner = any_of(locators(page, catalog, "cookie_banner", {}))
    accept = any_of(locators(page, catalog, "cookie_accept", {}))

    def close(shown: Locator) -> None:
        _press_away(accept, shown, site.timings.hydration_seconds)
        if note is not None:
            note("cookie banner closed by its own button")

    page.add_locator_handler(banner, close)


def dismiss_banner(page: Page, site: Site) -> bool:
    """Closes the cookie banner if it is shown right now and tells whether it was."""
    if not is_banner_shown(page, site):
        return False
    catalog = site.page(PAGE_NAME)
    banner = any_of(locators(page, catalog, "cookie_banner", {}))
    _press_away(any_of(locators(page, catalog, "cookie_accept", {})), banner, site.timings.hydration_seconds)
    return not banner.is_visible()


def is_banner_shown(page: Page, site: Site) -> bool:
    """Whether the cookie banner is shown right now."""
    if PAGE_NAME not in site.pages:
        return False
    return any_of(locators(page, site.page(PAGE_NAME), "cookie_banner", {})).is_visible()


def _press_away(button: Locator, banner: Locator, limit_seconds: float) -> None:
    """Presses until the banner is gone: on a page whose script is not bound yet the first clicks are swallowed."""
    for _ in range(max(1, round(limit_seconds / PATIENCE_SECONDS))):
        if not banner.is_visible():
            return
        button.click()
        if is_hidden(banner, PATIENCE_SECONDS):
            return

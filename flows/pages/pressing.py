"""Presses a button until its effect shows. For controls that change nothing at the site, or whose request we can see.

A page whose script is not bound yet swallows clicks without a trace, and no attribute says when it is ready: the effect
is the only witness. The gesture that files an appeal never goes through here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError as PlaywrightTimeout

from evidence_store.sentences import sentence
from flows.errors import PageNotReady

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Request

PATIENCE_SECONDS = 1.2


class SentRequests:
    """Counts the requests of a page that may change something, to tell a swallowed click from one that was heard."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.method not in {"GET", "HEAD", "OPTIONS"} or request.is_navigation_request():
            self.count += 1


def press_until(
    button: Locator, effect: Locator, *, limit_seconds: float, sent: SentRequests | None = None, where: str = ""
) -> None:
    """Clicks, and clicks again while nothing happens.

    Args:
        button: What to click.
        effect: What must become visible.
        limit_seconds: How long to go on.
        sent: When given, a click after which the page sent something is never repeated, only waited for.
        where: The control, for the error.

    Raises:
        flows.errors.PageNotReady: the effect never showed.
    """
    rounds = max(1, round(limit_seconds / PATIENCE_SECONDS))
    for _ in range(rounds):
        before = sent.count if sent is not None else 0
        if not effect.first.is_visible():
            button.click(timeout=limit_seconds * 1000)
        if is_seen(effect, PATIENCE_SECONDS):
            return
        if sent is not None and sent.count > before:
            break
    if not is_seen(effect, limit_seconds):
        raise PageNotReady(
            sentence("{where} was pressed and nothing came of it", where=where or "a button"), where=where
        )


def is_seen(effect: Locator, seconds: float) -> bool:
    """Waits for any element of the locator to be visible and tells whether one was."""
    try:
        effect.first.wait_for(timeout=seconds * 1000)
    except PlaywrightTimeout:
        return False
    return True


def is_hidden(locator: Locator, seconds: float) -> bool:
    """Waits for an element to go away and tells whether it did."""
    try:
        locator.wait_for(state="hidden", timeout=seconds * 1000)
    except PlaywrightTimeout:
        return False
    return True


def any_of(found: list[Locator]) -> Locator:
    """Joins locators into one that matches what any of them does. For waiting and looking, never for writing."""
    combined = found[0]
    for other in found[1:]:
        combined = combined.or_(other)
    return combined

"""Reads from a page with a limit.

``page.content()`` and ``page.evaluate()`` wait without end for a pending navigation (seen with a form whose answer
never came); a locator's call gives up in time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import Page

LIMIT_SECONDS = 10.0
_SOURCE = "(root) => (document.doctype ? '<!DOCTYPE ' + document.doctype.name + '>' : '') + root.outerHTML"


def read_source(page: Page, *, seconds: float = LIMIT_SECONDS) -> str:
    """Returns the page's current source.

    Raises:
        playwright.sync_api.Error: the page does not answer in time.
    """
    return str(ask_page(page, _SOURCE, seconds=seconds))


def ask_page(page: Page, script: str, argument: object = None, *, seconds: float = LIMIT_SECONDS) -> Any:
    """Runs a script on the root element, with a limit.

    Raises:
        playwright.sync_api.Error: the page does not answer in time.
    """
    return page.locator(":root").evaluate(script, argument, timeout=seconds * 1000)


def is_answering(page: Page, *, seconds: float = 2.0) -> bool:
    """Whether the page can be asked anything now: it cannot while a navigation hangs."""
    try:
        ask_page(page, "() => true", seconds=seconds)
    except Error:
        return False
    return True

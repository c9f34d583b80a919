"""Turns the browser's own errors into ours, so that a caller decides by type and never reads a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from flows.errors import BrowserGone, FlowError, PageNotReady, SiteUnavailable

# Playwright has one error class for all of this; its texts have been stable since 1.40.
_GONE = ("Target page, context or browser has been closed", "Browser has been closed", "Connection closed", "crashed")


@contextmanager
def named_faults(where: str) -> Iterator[None]:
    """Translates what the browser raises inside the block (also usable as a decorator of a flow).

    Raises:
        flows.errors.BrowserGone: the browser, its page or its driver died.
        flows.errors.SiteUnavailable: the network failed.
        flows.errors.PageNotReady: a wait ended without its control, or anything else the browser complained about.
    """
    try:
        yield
    except Error as error:
        raise translate(error, where) from error


def translate(error: Error, where: str) -> FlowError:
    """Returns our error for one of the browser's."""
    first = next(iter(str(error).strip().splitlines()), type(error).__name__)
    if any(sign in str(error) for sign in _GONE):
        return BrowserGone(first, where=where, hint="start the visit again")
    if "net::ERR_" in first or "NS_ERROR" in first:
        return SiteUnavailable(first, where=where, hint="check the connection; the read is repeated later")
    if isinstance(error, PlaywrightTimeout):
        return PageNotReady(first, where=where)
    return PageNotReady(first, where=where, hint="repeat the read; if it stays, run `fairreview doctor`")

"""Turns the browser's own errors into ours, so that a caller decides by type and never reads a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from flows.errors import BrowserGone, FlowError, PageNotReady, SiteUnavailable

# Playwright has one error class for all of this; its texts have been stable since 1.40.
_NETWORK = re.compile(r"(?:net::)?((?:ERR|NS_ERROR)_[A-Z0-9_]+)")
_NETWORK_WORDS = (
    ("NAME_NOT_RESOLVED", "the site's address is not known here: there is no network, or it is written wrongly"),
    ("INTERNET_DISCONNECTED", "this computer has no network"),
    ("CONNECTION_REFUSED", "nobody answers at the site's address"),
    ("ADDRESS_UNREACHABLE", "the site cannot be reached from this network"),
    ("TIMED_OUT", "the site did not answer in time"),
    ("CERT_", "the site's certificate is not to be trusted: another program or network may stand between"),
    ("SSL_", "no safe connection to the site could be made"),
    ("PROXY", "the proxy does not let the browser through"),
    ("TUNNEL", "the proxy does not let the browser through"),
    ("BLOCKED", "something on this computer or network blocks the site"),
    ("CONNECTION", "the connection to the site broke off"),
    ("EMPTY_RESPONSE", "the site hung up without an answer"),
)
_TIME_OUT = re.compile(r"Timeout (\d+)ms exceeded")
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
        return BrowserGone("the browser or its page has ended by itself", where=where, hint="Run the command again.")
    if found := _NETWORK.search(first):
        said = _tell_network(found[1])
        return SiteUnavailable(said, where=where, hint="Check the connection, then run the command again.")
    if isinstance(error, PlaywrightTimeout):
        return PageNotReady(_tell_time_out(first), where=where)
    return PageNotReady(first, where=where, hint="repeat the read; if it stays, run `fairreview doctor`")


def _tell_network(code: str) -> str:
    """Says what Chromium's name of a network error means, and that name, which can be looked up.

    Source: Chromium, net/base/net_error_list.h.
    """
    said = next((words for part, words in _NETWORK_WORDS if part in code), "the page could not be loaded")
    return f"{said} ({code})"


def _tell_time_out(first: str) -> str:
    found = _TIME_OUT.search(first)
    return f"what was waited for did not come within {int(found[1]) / 1000:g} s" if found else first

"""What is typed goes to the site's own origins only: looked at before it is typed, and enforced at the request.

The guard stays on until the context closes, for a page can send later what it has kept. Its limit: a redirect that
the site's own server answers with is followed by the browser's network stack, where no page script was involved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from flows.errors import ForeignOrigin

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Request, Route

    from flows.catalog import Site

_LEAST_DIGITS = 7  # a shorter number is in too many addresses by chance
_TARGET = "field => field.form ? field.form.action : ''"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class TypingGuard:
    """Guards one page's context from the first value that is typed on.

    Args:
        page: The page with the form.
        site: Whose origins may get what is typed.
    """

    def __init__(self, page: Page, site: Site) -> None:
        self._page, self._site = page, site
        self._values: list[str] = []
        self._refused: list[str] = []

    def before_typing(self, field: Locator, value: str) -> None:
        """Looks at where the field's form goes, and guards every request from now on.

        Raises:
            flows.errors.ForeignOrigin: the form goes elsewhere; nothing was typed.
        """
        target = str(field.evaluate(_TARGET))
        if target.startswith(("http:", "https:")) and not self._site.owns(target):
            raise _foreign(target, "the sign-in form would send what is typed elsewhere; nothing was typed")
        if not self._values:
            self._page.context.route("**/*", self._judge)
        if value not in self._values:
            self._values.append(value)

    def require_clean(self) -> None:
        """Looks whether the page has tried to send something elsewhere.

        Raises:
            flows.errors.ForeignOrigin: it has; the request did not leave.
        """
        if self._refused:
            raise _foreign(self._refused[0], "the sign-in page tried to send what was typed elsewhere; it was stopped")

    def _judge(self, route: Route) -> None:
        request = route.request
        if self._site.owns(request.url) or not request.url.startswith("http") or not self._may_carry(request):
            route.fallback()
            return
        self._refused.append(request.url)
        route.abort("blockedbyclient")

    def _may_carry(self, request: Request) -> bool:
        if request.method not in _READS or request.is_navigation_request():
            return True
        address = unquote(request.url)
        digits = "".join(filter(str.isdigit, address))
        return any(value in address or _digits_of(value) in digits for value in self._values if len(value) > 3)


def _digits_of(value: str) -> str:
    digits = "".join(filter(str.isdigit, value))
    return digits[-10:] if len(digits) >= _LEAST_DIGITS else value


def _foreign(url: str, message: str) -> ForeignOrigin:
    return ForeignOrigin(
        message,
        where=url.partition("?")[0],
        hint="look at the address by hand; it may be an attempt to steal the login",
    )

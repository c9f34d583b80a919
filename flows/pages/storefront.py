"""The shop window: one request shows the counters of many products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.pages.base import SitePage
from flows.readings.storefront import read_storefront_html

if TYPE_CHECKING:
    from typing import Self

    from flows.readings.storefront import StorefrontRead


class StorefrontPage(SitePage):
    """One page of a shop's products (value: ``shop``)."""

    page_name = "storefront"
    url_name = "storefront"

    def open_page(self, number: int) -> Self:
        """Opens one page of the window."""
        return self.go(self.site.url(self.url_name, page=number, **self.values))

    def read(self) -> StorefrontRead:
        """Reads the tiles with their counters."""
        return read_storefront_html(self.html(), self.site, url=self.page.url)

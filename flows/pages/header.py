"""The header every page carries: who is signed in."""

from __future__ import annotations

from flows.errors import PageNotReady, SelectorBroken
from flows.faults import named_faults
from flows.pages.base import SitePage
from flows.pages.pressing import is_seen
from flows.pages.source import read_source
from flows.readings.document import Document
from flows.readings.witnesses import read_account
from flows.session import AccountWitness


class Header(SitePage):
    """The header of whatever page is open."""

    page_name = "header"

    def read_account(self, identity: str) -> AccountWitness | None:
        """Says who is signed in, by the site's own witness; None when the site shows that nobody is.

        Raises:
            flows.errors.PageNotReady: the page shows neither.
            flows.errors.SelectorBroken: its witness carries no name.
        """
        if self._is_sign_in_address(identity):
            return None
        rule = self.site.witnesses.account[identity]
        either = self.page.locator(", ".join((*rule.css, *rule.anonymous_css)))
        with named_faults("header"):
            if not is_seen(either, self.site.timings.hydration_seconds):
                raise PageNotReady("the page does not say who is signed in", where=f"header.{identity}")
            seen = read_account(Document(read_source(self.page)), self.site, identity)
        if seen.is_signed_in is None:
            raise SelectorBroken("the account witness carries no name", where=f"header.{identity}")
        return AccountWitness(name=seen.name, guid=seen.account_id) if seen.is_signed_in else None

    def _is_sign_in_address(self, identity: str) -> bool:
        return any(part in self.page.url for part in self.site.identities[identity].signed_out_url_parts)

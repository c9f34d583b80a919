"""The channel ``support_ticket``: a letter through the contact form. The ticket's number is the last that is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.library.answers import require_signed_in
from flows.library.form_channel import FormChannel
from flows.pages.support import SupportPage

if TYPE_CHECKING:
    from flows.library.form_channel import Target


class SupportTicket(FormChannel):
    """Writes to support about one review; the letter must name it, for the form does not."""

    name = "support_ticket"

    def enter(self, target: Target, *, is_further: bool) -> SupportPage:
        """Opens the contact form."""
        del target, is_further  # the form is the same for every letter
        page = SupportPage(self._tab.page, self._tab.site)
        with self._tab.turn(self._tab.site.url("support")):
            page.open()
        require_signed_in(self._tab, self.spec.identity, self._expected)
        return page

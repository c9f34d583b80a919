"""The kind ``letter``: a letter through a contact form. The number of the letter is the last that is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.library.answers import require_signed_in
from flows.library.form_channel import FormChannel
from flows.pages.filing_form import FilingFormPage

if TYPE_CHECKING:
    from flows.library.form_channel import Target


class Letter(FormChannel):
    """Writes to support about one review; the letter must name it, for the form does not."""

    def enter(self, target: Target, *, is_further: bool) -> FilingFormPage:
        """Opens the contact form."""
        del target, is_further  # the form is the same for every letter
        url = self._tab.site.url(self.spec.page)
        page = FilingFormPage(self._tab.page, self._tab.site, page_name=self.spec.page)
        with self._tab.turn(url):
            page.go(url)
        require_signed_in(self._tab, self.spec.identity, self._expected)
        return page

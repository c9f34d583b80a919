"""The public profile of a review's author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.pages.base import SitePage
from flows.readings.author import read_author

if TYPE_CHECKING:
    from flows.readings.models import AuthorReading


class AuthorPage(SitePage):
    """One author (value: ``author_id``)."""

    page_name = "author"
    url_name = "author"

    def read(self) -> AuthorReading:
        """Reads name, reviews and dates."""
        return read_author(self.html(), self.site, author_id=self.values["author_id"], url=self.page.url)

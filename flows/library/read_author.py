"""Reads the public profile of a review's author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.pages.author import AuthorPage
from flows.retrying import read_with_retries

if TYPE_CHECKING:
    from flows.readings.models import AuthorReading
    from flows.workbench import Tab


def read_author(tab: Tab, author_id: str) -> AuthorReading:
    """Opens the author's profile and reads it. A hidden profile is an answer, not a failure.

    Raises:
        flows.errors.PageGone: there is no such profile.
        flows.errors.SelectorBroken: the page is no profile.
        flows.errors.WallMet: the page asks for a person.
    """
    page = AuthorPage(tab.page, tab.site, author_id=author_id)

    def look() -> AuthorReading:
        with tab.turn(tab.site.url("home")):
            return page.open().read()

    return read_with_retries(look, tab.bench.retries)

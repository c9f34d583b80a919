"""Reads the public profile of a review's author."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.readings.models import AuthorReading
    from flows.workbench import Tab


def read_author(tab: Tab, author_id: str) -> AuthorReading:
    """Opens the author's profile and reads it.

    Raises:
        flows.errors.SelectorBroken: it is neither a profile nor a hidden one.
        flows.errors.WallMet: the page asks for a person.
    """
    raise NotImplementedError

"""Views that a person keeps: a name and what the list then shows. Kept by this browser, and read as a stranger's word.

Any server of this machine could set the cookie; so a view is nothing but a choice among the list's own filters.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from monitor.language.plain_text import show
from monitor.use_cases.inbox import VIEWS

COOKIE = "desk_views"
MOST = 8
LONGEST_NAME = 30
_LONGEST_WORDS = 60
_LARGEST = 3500  # characters: browsers keep cookies up to 4096 bytes


class SavedView(NamedTuple):
    """One view."""

    name: str
    view: str
    words: str
    account: str

    @property
    def query(self) -> str:
        """What the list's address says for it."""
        told = {"view": self.view, "q": self.words, "account": self.account}
        return urlencode({name: value for name, value in told.items() if value})


def read_views(cookie: str, accounts: Sequence[str]) -> tuple[SavedView, ...]:
    """Returns the views that a cookie holds; what is none of ours is left out."""
    try:
        rows = json.loads(base64.urlsafe_b64decode(cookie[:_LARGEST].encode()))
    except (ValueError, UnicodeError, RecursionError):
        return ()
    found = [_read(one, accounts) for one in rows[:MOST]] if isinstance(rows, list) else []
    return tuple(one for one in found if one is not None)


def write_views(views: Sequence[SavedView]) -> str | None:
    """Returns the cookie's value; None where it would be too long to be kept."""
    told = base64.urlsafe_b64encode(json.dumps([list(one) for one in views[-MOST:]]).encode()).decode()
    return told if len(told) <= _LARGEST else None


def make_view(name: str, view: str, words: str, account: str, accounts: Sequence[str]) -> SavedView | None:
    """Returns a view of these; None where they are not what the list knows."""
    return _read([name.strip()[:LONGEST_NAME], view, words.strip()[:_LONGEST_WORDS], account], accounts)


def _read(row: object, accounts: Sequence[str]) -> SavedView | None:
    if not isinstance(row, list) or len(row) != len(SavedView._fields):
        return None
    if not all(isinstance(one, str) for one in row):
        return None
    name, view, words, account = row
    is_ours = name and view in VIEWS and (not account or account in accounts)
    if not is_ours or len(name) > LONGEST_NAME or len(words) > _LONGEST_WORDS:
        return None
    return SavedView(show(name, one_line=True), view, show(words, one_line=True), account)

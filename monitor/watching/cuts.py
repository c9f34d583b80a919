"""What cuts a listing: the site shows fewer reviews than it counts, and people are told how many."""

from __future__ import annotations

from collections.abc import Mapping

from flows.readings.models import Coverage
from monitor.language import gettext as _

LASTING = frozenset({"site_limit", "sign_in_wall"})
"""Cuts that are the site's own way and last: no fault of a reading, and no reason to try again at once."""

CUT_WORDS: Mapping[str, str] = {
    "site_limit": _("limit of the site"),
    "sign_in_wall": _("sign-in wall"),
    "partial": _("read in part"),
    "page_limit": _("first pages only"),
}
CUT_WORDS_RU: Mapping[str, str] = {
    "site_limit": "предел сайта",
    "sign_in_wall": "дальше только после входа",
    "partial": "прочитано не всё",
    "page_limit": "только первые страницы",
}


def tell_cut(cut: str, shown: int | None, total: int | None) -> str:
    """Says how many reviews the site shows of how many; empty where nothing is cut."""
    if not cut:
        return ""
    of = f" of {total}" if total is not None else ""
    return _("{shown}{of} reviews are shown ({cut_words})").format(shown=shown or 0, of=of, cut_words=CUT_WORDS[cut])


def tell_cut_in_russian(cut: str, shown: int | None, total: int | None) -> str:
    """The same for messages to people: «видно 990 из 3368 (предел сайта)»."""
    if not cut:
        return ""
    of = f" из {total}" if total is not None else ""
    return f"видно {shown or 0}{of} ({CUT_WORDS_RU[cut]})"


def next_cut(before: str, coverage: Coverage) -> str | None:
    """Says what cuts a listing after a reading; None: this reading says nothing about it. Pure.

    A look at first pages only leaves what a sweep found; so does a reading that gave up on the way, where the site's
    own limit is known.
    """
    if coverage.is_complete:
        return ""
    if coverage.cut == "page_limit" or (coverage.cut == "partial" and before in LASTING):
        return None
    return coverage.cut or None

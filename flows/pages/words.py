"""The site's own word after a gesture: which one, and what it said, read at the moment at which it is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from flows.pages.pressing import any_of, is_seen

if TYPE_CHECKING:
    from playwright.sync_api import Locator

_TICK_SECONDS = 0.25
"""How long a better word is waited for, until it is asked again whether the one that stands there is the last."""
_LOOK_SECONDS = 1.0
"""How long one look takes at most: an idle machine answers in milliseconds, a busy one in this time."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the page: the catalog's name of its entry, and the text."""

    name: str
    text: str


def await_word(words: Mapping[str, Locator], seconds: float, is_last: Callable[[str], bool]) -> Word | None:
    """Waits for one of several words; None when none came in time.

    A page changes between two looks: a word that is gone before it was read is no word, and what came in its place is
    waited for. What is not the last word by ``is_last`` is kept only until the time is over.

    Args:
        words: Where each may show, by its entry's name; of several that stand there the first counts.
        seconds: How long to wait.
        is_last: Tells of a word's name whether nothing better can follow any more.
    """
    end, kept = time.monotonic() + seconds, None
    while (left := end - time.monotonic()) > 0:
        better = [found for name, found in words.items() if kept is None or name != kept.name]
        if is_seen(any_of(better).filter(visible=True), left if kept is None else min(left, _TICK_SECONDS)):
            kept = _read(words)
        if kept is not None and is_last(kept.name):
            return kept
    return kept


def _read(words: Mapping[str, Locator]) -> Word | None:
    """Reads what stands there now. Each look has its limit: a page on its way elsewhere may answer nothing at all."""
    for name, found in words.items():
        try:
            text = found.filter(visible=True).first.inner_text(timeout=_LOOK_SECONDS * 1000)
        except Error:  # not there, or the page goes elsewhere at this moment; of a dead one the next wait tells
            continue
        return Word(name, text.strip())
    return None

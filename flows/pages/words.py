"""The site's own word after a gesture: which one, and what it said, read at the moment at which it is seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from flows.pages.pressing import any_of, is_seen

if TYPE_CHECKING:
    from playwright.sync_api import Locator

_TICK_SECONDS = 0.25
"""How long a better word is waited for, until it is asked again whether the one that stands there is the last."""


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
        word = _read(words)
        if word is not None and is_last(word.name):
            return word
        kept = word or kept
        better = [found for name, found in words.items() if word is None or name != word.name]
        is_seen(any_of(better).filter(visible=True), left if word is None else min(left, _TICK_SECONDS))
    return _read(words) or kept


def _read(words: Mapping[str, Locator]) -> Word | None:
    with suppress(Error):  # the page goes elsewhere at this moment; of a dead one the next wait tells
        for name, found in words.items():
            if texts := found.filter(visible=True).all_inner_texts():
                return Word(name, texts[0].strip())
    return None

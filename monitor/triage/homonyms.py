"""Abusive words that name an innocent thing where the text or the product speaks of that thing."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from monitor.triage.normalise import prepare

_FILE = Path(__file__).parent / "words" / "homonyms.toml"


class Surroundings:
    """What a text and its product speak of, asked about one suspicious word at a time."""

    def __init__(self, words: tuple[str, ...], product_title: str) -> None:
        self._words = words
        self._title = product_title
        self._read: tuple[str, ...] | None = None

    def excuse(self, word: str) -> bool:
        """Whether a word names an animal, a thing or a title here, and nobody is called by it."""
        if self._title and any(one.plain == word for one in prepare(self._title).words):
            return True
        tables = [context for words, context in _tables() if words.match(word)]
        if not tables:
            return False
        if self._read is None:
            self._read = (*self._words, *(one.plain for one in prepare(self._title).words))
        return any(context.match(other) for context in tables for other in self._read if other != word)


@lru_cache(maxsize=1)
def _tables() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["homonym"]
    return tuple((re.compile("|".join(entry["words"])), re.compile("|".join(entry["context"]))) for entry in entries)

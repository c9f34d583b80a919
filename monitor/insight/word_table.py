"""Every form of the words of a lexicon in one table, so that reading a review asks no dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from monitor.insight.words_file import Aspect, Words

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer
    from pymorphy3.analyzer import Parse

_STOPS = frozenset(".,!?;:()\n")
_TELLING = 2
"""Letters of a second word by which phrases are told apart: dozens begin with «не»."""
_ENDING = re.compile(r"(?<=[а-яa-z]{4})[аеиоуыэюяьй]*(?:го|му|ми|ть|шь|[мхтлв])?[аеиоуыэюяьй]*(?:ся|сь)?$")


@dataclass
class Marks:
    """What one word form stands for."""

    role: str = ""
    names: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    praises: tuple[str, ...] = ()

    @cached_property
    def speaks(self) -> bool:
        """Whether it is of any aspect, and not only a word beside one."""
        return bool(self.names or self.hints or self.parts or self.complaints or self.things or self.praises)


Starts = dict[str, list[tuple[tuple[str, ...], str]]]
"""Phrases that begin with a word, by the beginning of their second one."""
Row = tuple[tuple[frozenset[str], ...], Marks]
"""What several words stand for: the forms of each word after the first one."""
Found = tuple[bool, Marks | None, Starts | None, list[Row] | None]
"""Whether a word ends a clause, and what it stands for alone, as the beginning of phrases, and of several words."""


class WordTable:
    """What every form stands for.

    Attributes:
        forms: Every form that any list holds: the rest are words without an aspect.
        found: What is looked at where a word stands.
    """

    def __init__(self, aspects: Mapping[str, Aspect], words: Words) -> None:
        self.forms: dict[str, Marks] = {}
        self.found: dict[str, Found] = {}
        self._rows: dict[str, list[Row]] = {}
        self._phrases: dict[str, Starts] = {}
        self._not_forms = frozenset(words.not_forms)
        for role in ("negations", "absences", "breaks", "good", "bad"):
            for marks in self._marked(getattr(words, role)):
                marks.role = role
        for code, aspect in aspects.items():
            for list_name in ("names", "hints", "parts", "praises"):
                self._enter(list_name, code, getattr(aspect, list_name))
            self._enter("things", code, [lemma for lemma in aspect.complaints if _is_noun(lemma)])
            self._enter("complaints", code, [lemma for lemma in aspect.complaints if not _is_noun(lemma)])
            for phrase in aspect.phrases:
                row = _words_of(phrase)
                starts = self._phrases.setdefault(row[0].rstrip("*"), {})
                starts.setdefault(_beginning(row), []).append((row, code))
        for starts in self._phrases.values():
            for beginning in starts:
                if beginning:  # what may begin with anything is looked for beside it
                    starts[beginning] += starts.get("", [])
        for word in _STOPS | self.forms.keys() | self._rows.keys() | self._phrases.keys():
            alone = self.forms.get(word)
            ends = word in _STOPS or (alone is not None and alone.role == "breaks")
            self.found[word] = (ends, None if ends else alone, self._phrases.get(word), self._rows.get(word))

    def _enter(self, list_name: str, code: str, entries: Iterable[str]) -> None:
        for marks in self._marked(entries):
            if code not in (known := getattr(marks, list_name)):
                setattr(marks, list_name, (*known, code))

    def _marked(self, entries: Iterable[str]) -> Iterator[Marks]:
        """The marks of every form of some lemmas, and of what several words in a row stand for."""
        rows = {entry: _words_of(entry) for entry in entries}
        lemmas = [entry for entry, words in rows.items() if len(words) == 1]
        for form in {form for lemma in lemmas for form in _forms_of(lemma)} - self._not_forms:
            yield self.forms.setdefault(form, Marks())
        for words in rows.values():
            if len(words) > 1:
                first, *others = map(_forms_of_any, words)
                of_row = Marks()
                for form in first:
                    self._rows.setdefault(form, []).append((tuple(others), of_row))
                yield of_row


def _words_of(entry: str) -> tuple[str, ...]:
    """The words of an entry as they stand in a text that is taken apart: commas alone, hyphens part."""
    return tuple(entry.replace("ё", "е").replace(",", " ,").replace("-", " ").split())


def _beginning(words: Sequence[str]) -> str:
    """The first letters of a phrase's second word, by which it is looked up; empty where they are not all told."""
    second = words[1] if len(words) > 1 else ""
    plain = second.rstrip("*")
    return "" if plain != second and len(plain) < _TELLING else plain[:_TELLING]


def fitting(starts: Starts, tokens: Sequence[str], index: int) -> Iterable[str]:
    """The aspects of the phrases that stand at a word."""
    beginning = tokens[index + 1][:_TELLING] if index + 1 < len(tokens) else ""
    for words, code in starts.get(beginning) or starts.get("", []):
        here = tokens[index : index + len(words)]
        if len(here) == len(words) and all(map(_fits, here, words)):
            yield code


def _fits(token: str, word: str) -> bool:
    return token.startswith(word[:-1]) if word.endswith("*") else token == word


def in_a_row(rows: Sequence[Row], tokens: Sequence[str], index: int) -> Iterable[Marks]:
    """What the several words stand for that begin at a word."""
    for others, marks in rows:
        here = tokens[index + 1 : index + 1 + len(others)]
        if len(here) == len(others) and all(token in forms for token, forms in zip(here, others, strict=True)):
            yield marks


def _forms_of_any(word: str) -> frozenset[str]:
    """A word and every form of it, whichever form it is."""
    best = _parses(word)[0]
    return frozenset(form.replace("ё", "е") for form in (word, *_forms_of(word), *(one.word for one in best.lexeme)))


def _forms_of(lemma: str) -> Iterable[str]:
    """Every form of a lemma."""
    plain = lemma.replace("ё", "е")
    yield plain
    for parse in _parses(lemma):
        if parse.normal_form.replace("ё", "е") == plain:
            yield from (form.word.replace("ё", "е") for form in parse.lexeme)


def root_of(word: str) -> str:
    """A word without its ending, near enough to put its forms together without a dictionary; four letters stay."""
    return _ENDING.sub("", word)


def lemma_of(word: str) -> str:
    """The lemma of a word in any form, the likeliest one."""
    return str(_parses(word)[0].normal_form).replace("ё", "е")


def _is_noun(lemma: str) -> bool:
    return len(_words_of(lemma)) == 1 and str(_parses(lemma)[0].tag.POS) == "NOUN"


@lru_cache(maxsize=10_000)
def _parses(word: str) -> tuple[Parse, ...]:
    return tuple(_analyzer().parse(word))


@lru_cache(maxsize=1)
def _analyzer() -> MorphAnalyzer:
    # The dictionaries take a third of a second and 15 MB; they are needed only while the table is made.
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415

    return MorphAnalyzer()

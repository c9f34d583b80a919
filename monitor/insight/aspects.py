"""What a review complains of and what it praises, by words as data: a table of word forms and the words beside them.

The table is made once from the lemmas of ``words/aspects.toml`` (and of a seller's own file): every form of every
lemma is a key, so that reading a review asks no dictionary. Negation and praise are told apart inside a clause; where
a clause only names a thing, the stars may decide, and without stars nothing is said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from monitor.insight.word_table import Marks, WordTable, fitting, in_a_row, root_of
from monitor.insight.words_file import Aspect, Words, joined, read_words_file

_OWN = Path(__file__).parent / "words" / "aspects.toml"
_TOKEN = re.compile(r"[а-яa-z]+|[.,!?;:()\n]")
_WAY = "2"
"""Raised with every change of how reviews are read: then all are read again."""
_SHORTEST = 4
_LOW = 3
"""Stars at which a thing that is only named is taken for a complaint."""
_REACH = 2
"""A negation may stand so many words before what it negates: «не очень понравился»."""


@dataclass(slots=True)
class _Clause:
    """What one clause holds.

    Attributes:
        things: Nouns that complain («брак»): any negation in the clause takes them back, wherever it stands.
    """

    good: bool = False
    bad: bool = False
    absent: bool = False
    negated: bool = False
    named: set[str] = field(default_factory=set)
    hinted: set[str] = field(default_factory=set)
    parts: set[str] = field(default_factory=set)
    things: set[str] = field(default_factory=set)
    complaints: set[str] = field(default_factory=set)
    praises: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Told:
    """What a review says of its aspects, each named once."""

    complaints: frozenset[str] = frozenset()
    praises: frozenset[str] = frozenset()


NOTHING = Told()


@dataclass
class Lexicon:
    """The aspects, and how texts are read by their words.

    Attributes:
        aspects: By code, in the order of the files.
    """

    aspects: dict[str, Aspect]
    _words: Words

    @cached_property
    def digest(self) -> str:
        """Tells one set of words, and one way of reading by them, from another."""
        told = [_WAY, self._words.model_dump_json(), *(f"{c}={a.model_dump_json()}" for c, a in self.aspects.items())]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    @cached_property
    def _table(self) -> WordTable:
        # Made where a text is read: what was read before is told without it, and without a dictionary.
        return WordTable(self.aspects, self._words)

    def unknown_words(self, text: str) -> list[str]:
        """The words of a text that no list holds, in the form that stands there, once each; short ones left out."""
        tokens, known = _TOKEN.findall(text.lower().replace("ё", "е")), self._table.forms
        unknown = [token for token in tokens if len(token) >= _SHORTEST and token not in known]
        return list({root_of(token): token for token in unknown}.values())

    def read(self, text: str, rating: int | None) -> Told:
        """Finds what a review complains of and praises.

        Args:
            text: As the buyer wrote it.
            rating: 1 to 5; None where it is not known: then what is only named is neither.
        """
        folded = text.lower().replace("ё", "е")
        for said, meant in self._words.same.items():
            folded = folded.replace(said, meant)
        tokens = _TOKEN.findall(folded)
        complaints: set[str] = set()
        praises: set[str] = set()
        for clause in self._clauses(tokens, complaints):
            self._judge(_look_at(clause), rating, complaints, praises)
        if not complaints and not praises:
            return NOTHING
        return Told(frozenset(complaints), frozenset(praises - complaints))

    def _clauses(self, tokens: Sequence[str], complaints: set[str]) -> Iterator[list[tuple[int, Marks]]]:
        """The known words of each clause that speaks of something; phrases, which know no clause, are added at once."""
        clause: list[tuple[int, Marks]] = []
        speaks = False
        # Most words stand in no list: one look a word is what a million reviews are read by.
        for index, found in enumerate(map(self._table.found.get, tokens)):
            if found is None:
                continue
            ends, marks, starts, rows = found
            if starts is not None:
                complaints.update(fitting(starts, tokens, index))
            if ends:
                if speaks:
                    yield clause
                clause, speaks = [], False
            if rows is not None:  # before the word's own marks: «не держит заряд» is not negated by its own «не»
                for of_row in in_a_row(rows, tokens, index):
                    clause.append((index, of_row))
                    speaks = speaks or of_row.speaks
            if marks is not None:
                clause.append((index, marks))
                speaks = speaks or marks.speaks
        if speaks:
            yield clause

    def _judge(self, clause: _Clause, rating: int | None, complaints: set[str], praises: set[str]) -> None:
        is_taken_back = clause.negated or clause.absent
        said = clause.complaints | (set() if is_taken_back else clause.things)
        praised = clause.praises | (clause.things if is_taken_back else set())
        if clause.bad:
            said, praised = said | clause.praises, praised - clause.praises
        if clause.absent or clause.negated:
            said |= clause.parts
        for code in clause.named | clause.hinted:
            if clause.absent:
                (praised if self.aspects[code].absence == "praise" else said).add(code)
            elif clause.bad:
                said.add(code)
            elif clause.good:
                praised.add(code)
            elif rating is not None and rating <= _LOW and code in clause.hinted:
                said.add(code)
        mentioned = clause.named | clause.hinted | clause.complaints
        complaints |= {code for code in said if not mentioned & set(self.aspects[code].yields_to)}
        praises |= praised


def _look_at(clause: list[tuple[int, Marks]]) -> _Clause:
    found = _Clause()
    negated_until = -1
    for index, marks in clause:
        is_negated = index <= negated_until
        if marks.role == "negations":
            negated_until, found.negated = index + _REACH, True
        elif marks.role == "absences":
            found.absent = True
        elif marks.role:
            is_good = (marks.role == "good") != is_negated
            found.good, found.bad = found.good or is_good, found.bad or not is_good
        if not marks.speaks:
            continue
        (found.praises if is_negated else found.complaints).update(marks.complaints)
        (found.complaints if is_negated else found.praises).update(marks.praises)
        found.things.update(marks.things)
        found.named.update(marks.names)
        found.hinted.update(marks.hints)
        found.parts.update(marks.parts)
    return found


@lru_cache(maxsize=4)
def load_lexicon(own: Path | None = None) -> Lexicon:
    """Loads the words that come with the program, and a seller's own on top.

    Args:
        own: A file of the same form. Lists of an aspect that is there already are added to it; new aspects are new.

    Raises:
        SettingsError: a file cannot be read, or holds something else.
    """
    whole = read_words_file(_OWN)
    if own is not None:
        whole = joined(whole, read_words_file(own))
    return Lexicon(whole.aspects, whole.words)

"""What a review complains of and what it praises, by words as data: a table of word forms and the words beside them.

The table is made once from the lemmas of ``words/aspects.toml`` (and of a seller's own file): every form of every
lemma is a key, so that reading a review asks no dictionary. Negation and praise are told apart inside a clause; where
a clause only names a thing, the stars may decide, and without stars nothing is said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flows.plain_toml import TomlRefused, read_toml
from monitor.errors import SettingsError

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

_OWN = Path(__file__).parent / "words" / "aspects.toml"
_MOST_BYTES = 256 * 1024
_TOKEN = re.compile(r"[а-яa-z]+|[.,!?;:()\n]")
_WORD = re.compile(r"[а-яёa-z*-]+(?: [а-яёa-z*-]+)*")
_STOPS = frozenset(".,!?;:()\n")
_LISTS = ("names", "hints", "parts", "complaints", "praises", "phrases")
_TELLING = 2
"""Letters of a second word by which phrases are told apart: dozens begin with «не»."""
_WAY = "1"
"""Raised with every change of how reviews are read: then all are read again."""
_SHORTEST = 4
_LOW = 3
"""Stars at which a thing that is only named is taken for a complaint."""
_REACH = 2
"""A negation may stand so many words before what it negates: «не очень понравился»."""

Team = Literal["packing", "cards", "purchasing", "supplier", "support"]


class Aspect(BaseModel):
    """One thing that buyers complain of; the lists are explained at the head of the file of words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=60)
    about: Literal["goods", "service"] = "goods"
    team: Team = "purchasing"
    names: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    praises: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    absence: Literal["praise", "complaint"] = "complaint"


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    negations: tuple[str, ...] = ()
    absences: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    same: dict[str, str] = Field(default_factory=dict)
    not_forms: tuple[str, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    words: _Words = _Words()
    aspects: dict[str, Aspect] = Field(default_factory=dict)


@dataclass
class _Marks:
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


class _Stop:
    """What ends a clause: a mark or a word that breaks."""


_STOP = _Stop()
_Starts = dict[str, list[tuple[tuple[str, ...], str]]]
"""Phrases that begin with a word, by the beginning of their second one."""


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
    """The aspects with their table of word forms.

    Attributes:
        aspects: By code, in the order of the files.
        known: Every form that any list holds: the rest are words without an aspect.
    """

    aspects: dict[str, Aspect]
    _words: _Words
    _table: dict[str, _Marks] = field(default_factory=dict)
    _phrases: dict[str, _Starts] = field(default_factory=dict)
    _found: dict[str, tuple[_Marks | _Stop | None, _Starts | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._not_forms = frozenset(self._words.not_forms)
        for role in ("negations", "absences", "breaks", "good", "bad"):
            for form in self._forms(getattr(self._words, role)):
                self._marks(form).role = role
        for code, aspect in self.aspects.items():
            for list_name in ("names", "hints", "parts", "praises"):
                self._enter(list_name, code, getattr(aspect, list_name))
            self._enter("things", code, [lemma for lemma in aspect.complaints if _is_noun(lemma)])
            self._enter("complaints", code, [lemma for lemma in aspect.complaints if not _is_noun(lemma)])
            for phrase in aspect.phrases:
                words = tuple(phrase.replace("ё", "е").split())
                starts = self._phrases.setdefault(words[0].rstrip("*"), {})
                starts.setdefault(_beginning(words), []).append((words, code))
        for starts in self._phrases.values():
            for beginning in starts:
                if beginning:  # what may begin with anything is looked for beside it
                    starts[beginning] += starts.get("", [])
        for word in _STOPS | self._table.keys() | self._phrases.keys():
            marks = self._table.get(word)
            ends = word in _STOPS or (marks is not None and marks.role == "breaks")
            self._found[word] = (_STOP if ends else marks, self._phrases.get(word))

    def _enter(self, list_name: str, code: str, lemmas: Iterable[str]) -> None:
        for form in self._forms(lemmas):
            marks = self._marks(form)
            if code not in (known := getattr(marks, list_name)):
                setattr(marks, list_name, (*known, code))

    def _forms(self, lemmas: Iterable[str]) -> set[str]:
        return {form for lemma in lemmas for form in _forms_of(lemma)} - self._not_forms

    def _marks(self, form: str) -> _Marks:
        return self._table.setdefault(form, _Marks())

    @cached_property
    def digest(self) -> str:
        """Tells one set of words, and one way of reading by them, from another."""
        told = [_WAY, self._words.model_dump_json(), *(f"{c}={a.model_dump_json()}" for c, a in self.aspects.items())]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    def is_known(self, form: str) -> bool:
        """Whether any list holds this form."""
        return form in self._table

    def unknown_words(self, text: str) -> set[str]:
        """The words of a text that no list holds, by their lemma; short ones left out."""
        tokens = _TOKEN.findall(text.lower().replace("ё", "е"))
        return {_lemma_of(token) for token in tokens if len(token) >= _SHORTEST and token not in self._table}

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
        clause: list[tuple[int, _Marks]] = []
        speaks = False
        # Most words stand in no list: one look a word is what a million reviews are read by.
        for index, found in enumerate(map(self._found.get, tokens)):
            if found is None:
                continue
            marks, starts = found
            if starts is not None:
                complaints.update(_fitting(starts, tokens, index))
            if marks is _STOP:
                if speaks:
                    self._judge(_look_at(clause), rating, complaints, praises)
                clause, speaks = [], False
            elif marks is not None:
                clause.append((index, cast("_Marks", marks)))
                speaks = speaks or cast("_Marks", marks).speaks
        if speaks:
            self._judge(_look_at(clause), rating, complaints, praises)
        if not complaints and not praises:
            return NOTHING
        return Told(frozenset(complaints), frozenset(praises - complaints))

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


def _look_at(clause: list[tuple[int, _Marks]]) -> _Clause:
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
    whole = _read(_OWN)
    if own is None:
        return Lexicon(whole.aspects, whole.words)
    more = _read(own)
    aspects = dict(whole.aspects)
    for code, aspect in more.aspects.items():
        aspects[code] = _joined(aspects[code], aspect) if code in aspects else aspect
    lists = ("negations", "absences", "breaks", "good", "bad", "not_forms")
    words = {name: (*getattr(whole.words, name), *getattr(more.words, name)) for name in lists}
    return Lexicon(aspects, _Words(**words, same=whole.words.same | more.words.same))


def _joined(one: Aspect, two: Aspect) -> Aspect:
    return one.model_copy(update={name: (*getattr(one, name), *getattr(two, name)) for name in _LISTS})


def _read(path: Path) -> _File:
    hint = "docs/insight.md shows such a file."
    try:
        found = _File.model_validate(read_toml(path, max_bytes=_MOST_BYTES))
    except TomlRefused as error:
        raise SettingsError(f"the file of words {error}", where=f"{path}{error.at}", hint=hint) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{place}: {first['msg']}", where=str(path), hint=hint) from error
    for code, aspect in found.aspects.items():
        for entry in (entry for name in _LISTS for entry in getattr(aspect, name)):
            if not _WORD.fullmatch(entry):
                raise SettingsError(f"aspects.{code}: {entry!r} is not a word", where=str(path), hint=hint)
    return found


def _beginning(words: Sequence[str]) -> str:
    """The first letters of a phrase's second word, by which it is looked up; empty where they are not all told."""
    second = words[1] if len(words) > 1 else ""
    plain = second.rstrip("*")
    return "" if plain != second and len(plain) < _TELLING else plain[:_TELLING]


def _fitting(starts: _Starts, tokens: Sequence[str], index: int) -> Iterable[str]:
    """The aspects of the phrases that stand at a word."""
    beginning = tokens[index + 1][:_TELLING] if index + 1 < len(tokens) else ""
    for words, code in starts.get(beginning) or starts.get("", []):
        here = tokens[index : index + len(words)]
        if len(here) == len(words) and all(map(_fits, here, words)):
            yield code


def _fits(token: str, word: str) -> bool:
    return token.startswith(word[:-1]) if word.endswith("*") else token == word


def _forms_of(lemma: str) -> Iterable[str]:
    """Every form of a lemma; what stands as two words in a list is not looked for as one."""
    plain = lemma.replace("ё", "е")
    yield plain
    for parse in _analyzer().parse(lemma):
        if parse.normal_form.replace("ё", "е") == plain:
            yield from (form.word.replace("ё", "е") for form in parse.lexeme)


@lru_cache(maxsize=100_000)
def _lemma_of(word: str) -> str:
    return str(_analyzer().parse(word)[0].normal_form).replace("ё", "е")


def _is_noun(lemma: str) -> bool:
    return str(_analyzer().parse(lemma)[0].tag.POS) == "NOUN"


@lru_cache(maxsize=1)
def _analyzer() -> MorphAnalyzer:
    # The dictionaries take a third of a second and 15 MB; they are needed only while the table is made.
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415

    return MorphAnalyzer()

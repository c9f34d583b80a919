"""How a text is built: its sentences and clauses, what stands in quotation marks, who speaks and what is denied.

A word counts against an author only when it is his own: not quoted, not told of somebody else, not taken back by «не».
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from monitor.triage.normalise import Prepared, Word

_SENTENCE_GAP = re.compile(r"[.!?…\n]|[)(]{1,3}\s*$")
_CLAUSE_GAP = re.compile(r"[,;:()—–]|\s-\s|- | -")
_QUOTED = re.compile(
    r"«[^«»]{1,400}»|“[^“”]{1,400}”|„[^„“”]{1,400}[“”]|\"[^\"]{1,400}\"|"
    r"(?<![а-яa-z])'[^']{2,400}'(?![а-яa-z])"
)
_ABBREVIATED = frozenset({"т", "д", "п", "тыс", "руб", "р", "шт", "ул", "кв", "г", "стр", "см", "мм", "мл"})
# Verbs with which other people's words are told.
_SAYING = re.compile(
    r"(?:назв|называ|обозв|обзыва|обозва|обозвал|обругал|оскорбил|оскорбля|послал[аи]?$|посыла(?:л|ет|ют)|"
    r"матери[лт]|обматери|нахамил|"
    r"сказал|говор(?:ит|ят|ил)|ответил|отвеча(?:ет|ют|ла|л|ли)$|написал[аи]?$|пишет$|пишут$|пишут$|крич|орал|"
    r"орет$|заявил|буркнул|рявкнул|"
    r"спросил|переспросил|считает$|считают$|обзовут|назовут|процедил|прошипел|выругал|выразил|мол$)"
)
_ABOUT_SELF = frozenset(
    {
        "меня",
        "мне",
        "нас",
        "нам",
        "мы",
        "я",
        "мной",
        "мою",
        "моего",
        "моей",
        "жену",
        "мужа",
        "маму",
        "дочь",
        "сына",
        "покупателей",
        "клиентов",
        "клиента",
    }
)
_CLAIMING = re.compile(r"(?:скажу|говорю|утвержда|считаю|думаю|называ|назов|назвать|хочу (?:сказать|назвать))")
_I_SAY = frozenset({"называю", "назову", "говорю", "скажу", "считаю"})
_HEARSAY = frozenset(
    {"говорят", "пишут", "писали", "говорили", "болтают", "поговаривают", "слышала", "слышал", "якобы"}
)
_WILLING = frozenset({"могу", "можем", "буду", "стану", "хочу", "хочется", "собираюсь", "берусь", "решусь", "смею"})
_NOTHING_ELSE = frozenset({"иначе", "кроме"})
"""«Иначе как дебилом не назовёшь»: the «не» takes nothing back."""
_DENIALS = frozenset({"не", "ни", "нет", "без", "никакой", "никакого", "никакие"})
_REACH = 8
"""Words back in which a verb of saying makes what follows somebody else's."""


class Stance(Enum):
    """Whose words these are."""

    OWN = "own"
    QUOTED = "quoted"
    REPORTED = "reported"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Speech:
    """A prepared text with the places of its words: sentence and clause by word, and the quoted stretches."""

    prepared: Prepared
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    quotes: tuple[tuple[int, int], ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the text."""
        return self.prepared.words

    @property
    def text(self) -> str:
        """The folded text, mixed alphabets read as Cyrillic."""
        return self.prepared.plain

    def sentence_of(self, index: int) -> range:
        """Indices of the words of the sentence that holds a word."""
        return _run(self.sentences, index)

    def clause_of(self, index: int) -> range:
        """Indices of the words of the clause that holds a word."""
        return _run(self.clauses, index)

    def around(self, index: int, *, sentences: int = 1) -> range:
        """Indices of the words of a sentence and of its neighbours."""
        first = last = index
        number = self.sentences[index]
        while first > 0 and self.sentences[first - 1] >= number - sentences:
            first -= 1
        while last + 1 < len(self.sentences) and self.sentences[last + 1] <= number + sentences:
            last += 1
        return range(first, last + 1)

    def is_quoted(self, index: int) -> bool:
        """Whether a word stands in quotation marks."""
        word = self.words[index]
        return any(start <= word.start and word.end <= end for start, end in self.quotes)

    def index_at(self, position: int) -> int | None:
        """Index of the first word that ends after a position of the folded text."""
        return next((index for index, word in enumerate(self.words) if word.end > position), None)

    def stance(self, index: int) -> Stance:
        """Whose words a word belongs to."""
        if self.is_quoted(index):
            return Stance.QUOTED
        before = range(max(self.sentence_of(index).start, index - _REACH), index)
        after = range(index + 1, min(self.clause_of(index).stop, index + 5))
        if self._is_reported(before, after) or self._is_hearsay(index):
            return Stance.REPORTED
        if self._is_taken_back(index):
            return Stance.DENIED
        if index and self.words[index - 1].plain == "не" and self.clauses[index - 1] == self.clauses[index]:
            return Stance.DENIED
        return Stance.OWN

    def _is_taken_back(self, index: int) -> bool:
        """«Не скажу, что продавец мошенник», «идиотом не назову»."""
        first = max(self.sentence_of(index).start, index - _REACH)
        before = [word.plain for word in self.words[first:index]]
        after = [word.plain for word in self.words[index + 1 : index + 4]]
        if _NOTHING_ELSE & {*before, *after}:
            return False
        for line in (before, after):
            for at, one in enumerate(line[:-1]):
                claim = at + 1 + (line[at + 1] in _WILLING)
                if one == "не" and claim < len(line) and _CLAIMING.match(line[claim]):
                    return True
        return False

    def _is_told_after_colon(self, said: int, index: int) -> bool:
        """«Отзывы пишут: …»: what follows the colon is theirs."""
        return said < index and ":" in self.text[self.words[said].end : self.words[index].start]

    def _is_hearsay(self, index: int) -> bool:
        """«Говорят, продавец — мошенник, но у меня всё целое»: what is said of them, and not found so."""
        sentence = self.sentence_of(index)
        if self.words[sentence.start].plain not in _HEARSAY or index == sentence.start:
            return False
        return any(self.words[at].plain in {"но", "а", "зато", "однако"} for at in range(index + 1, sentence.stop))

    def _says_himself(self, said: int) -> bool:
        """«Я бы назвал», «называю»: the author's own words."""
        near = {self.words[at].plain for at in range(max(0, said - 2), min(len(self.words), said + 2))}
        return "я" in near or self.words[said].plain in _I_SAY

    def _is_reported(self, before: range, after: range) -> bool:
        said = [at for at in (*before, *after) if _SAYING.match(self.words[at].plain) and not self._says_himself(at)]
        if not said:
            return False
        if any(self.words[at - 1].plain in _DENIALS for at in said if at):
            return False
        if before and self._is_told_after_colon(said[0], before.stop):
            return True
        near = {self.words[at].plain for at in (*before, *after)}
        return bool(near & _ABOUT_SELF) or (
            bool(near & {"что", "мол"}) and said[0] in before and not self.words[said[0]].plain.startswith("говорят")
        )


def read_speech(prepared: Prepared) -> Speech:
    """Splits a text; linear in its length."""
    sentences: list[int] = []
    clauses: list[int] = []
    sentence = clause = 0
    previous: Word | None = None
    for word in prepared.words:
        if previous is not None:
            gap = prepared.folded[previous.end : word.start]
            if _SENTENCE_GAP.search(gap) and not _is_inside(gap, previous, word):
                sentence += 1
                clause += 1
            elif gap != " " and _CLAUSE_GAP.search(gap):
                clause += 1
        sentences.append(sentence)
        clauses.append(clause)
        previous = word
    return Speech(prepared, tuple(sentences), tuple(clauses), tuple(_find_quotes(prepared.folded)))


def _is_inside(gap: str, before: Word, after: Word) -> bool:
    """Whether what stands between two words ends no sentence: «т. е.», the dot of «shop.example.org»."""
    if gap in {".", ". "} and before.text in _ABBREVIATED:
        return True
    return gap == "." and before.text.isascii() and after.text.isascii()


def _find_quotes(text: str) -> Iterator[tuple[int, int]]:
    if not any(mark in text for mark in "«“„\"'"):
        return
    for match in _QUOTED.finditer(text):
        yield match.span()


def _run(numbers: tuple[int, ...], index: int) -> range:
    first = last = index
    while first > 0 and numbers[first - 1] == numbers[index]:
        first -= 1
    while last + 1 < len(numbers) and numbers[last + 1] == numbers[index]:
        last += 1
    return range(first, last + 1)

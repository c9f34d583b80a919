"""A text made comparable without losing where each character came from.

One pass resolves zero-width characters, combining marks and compatibility letters; every later step keeps indices, so
a span found in the folded text is always a span of the text the author wrote. All steps are linear and the length read
is bounded, because a review may be a megabyte of anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.triage.models import Span

MAX_CHARS = 20_000
"""Characters of a text that are examined. Marketplaces allow a few thousand; the rest is reported as not read."""

_WORD = re.compile(r"[^\W_]+")
_LATIN = re.compile(r"[a-z]")
# Anything that needs the slow way, one by one: marks, invisible characters, compatibility letters, controls.
_UNUSUAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u200b-"
    "\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\u20d0-\u20ff\ufeff\uff01-\uff5e\u0130\U0001d400-\U0001d7ff\U000e0000-\U000e007f"
    "\u00c0-\u024f\u1e00-\u1eff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
    "\u2100-\u214f\u2460-\u24ff\ud800-\udfff]"
)
# One to one: yo, Ukrainian and Greek look-alikes, and letters of other Cyrillic alphabets.
_SAME_LENGTH = str.maketrans("ёіїєѕјԁοαερκτνυχўґ", "еииесйдоаерктуухуг")
_VISUAL = str.maketrans("aeopcxyukmthbnrizsl", "аеорсхуикмтнвпгизсл")
_PHONETIC = str.maketrans("abvgdezijklmnoprstufhcywqx", "абвгдезийклмнопрстуфхсивкх")
_LONE = frozenset("aocyekb")
"""Latin letters that, standing alone in a Cyrillic text, are the Cyrillic word they look like."""
_LEET = str.maketrans("@0346819$", "аозчбвияс")
_CYRILLIC_COMPOSED = frozenset("йёўїґќѓӣӯ")
_PICTURE = "♥"
"""What a heart, a star or an emoji is written as; it hides a letter only inside a word."""
_DOUBLED = re.compile(r"(.)\1+", re.DOTALL)
_TRIPLED = re.compile(r"(.)\1\1+", re.DOTALL)
_MARKS = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the folded text. ``plain`` is the folded word with look-alike Latin letters read as Cyrillic."""

    text: str
    start: int
    end: int
    plain: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A review's text, ready for the signals.

    Attributes:
        original: What the author wrote, uncut.
        folded: Lower case, ё as е, without invisible characters; at most ``MAX_CHARS`` long.
        positions: Index in ``original`` of each folded character, or None when they are the same.
        words: The words of ``folded``.
        plain: ``folded``, of the same length, with look-alike Latin letters of mixed words read as Cyrillic.
        is_cut: True when the original is longer than what was examined.
    """

    original: str
    folded: str
    positions: Sequence[int] | None
    words: tuple[Word, ...]
    plain: str
    is_cut: bool

    def span(self, start: int, end: int) -> Span:
        """The original text behind ``folded[start:end]``."""
        if self.positions is not None:
            start, end = self.positions[start], self.positions[end - 1] + 1
        return Span(start, end, self.original[start:end])

    def span_of(self, *words: Word) -> Span:
        """The original text from the first to the last of the words."""
        return self.span(words[0].start, words[-1].end)


def prepare(text: str) -> Prepared:
    """Folds a text and splits it into words."""
    head = text[:MAX_CHARS]
    folded, positions = _fold(head)
    words = tuple(
        Word(word, match.start(), match.end(), read_as_cyrillic(word))
        for match in _WORD.finditer(folded)
        if (word := match.group())
    )
    return Prepared(text, folded, positions, words, _join_plain(folded, words), len(text) > MAX_CHARS)


def read_as_cyrillic(word: str) -> str:
    """A word in which Latin look-alikes stand among Cyrillic letters, read as Cyrillic; any other word unchanged."""
    return word if word.isascii() or not _has_ascii_letter(word) else word.translate(_VISUAL)


def other_readings(word: str) -> tuple[str, ...]:
    """Further readings of a word that mixes alphabets or digits with letters, or stretches its letters."""
    readings: list[str] = []
    if not word.isascii():
        if _has_ascii_letter(word):
            readings.append(word.translate(_PHONETIC))
            readings.append(word.replace("b", "ь").translate(_VISUAL))
        if any(char.isdigit() for char in word) and not word.isdigit():
            readings.append(word.translate(_LEET).translate(_VISUAL))
    plain = read_as_cyrillic(word)
    squeezed = (squeeze(plain, longest=2), squeeze(plain, longest=1))
    return (*readings, *(reading for reading in squeezed if reading != plain))


def squeeze(word: str, *, longest: Literal[1, 2]) -> str:
    """A word with letters repeated more than ``longest`` times written once: «сууука» as «сука»."""
    return (_DOUBLED if longest == 1 else _TRIPLED).sub(r"\1", word)


def _join_plain(folded: str, words: tuple[Word, ...]) -> str:
    changed = [word for word in words if word.plain != word.text or (len(word.text) == 1 and word.text in _LONE)]
    if not changed or all(word.text.isascii() for word in words):
        return folded
    chars = list(folded)
    for word in changed:
        chars[word.start : word.end] = word.text.translate(_VISUAL)
    return "".join(chars)


def _has_ascii_letter(word: str) -> bool:
    return _LATIN.search(word) is not None


def _fold(text: str) -> tuple[str, Sequence[int] | None]:
    lowered = text.lower()
    if len(lowered) == len(text) and not _UNUSUAL.search(text):
        return lowered.translate(_SAME_LENGTH), None
    chars: list[str] = []
    positions: list[int] = []
    for index, char in enumerate(text):
        if unicodedata.category(char) in _MARKS and char not in "\n\r\t":
            _compose(chars, char)
            continue
        for part in _parts_of(char):
            chars.append(part)
            positions.append(index)
    return "".join(chars).translate(_SAME_LENGTH), positions


def _parts_of(char: str) -> Iterator[str]:
    """The plain characters behind one: accents dropped from Latin letters, any pictograph written as one sign."""
    if unicodedata.category(char) == "So":
        yield _PICTURE
        return
    whole = char.lower() in _CYRILLIC_COMPOSED
    for part in (char if whole else unicodedata.normalize("NFKD", char)).lower():
        if unicodedata.category(part) not in _MARKS:
            yield part


def _compose(chars: list[str], mark: str) -> None:
    """Keeps й, which decomposed text writes as и with a breve; every other mark is dropped."""
    if mark == "\u0306" and chars and chars[-1] == "и":
        chars[-1] = "й"

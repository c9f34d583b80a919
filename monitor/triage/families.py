"""Words of abuse in all their forms, and the ways to recognise a form behind a disguise.

Each index answers one way of writing in constant time, so that no text makes the search slow: how the word sounds, what
is left of it without vowels, and which words are one slip of a finger away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from monitor.triage.normalise import squeeze

_FILE = Path(__file__).parent / "words" / "families.toml"
_SOUND = str.maketrans({"о": "а", "е": "и", "ы": "и", "э": "и", "ъ": None, "ь": None})
_DULL = str.maketrans("бвгджз", "пфктшс")
_VOWELS = frozenset("аеиоуыэюя")
_LATIN = {
    "a": "а", "b": "бвь", "c": "сц", "d": "д", "e": "е", "f": "ф", "g": "гд", "h": "хн", "i": "и", "j": "й", "k": "к",
    "l": "л", "m": "м", "n": "нп", "o": "о", "p": "рп", "q": "к", "r": "рг", "s": "с", "t": "т", "u": "уи", "v": "в",
    "w": "ш", "x": "х", "y": "уй", "z": "з",
}  # fmt: skip
_SIGNS = {
    "0": "о", "1": "ил", "3": "зе", "4": "ч", "5": "с", "6": "б", "7": "т", "8": "в", "9": "я", "@": "а", "$": "с",
    "!": "и", "|": "и",
}  # fmt: skip
_PAIRS = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yu", "ю"),
    ("ya", "я"), ("yo", "е"), ("ye", "е"), ("ju", "ю"), ("ja", "я"), ("ia", "я"), ("iu", "ю"),
)  # fmt: skip
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопкрстуввхиз")
_MOST_READINGS = 64
_SOUND_LENGTH = 5
_TYPO_LENGTH = 6
_SUBSTITUTION_LENGTH = 7
_SKELETON_LENGTH = 4
_LONGEST = 24
_HEADLESS_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a disguised word stands for: ``obscene``, ``coarse``, ``rude`` or ``insult``, and how sure that is."""

    kind: str
    confidence: float


class Families:
    """All forms, indexed by the ways they are disguised."""

    def __init__(self, forms: dict[str, str], *, exact: Set[str], no_slips: Set[str], ordinary: Set[str]) -> None:
        self.forms = forms
        self._ordinary = ordinary
        far = {form: kind for form, kind in forms.items() if form not in exact}
        self._slips = {form: kind for form, kind in far.items() if form not in no_slips}
        self._squeezed = {squeeze(form, longest=1): kind for form, kind in forms.items()}
        self._sounds = {_sound(form): kind for form, kind in far.items() if len(form) >= _SOUND_LENGTH}
        self._skeletons = _index_skeletons(far)
        self._voiceless = {_dull(form): kind for form, kind in far.items() if len(form) >= _SOUND_LENGTH + 1}
        self.headless = {form[1:]: kind for form, kind in forms.items() if len(form) > _HEADLESS_LENGTH}
        self._shortened: dict[str, str] = {}
        self._holed: dict[tuple[int, str], str] = {}
        self._shuffled = {"".join(sorted(form)) for form in self._slips}
        for form, kind in self._slips.items():
            if len(form) < _TYPO_LENGTH:
                continue
            for at in range(1, len(form)):
                rest = form[:at] + form[at + 1 :]
                self._shortened.setdefault(rest, kind)
                if len(form) >= _SUBSTITUTION_LENGTH:
                    self._holed.setdefault((at, rest), kind)
        self._rests = {rest for _, rest in self._holed} | set(self._slips)
        self.by_start: dict[str, list[tuple[str, str]]] = {}
        for form, kind in forms.items():
            self.by_start.setdefault(form[0], []).append((form, kind))
        self.reveal = lru_cache(maxsize=50_000)(self._reveal)

    def find(self, word: str) -> str | None:
        """The kind of a plain form, stretched letters forgiven."""
        return self.forms.get(word) or self._squeezed.get(squeeze(word, longest=1))

    def _reveal(self, word: str) -> Hidden | None:
        """What a folded word of letters, digits and letter-like signs hides; None for a word that hides nothing."""
        if not 3 <= len(word) <= _LONGEST * 4 or word.isdigit():
            return None
        if word.isascii():
            return self._reveal_latin(word)
        if not _is_plain(word):
            for reading in _readings(word):
                if kind := self.find(reading) or self._find_by_sound(reading):
                    return Hidden(kind, 0.85)
            return None
        short = squeeze(word, longest=1)
        if len(short) < len(word) and (kind := self._squeezed.get(short)):
            return Hidden(kind, 0.85) if word not in self.forms and word not in self._ordinary else None
        return self._reveal_misspelt(squeeze(word, longest=2))

    def _reveal_misspelt(self, word: str) -> Hidden | None:
        if word in self.forms or word in self._ordinary or len(word) > _LONGEST:
            return None
        if kind := self._find_by_sound(word):
            return Hidden(kind, 0.8)
        if kind := self._skeletons.get(word):
            return Hidden(kind, 0.75)
        if len(word) > _SOUND_LENGTH and (kind := self._voiceless.get(_dull(word))):
            return Hidden(kind, 0.75)
        kind = self._find_typo(word)
        return Hidden(kind, 0.75) if kind else None

    def _reveal_latin(self, word: str) -> Hidden | None:
        if len(word) < 4:  # short Latin words are too often something else
            return None
        spelled = word
        for pair, letter in _PAIRS:
            spelled = spelled.replace(pair, letter)
        plain = spelled.translate(_LETTERS)
        kind = self._find_by_sound(plain) or self._find_by_sound(plain.replace("иу", "ю").replace("иа", "я"))
        if kind is None:
            kind = next((found for one in _readings(word) if (found := self.forms.get(one))), None)
        return Hidden(kind, 0.8) if kind else None

    def _find_by_sound(self, word: str) -> str | None:
        return self._sounds.get(_sound(word)) if len(word) >= _SOUND_LENGTH - 1 else None

    def _find_typo(self, word: str) -> str | None:
        """One letter lost, added, mistaken or swapped with the next; never the first one."""
        if len(word) < _TYPO_LENGTH - 1:
            return None
        if kind := self._shortened.get(word):
            return kind
        is_shuffled = "".join(sorted(word)) in self._shuffled
        for at in range(1, len(word)):
            rest = word[:at] + word[at + 1 :]
            if rest in self._rests:
                if len(rest) >= _TYPO_LENGTH and (kind := self._slips.get(rest)):
                    return kind
                if kind := self._holed.get((at, rest)):
                    return kind
            if is_shuffled and at + 1 < len(word):
                swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
                if kind := self._slips.get(swapped):
                    return kind
        return None


@lru_cache(maxsize=1)
def load_families() -> Families:
    """The Russian families that come with the package."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    forms: dict[str, str] = {}
    exact: set[str] = set()
    no_slips: set[str] = set()
    for family in tables["family"]:
        words = ["".join(parts) for parts in product(family["prefixes"], family["stems"], family["endings"])]
        forms |= {word: family["kind"] for word in words if word not in forms}
        if family.get("exact"):
            exact.update(words)
        if not family.get("slips", True):
            no_slips.update(words)
    for word in tables["no_form"]:
        forms.pop(word, None)
    return Families(forms, exact=exact, no_slips=no_slips, ordinary=frozenset(tables["ordinary"]))


def _index_skeletons(forms: dict[str, str]) -> dict[str, str]:
    """Forms without their inner vowels: «пздц». Short remainders mean too many things."""
    found: dict[str, str] = {}
    for form, kind in forms.items():
        skeleton = form[0] + "".join(char for char in form[1:-1] if char not in _VOWELS) + form[-1]
        if len(skeleton) >= _SKELETON_LENGTH and skeleton != form and sum(char in _VOWELS for char in skeleton) < 2:
            found.setdefault(skeleton, kind)
    return found


def _sound(word: str) -> str:
    return squeeze(word.translate(_SOUND), longest=1)


def _dull(word: str) -> str:
    """How a word sounds when no consonant is voiced: «пестец» as «пиздец»."""
    return squeeze(_sound(word).translate(_DULL), longest=1)


def _is_plain(word: str) -> bool:
    return all("а" <= char <= "я" for char in word)


def _readings(word: str) -> Iterator[str]:
    """Ways to read the foreign letters and signs of a word as Cyrillic, a bounded number of them."""
    paired = word
    for pair, letter in _PAIRS:
        if pair in paired:
            paired = paired.replace(pair, letter)
    if paired != word:
        yield from _read_letters(word)
    yield from _read_letters(paired)


def _read_letters(word: str) -> Iterator[str]:
    options = [_LATIN.get(char) or _SIGNS.get(char) or char for char in word]
    count = 1
    for option in options:
        count *= len(option)
    if count > _MOST_READINGS:
        options = [option[0] for option in options]
    yield from map("".join, product(*options))

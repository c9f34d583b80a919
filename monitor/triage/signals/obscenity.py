"""Obscene language, also masked, transliterated and written with look-alike letters.

Four strengths: ``mat`` (the four roots and their kin) carries a filing by itself, ``coarse`` (сука, хер) where there
are two such words, ``rude`` (говно) only brings the text to a person, and ``mild_obscene`` (жопа) not even that. Words
such as «хрень» and «фигня» are not obscene.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from monitor.triage.grammar import is_known
from monitor.triage.homonyms import Surroundings
from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared, other_readings
from monitor.triage.signals.building import TOLD, build_signal
from monitor.triage.signals.masking import MaskedWord
from monitor.triage.speech import Speech, Stance

_COARSE = 0.8
_RUDE = 0.65
"""What a person decides: dung is rude, and a single coarse word may be a slip or a joke."""
_STRENGTH = {"mat": 0.97, "coarse": _COARSE, "rude": _RUDE, "mild_obscene": 0.4}
_ONE_COARSE = 0.68
_FOREIGN = 0.66
"""Swearing in another language is told to a person, who has to read it there."""
_READ_OTHERWISE = 0.9
"""Factor for a word that is obscene only when read another way than written."""
_DISGUISED = 0.75
"""A word that is merely frank, but was disguised with look-alike letters."""
_HIDDEN = {"obscene": 1.0, "coarse": _COARSE, "rude": _RUDE}
"""How far a word behind a disguise can carry, by its family."""
_SLIP = re.compile(r"[ ,]{0,2}(?:то есть|т\.? ?е\.?(?!\w)|в смысле|тьфу|ой(?!\w)|вернее|точнее|простите|извините)")
"""«Х... то есть хлопка там нет»: a slip of the tongue, taken back at once."""
_LATIN_LENGTH = range(3, 21)


def find_obscenity(
    speech: Speech, masked: list[MaskedWord], lexicon: Lexicon, surroundings: Surroundings
) -> Signal | None:
    """Obscene words of a text, or None. Told or quoted ones are for a person: the site may see them otherwise."""
    prepared = speech.prepared
    places = [
        (word.start, word.end, min(word.confidence, _HIDDEN[word.kind], _dung_limit(prepared, word)))
        for word in masked
        if word.kind in _HIDDEN
    ]
    places += [
        (word.start, word.end, _FOREIGN)
        for word in prepared.words
        if "foreign_obscene" in lexicon.classes_of(word.text)
    ]
    places = [
        (start, end, min(value, _brand_limit(speech, start), _cut_limit(speech, start, end, lexicon)))
        for start, end, value in places
    ]
    places += [
        (word.start, word.end, min(value, _brand_limit(speech, word.start), _half_limit(speech, index, lexicon)))
        for index, word in enumerate(prepared.words)
        if (value := _strength(word.text, word.plain, lexicon)) and not surroundings.excuse(word.plain)
    ]
    if not places:
        return None
    found = [
        (prepared.span(start, end), min(value, _own_limit(speech, start))) for start, end, value in places if value
    ]
    if not found:
        return None
    best = _weigh(value for _, value in found)
    doubt = {TOLD: "told", _RUDE: "rude"}.get(best, "")
    return build_signal("obscene", best, (span for span, _ in found), ground="obscene", doubt=doubt)


def _weigh(strengths: Iterable[float]) -> float:
    """The strongest word decides; a coarse one needs a second."""
    strongest = sorted(strengths, reverse=True)
    alone = strongest[0] == _COARSE and (len(strongest) == 1 or strongest[1] < _RUDE)
    return _ONE_COARSE if alone else strongest[0]


def _brand_limit(speech: Speech, start: int) -> float:
    """A Latin word with a capital in a Russian text may be a maker's name: «чай Suki»."""
    index = speech.index_at(start)
    if index is None or not speech.words[index].text.isascii() or not speech.words[index].text.isalpha():
        return 1.0
    cyrillic = sum(not word.text.isascii() for word in speech.words)
    shown = speech.prepared.span_of(speech.words[index]).text
    return _FOREIGN if shown.istitle() and cyrillic * 2 > len(speech.words) else 1.0


def _own_limit(speech: Speech, start: int) -> float:
    index = speech.index_at(start)
    told = index is not None and speech.stance(index) in {Stance.QUOTED, Stance.REPORTED}
    return TOLD if told else 1.0


def _dung_limit(prepared: Prepared, word: MaskedWord) -> float:
    """«Г…», «г***но»: what begins so is dung, unless a «д» is left of another word."""
    shown = prepared.folded[word.start : word.end]
    return _RUDE if shown.startswith("г") and "д" not in shown else 1.0


def _cut_limit(speech: Speech, start: int, end: int, lexicon: Lexicon) -> float:
    """«Бл... блок питания»: what was taken for a hidden word ends in dots and is begun anew."""
    index = speech.index_at(start)
    if _SLIP.match(speech.text, end):
        return _ONE_COARSE
    return _half_limit(speech, index, lexicon) if index is not None and speech.words[index].end + 3 >= end else 1.0


def _half_limit(speech: Speech, index: int, lexicon: Lexicon) -> float:
    """«Манда... рины», «наеб... наелись»: dots inside a word, or a word that is begun anew, are for a person.

    A syllable before a hyphen is no word at all: «Хули-ган», «бля-бла-бла».
    """
    if index + 1 >= len(speech.words):
        return 1.0
    word, following = speech.words[index], speech.words[index + 1]
    gap = speech.text[word.end : word.end + 3]
    if not gap.startswith(("...", "…", "-")):
        return 1.0
    whole = word.plain + following.plain
    if not (following.plain[:2] == word.plain[:2] or is_known(whole)):
        return 1.0
    is_syllable = following.start == word.end + 1 and gap.startswith("-")
    obscene = _class_strength(following.plain, lexicon) or _class_strength(whole, lexicon)
    return 0.0 if is_syllable and not obscene else _ONE_COARSE


@lru_cache(maxsize=50_000)
def _strength(text: str, plain: str, lexicon: Lexicon) -> float:
    strength = _class_strength(plain, lexicon)
    if strength or len(text) < 3:
        return strength
    if text.isascii():
        classes = lexicon.classes_of(text) if len(text) in _LATIN_LENGTH else frozenset()
        return 0.85 if "latin_obscene" in classes else _RUDE if "latin_rude" in classes else 0.0
    if plain != text and "disguised_only" in lexicon.classes_of(plain):
        return _DISGUISED
    return max((_class_strength(other, lexicon) * _READ_OTHERWISE for other in other_readings(text)), default=0.0)


def _class_strength(word: str, lexicon: Lexicon) -> float:
    classes = lexicon.classes_of(word)
    return max((strength for name, strength in _STRENGTH.items() if name in classes), default=0.0)

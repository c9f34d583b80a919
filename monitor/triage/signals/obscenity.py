"""Obscene language, also masked, transliterated and written with look-alike letters.

Three strengths: ``mat`` (the four roots and their kin), ``coarse`` (говно, сука, хер) and ``mild_obscene`` (жопа),
which alone never carries a filing. Words such as «хрень» and «фигня» are not obscene.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.triage.homonyms import Surroundings
from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import other_readings
from monitor.triage.signals.building import TOLD, build_signal
from monitor.triage.signals.masking import MaskedWord
from monitor.triage.speech import Speech, Stance

_STRENGTH = {"mat": 0.97, "coarse": 0.8, "mild_obscene": 0.4}
_FOREIGN = 0.65
"""Swearing in another language is told to a person, who has to read it there."""
_READ_OTHERWISE = 0.9
"""Factor for a word that is obscene only when read another way than written."""
_DISGUISED = 0.75
"""A word that is merely frank, but was disguised with look-alike letters."""
_LATIN_LENGTH = range(3, 21)


def find_obscenity(
    speech: Speech, masked: list[MaskedWord], lexicon: Lexicon, surroundings: Surroundings
) -> Signal | None:
    """Obscene words of a text, or None. Told or quoted ones are for a person: the site may see them otherwise."""
    prepared = speech.prepared
    places = [(word.start, word.end, word.confidence) for word in masked if word.kind == "obscene"]
    places += [
        (word.start, word.end, _FOREIGN)
        for word in prepared.words
        if "foreign_obscene" in lexicon.classes_of(word.text)
    ]
    places = [(start, end, min(value, _brand_limit(speech, start))) for start, end, value in places]
    places += [
        (word.start, word.end, min(value, _brand_limit(speech, word.start)))
        for word in prepared.words
        if (value := _strength(word.text, word.plain, lexicon)) and not surroundings.excuse(word.plain)
    ]
    if not places:
        return None
    found = [(prepared.span(start, end), min(value, _own_limit(speech, start))) for start, end, value in places]
    best = max(strength for _, strength in found)
    return build_signal(
        "obscene", best, (span for span, _ in found), ground="obscene", doubt="told" if best == TOLD else ""
    )


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


@lru_cache(maxsize=50_000)
def _strength(text: str, plain: str, lexicon: Lexicon) -> float:
    strength = _class_strength(plain, lexicon)
    if strength or len(text) < 3:
        return strength
    if text.isascii():
        return 0.85 if len(text) in _LATIN_LENGTH and "latin_obscene" in lexicon.classes_of(text) else 0.0
    if plain != text and "disguised_only" in lexicon.classes_of(plain):
        return _DISGUISED
    return max((_class_strength(other, lexicon) * _READ_OTHERWISE for other in other_readings(text)), default=0.0)


def _class_strength(word: str, lexicon: Lexicon) -> float:
    classes = lexicon.classes_of(word)
    return max((strength for name, strength in _STRENGTH.items() if name in classes), default=0.0)

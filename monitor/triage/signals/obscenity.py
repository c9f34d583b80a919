"""Obscene language, also masked, transliterated and written with look-alike letters.

Three strengths: ``mat`` (the four roots and their kin), ``coarse`` (говно, сука, хер) and ``mild_obscene`` (жопа),
which alone never carries a filing. Words such as «хрень» and «фигня» are not obscene.
"""

from __future__ import annotations

from functools import lru_cache

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared, other_readings
from monitor.triage.signals.building import build_signal
from monitor.triage.signals.masking import MaskedWord

_STRENGTH = {"mat": 0.97, "coarse": 0.8, "mild_obscene": 0.4}
_READ_OTHERWISE = 0.9
"""Factor for a word that is obscene only when read another way than written."""
_DISGUISED = 0.75
"""A word that is merely frank, but was disguised with look-alike letters."""
_LATIN_LENGTH = range(3, 21)


def find_obscenity(prepared: Prepared, masked: list[MaskedWord], lexicon: Lexicon) -> Signal | None:
    """Obscene words of a text, or None."""
    found = [(prepared.span(word.start, word.end), word.confidence) for word in masked if word.kind == "obscene"]
    found += [
        (prepared.span_of(word), value)
        for word in prepared.words
        if (value := _strength(word.text, word.plain, lexicon))
    ]
    if not found:
        return None
    return build_signal(
        "obscene", max(strength for _, strength in found), (span for span, _ in found), ground="obscene"
    )


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

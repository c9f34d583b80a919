"""Insults of people. A knife may be blunt and a toy may be a goat: ambiguous words need a person beside them."""

from __future__ import annotations

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared
from monitor.triage.signals.building import build_signal
from monitor.triage.signals.masking import MaskedWord

_ALWAYS = 0.85
_AIMED = 0.8
_NEAR = 3
"""Words looked at on either side."""
_KINDS = frozenset({"insult", "insult_in_context", "insult_animal"})
_POINTING = frozenset({"этот", "эта", "эти", "ты", "вы"})
_READERS = "для"
"""«для тупых» insults whoever reads it."""


def find_insult(prepared: Prepared, masked: list[MaskedWord], lexicon: Lexicon) -> Signal | None:
    """Words that insult people, unless the author speaks of himself."""
    classes = [lexicon.classes_of(word.plain) for word in prepared.words]
    found = [
        (prepared.span(word.start, word.end), word.confidence)
        for word in masked
        if word.kind == "insult" or _follows_person(word, prepared, classes)
    ]
    for index, word in enumerate(prepared.words):
        confidence = _confidence(index, classes, word_before=prepared.words[index - 1].plain if index else "")
        if confidence:
            found.append((prepared.span_of(word), confidence))
    if not found:
        return None
    return build_signal("insult", max(value for _, value in found), (span for span, _ in found), ground="insult")


def _follows_person(masked: MaskedWord, prepared: Prepared, classes: list[frozenset[str]]) -> bool:
    """«курьер этот му***»: whatever was masked, it is said of a person."""
    before = [own for word, own in zip(prepared.words, classes, strict=True) if word.end <= masked.start]
    return any("person" in own for own in before[-2:])


def find_accusation(prepared: Prepared, lexicon: Lexicon) -> Signal | None:
    """«Мошенники», «обманщик»: a claim about honesty. Whether it is an insult is open, so it is only a hint."""
    words = [word for word in prepared.words if "accusation" in lexicon.classes_of(word.plain)]
    return build_signal("accusation", 0.5, map(prepared.span_of, words)) if words else None


def _confidence(index: int, classes: list[frozenset[str]], *, word_before: str) -> float:
    own = classes[index]
    if not own & _KINDS:
        return 0.0
    before = classes[max(0, index - _NEAR) : index]
    after = classes[index + 1 : index + 1 + _NEAR]
    if any("self" in near for near in before[-2:]) and not any("person" in near for near in before + after):
        return 0.0
    if "insult" in own:
        return _ALWAYS
    if "insult_animal" in own:
        aimed = word_before in _POINTING or any("person" in near for near in before[-2:] + after[:1])
    else:
        aimed = word_before == _READERS or any(near & {"person", "you_or_they"} for near in before + after[:1])
    return _AIMED if aimed else 0.0

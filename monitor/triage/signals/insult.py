"""Insults of people. A knife may be blunt and a toy may be a goat: ambiguous words need a person beside them."""

from __future__ import annotations

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal
from monitor.triage.normalise import Prepared
from monitor.triage.signals.building import build_signal
from monitor.triage.signals.masking import MaskedWord

_ALWAYS = 0.85
_AIMED = 0.8
_LOOSE = 0.4
"""An ambiguous word with nobody near: shown to nobody by itself."""
_NEAR = 3
"""Words looked at on either side."""


def find_insult(prepared: Prepared, masked: list[MaskedWord], lexicon: Lexicon) -> Signal | None:
    """Words that insult people, unless the author speaks of himself."""
    found = [(prepared.span(word.start, word.end), word.confidence) for word in masked if word.kind == "insult"]
    classes = [lexicon.classes_of(word.plain) for word in prepared.words]
    for index, word in enumerate(prepared.words):
        confidence = _confidence(index, classes)
        if confidence:
            found.append((prepared.span_of(word), confidence))
    if not found:
        return None
    return build_signal("insult", max(value for _, value in found), (span for span, _ in found), ground="insult")


def _confidence(index: int, classes: list[frozenset[str]]) -> float:
    own = classes[index]
    if "insult" not in own and "insult_in_context" not in own:
        return 0.0
    before = classes[max(0, index - _NEAR) : index]
    after = classes[index + 1 : index + 1 + _NEAR]
    if any("self" in near for near in before[-2:]) and not any("person" in near for near in before + after):
        return 0.0
    if "insult" in own:
        return _ALWAYS
    aimed = any("person" in near or "you_or_they" in near for near in before + after[:1])
    return _AIMED if aimed else _LOOSE

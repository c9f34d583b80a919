"""How a signal is put together from the words it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.triage.models import Signal, Span
from monitor.triage.texts import MEANINGS

TOLD = 0.59
"""Confidence in a word that is quoted or told of somebody else: a person decides what the site makes of it."""
_EDGE = " \t\n,;:!?()[]{}«»\"'–—-"
MAX_SPANS = 8
"""Spans shown for one signal; the rest would not help a person decide."""


def build_signal(
    kind: str,
    confidence: float,
    spans: Iterable[Span] = (),
    *,
    facts: tuple[str, ...] = (),
    ground: str | None = None,
    doubt: str = "",
) -> Signal:
    """A signal with its meaning from the catalog of texts; spans in the order of the text, none within another.

    A span is made of clean words: the comma after a word is not part of what is complained of.
    """
    ordered: list[Span] = []
    for span in sorted(set(map(_trimmed, spans)), key=lambda span: (span.start, -span.end)):
        if not ordered or span.end > ordered[-1].end:
            ordered.append(span)
    return Signal(kind, MEANINGS[kind], round(confidence, 2), tuple(ordered[:MAX_SPANS]), facts, ground, doubt)


def _trimmed(span: Span) -> Span:
    text = span.text
    start, end = 0, len(text)
    while end > start + 1 and text[end - 1] in _EDGE:
        end -= 1
    while start < end - 1 and text[start] in _EDGE:
        start += 1
    return Span(span.start + start, span.start + end, text[start:end])

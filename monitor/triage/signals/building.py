"""How a signal is put together from the words it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.triage.models import Signal, Span
from monitor.triage.normalise import Prepared
from monitor.triage.texts import MEANINGS

MAX_SPANS = 8
"""Spans shown for one signal; the rest would not help a person decide."""


def build_signal(
    kind: str, confidence: float, spans: Iterable[Span] = (), *, facts: tuple[str, ...] = (), ground: str | None = None
) -> Signal:
    """A signal with its meaning from the catalog of texts; equal spans are kept once, in the order of the text."""
    ordered = sorted(set(spans), key=lambda span: (span.start, span.end))
    return Signal(kind, MEANINGS[kind], round(confidence, 2), tuple(ordered[:MAX_SPANS]), facts, ground)


def spans_at(prepared: Prepared, places: Iterable[tuple[int, int]]) -> list[Span]:
    """The original text behind folded places."""
    return [prepared.span(start, end) for start, end in places]

"""How a signal is put together from the words it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.triage.models import Signal, Span
from monitor.triage.texts import MEANINGS

MAX_SPANS = 8
"""Spans shown for one signal; the rest would not help a person decide."""


def build_signal(
    kind: str, confidence: float, spans: Iterable[Span] = (), *, facts: tuple[str, ...] = (), ground: str | None = None
) -> Signal:
    """A signal with its meaning from the catalog of texts; spans in the order of the text, none within another."""
    ordered: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span.start, -span.end)):
        if not ordered or span.end > ordered[-1].end:
            ordered.append(span)
    return Signal(kind, MEANINGS[kind], round(confidence, 2), tuple(ordered[:MAX_SPANS]), facts, ground)

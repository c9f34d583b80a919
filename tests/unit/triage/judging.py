"""Short ways to judge a text in tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.triage.models import Signal, TriageInput, Verdict
from monitor.triage.rules import load_rules
from monitor.triage.triage import triage

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def judge_text(text: str, **known: Any) -> Verdict:
    """The verdict on a one-star review with this text."""
    return triage(TriageInput(review_id="r-1", text=text, **({"rating": 1} | known)), load_rules(), now=NOW)


def sure_signal(text: str, kind: str, **known: Any) -> Signal | None:
    """The signal of this kind if it is sure enough to file on."""
    ground = load_rules().ground(kind)
    least = ground.file_at if ground else 0.5
    found = (signal for signal in judge_text(text, **known).signals if signal.kind == kind)
    return next((signal for signal in found if signal.confidence >= least), None)


def seen_signal(text: str, kind: str, **known: Any) -> Signal | None:
    """The signal of this kind if it is sure enough to be shown to a person."""
    ground = load_rules().ground(kind)
    least = ground.person_at if ground else 0.5
    found = (signal for signal in judge_text(text, **known).signals if signal.kind == kind)
    return next((signal for signal in found if signal.confidence >= least), None)

"""Does this review break a rule? An explained verdict, and the courage to say "do not file".

What a verdict is stands here; who gives one (``monitor.triage.triage``) brings the patterns of all signals, which a
command that only shows verdicts does without.
"""

from __future__ import annotations

from monitor.triage.models import (
    Check,
    Evidence,
    Neighbour,
    Outcome,
    Reason,
    Routing,
    Signal,
    Span,
    TriageInput,
    Verdict,
)
from monitor.triage.rules import Rules, load_rules

__all__ = [
    "Check",
    "Evidence",
    "Neighbour",
    "Outcome",
    "Reason",
    "Routing",
    "Rules",
    "Signal",
    "Span",
    "TriageInput",
    "Verdict",
    "load_rules",
]

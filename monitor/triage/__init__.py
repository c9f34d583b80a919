"""Does this review break a rule? An explained verdict, and the courage to say "do not file".

Importing this package is cheap; dictionaries load with the first review.
"""

from __future__ import annotations

from monitor.triage.models import (
    Check,
    Decision,
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
from monitor.triage.triage import triage, triage_many

__all__ = [
    "Check",
    "Decision",
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
    "triage",
    "triage_many",
]

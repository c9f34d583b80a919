"""Errors of triage. The type says what happens next; ``hint`` is the next step for a person."""

from __future__ import annotations

from monitor.errors import MonitorError


class TriageError(MonitorError):
    """Base of all errors of triage."""


class RulesInvalid(TriageError):
    """The site's rules cannot be used; nothing is judged until the file is corrected."""


class ClaimWithoutEvidence(TriageError):
    """A claim in an appeal points to no evidence; it is not made."""


class DraftImpossible(TriageError):
    """No appeal can be written: the verdict is not to file, or the channel's limit is too small."""


class EvaluationInvalid(TriageError):
    """The file to score is missing, or a line of it is not of the documented format."""

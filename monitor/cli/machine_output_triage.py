"""What ``triage`` and ``rules list`` print with ``--json``."""

from __future__ import annotations

from datetime import date
from typing import Literal

from monitor.use_cases.models import Answer, Value


class Reason(Value):
    """A reason of a verdict: its code, and the sentence in Russian."""

    code: str
    text: str


class Span(Value):
    """A place of the review's text; offsets count characters."""

    start: int
    end: int
    text: str


class Check(Value):
    """One point that was checked for the verdict."""

    name: str
    outcome: str
    text: str


class Reply(Value):
    """A suggested public reply, and the cause to remove."""

    text: str
    cause: str
    department: str | None


class Judgement(Answer):
    """A verdict about a review, with the drafts that were asked for.

    Attributes:
        review_id: Null for a text that was typed in.
        item_id: The item of a stored review; null where it is not known.
        routing: The department it goes to; null where none is named.
        reply_refusal: Why there is no reply; null where there is one, or none was asked for. So for the letter.
    """

    review_id: str | None
    item_id: str | None
    decision: str
    ground: str | None
    grounds: tuple[str, ...]
    confidence: float
    reasons: tuple[Reason, ...]
    what_would_change: tuple[Reason, ...]
    spans: tuple[Span, ...]
    facts: tuple[str, ...]
    checks: tuple[Check, ...]
    routing: str | None
    policy: str
    reply: Reply | None = None
    reply_refusal: str | None = None
    letter: str | None = None
    letter_refusal: str | None = None


class Bar(Value):
    """A requirement with what was measured; ``value`` and ``holds`` are null where no row could be measured."""

    name: str
    needed: str
    holds: bool | None
    value: float | None
    low: float
    high: float


class LabelScore(Value):
    """One label in one part of the labelled rows; null where nothing was counted."""

    part: str
    label: str
    n: int
    precision: float | None
    recall: float | None


class CaseCounts(Value):
    """The counts behind the bars of cases."""

    right: int
    fair: int
    fair_filed: int
    breaches: int
    breaches_filed: int
    breaches_seen: int
    filed: int


class Score(Answer):
    """The score of the verdicts on labelled files.

    Attributes:
        kind: ``rows`` with labels, or ``cases`` with the verdict that is wanted.
        labels: Of rows; empty for cases.
        cases: Of cases; null for rows.
        wrong: The cases that were judged wrong, in words.
    """

    kind: Literal["rows", "cases"]
    total: int
    holds: bool
    bars: tuple[Bar, ...]
    labels: tuple[LabelScore, ...] = ()
    cases: CaseCounts | None = None
    wrong: tuple[str, ...] = ()


class Rule(Answer):
    """A ground of a site's rules as an account has it; the clause is null until a person has pasted it."""

    account: str
    ground: str
    verdict_at_most: str
    known_from: str
    clause: str | None
    source: str | None
    read_on: date | None

"""Reads every mutation of every page after the intact page was stored, and says which were silent misreadings.

Allowed is the same reading; a row that says what of it must not be believed, with nothing versioned; a page that is
broken. Everything else is silent: a review that nobody wrote, an edit that nobody made, one that is gone and is not, a
value that differs and says nothing.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.readings.dates import touch
from flows.readings.drift import DriftVerdict, judge_drift
from flows.readings.models import ReviewReading, TimeReading, ValueName
from tests.proofs.reading_sources import Source, Told

INDISTINGUISHABLE: frozenset[frozenset[str]] = frozenset(
    {
        frozenset({"useful", "unuseful"}),
        frozenset({"useful", "empty"}),
        frozenset({"unuseful", "empty"}),
        frozenset({"totalCount", "empty"}),
        frozenset({"is_rating_participant", "empty"}),
        frozenset({"is_delivery_review", "is_quality_control"}),
        frozenset({"publish_delayed_info", "author"}),  # two objects of which nobody knows what is in them
        frozenset({"row", "drop"}),
    }
)
"""Mutations that no reader could tell from the truth, by their key and its partner or what was done to it: both hold
values of one kind that change by themselves."""

_VALUES: Mapping[ValueName, tuple[str, ...]] = {
    "rating": ("rating",),
    "text": ("text",),
    "author": ("author_name", "author_id", "is_anonymous"),
    "published": ("published",),
    "edited": ("edited", "is_edited"),
    "version": ("version",),
    "status": ("status",),
    "item": ("item_id",),
    "variants": ("item_name", "variants"),
    "photos": ("photos",),
    "questions": ("questions",),
    "votes": ("useful", "not_useful", "comments_count"),
    "marks": ("is_reportable", "is_reported", "url"),
}


@dataclass
class ReadingReport:
    """What the mutations of one kind of page came to."""

    name: str
    mutations: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)

    def line(self, seed: int) -> str:
        told = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return f"{self.name}: {self.mutations} mutations / {len(self.silent)} silent misreadings / seed {seed} ({told})"


def examine(source: Source, *, share: float = 1.0, seed: int = 0, has_drift_check: bool = True) -> ReadingReport:
    """Reads the mutations of one kind of page.

    Args:
        source: The kind of page.
        share: What part of the mutations to try, chosen by the seed.
        seed: Repeats the choice.
        has_drift_check: False is the control: what is read is believed.
    """
    chosen = random.Random(f"{seed} {source.name}")
    intact = source.read(source.intact)
    assert intact.is_answer
    assert intact.rows
    heads = {row.review_id: row for row in intact.rows}
    report = ReadingReport(source.name)
    for mutation in source.mutations(lambda: chosen.random() < share):
        report.mutations += 1
        told = source.read(mutation.source)
        verdict = judge_drift(heads, told.rows) if has_drift_check else DriftVerdict()
        outcome, problem = _judge(intact, told, verdict, heads)
        if problem and mutation.pair in INDISTINGUISHABLE:
            outcome, problem = "listed", ""
        report.outcomes[outcome] = report.outcomes.get(outcome, 0) + 1
        if problem:
            report.silent.append(f"{mutation.name}: {problem}")
    return report


def _judge(intact: Told, told: Told, verdict: DriftVerdict, heads: Mapping[str, ReviewReading]) -> tuple[str, str]:
    if not told.is_answer or verdict.drifted_in is not None:
        return "broken", ""
    if told.total not in {None, intact.total}:
        return "silent", f"the counter says {told.total}"
    if verdict.edited or verdict.completed:
        return "silent", f"an edit that nobody made: {sorted(verdict.edited | verdict.completed)}"
    seen = {row.review_id for row in told.rows}
    if told.is_whole and heads.keys() - seen:
        return "silent", f"gone and is not: {sorted(heads.keys() - seen)}"
    extras = dict(intact.extras)
    for row in told.rows:
        if not verdict.flags.get(row.review_id) and (problem := _misread(heads.get(row.review_id), row)):
            return "silent", problem
    for review_id, extra in told.extras:
        is_flagged = extra is None or bool(verdict.flags.get(review_id))
        if not is_flagged and _differ(extras.get(review_id), extra):
            return "silent", f"beside the review: {extra}"
    is_flagged = bool(verdict.flags) or any(extra is None for _, extra in told.extras)
    return ("flagged" if is_flagged else "same" if seen == heads.keys() else "partial"), ""


def _misread(head: ReviewReading | None, row: ReviewReading) -> str:
    if head is None:
        return f"a review that nobody wrote: {row.review_id}"
    for name, fields in _VALUES.items():
        for one in fields if row.was_read(name) and head.was_read(name) else ():
            if not _agree(getattr(head, one), getattr(row, one)):
                return f"{one} is {getattr(row, one)!r}, not {getattr(head, one)!r}"
    return ""


def _agree(head: object, row: object) -> bool:
    """A moment told by its day is the same moment, less exactly."""
    if isinstance(head, TimeReading) and isinstance(row, TimeReading):
        return row.basis != "unparsed" and touch(head, row)
    return head == row


def _differ(intact: tuple[object, ...] | None, told: tuple[object, ...] | None) -> bool:
    """A word that is not told is no wrong word."""
    if intact is None or told is None:
        return intact is not told
    return any(other not in {"", "unknown", None, one} for one, other in zip(intact, told, strict=True))

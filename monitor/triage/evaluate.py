"""Scores triage on a labelled file: per label and part, with intervals, and says whether the bars hold.

One JSON object a line: ``text``, ``rating`` or null, ``labels``, ``part``, optionally ``uncertain`` (labels to leave
out for that row) and ``distorted``. A label counts as predicted when its signal is sure enough to file or, for labels
that are no file ground, at least one half sure. In the toxicity part rows without the label ``toxic`` are no clean
examples, so it yields recall only.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from monitor.triage.errors import EvaluationInvalid
from monitor.triage.models import Decision, TriageInput, Verdict
from monitor.triage.rules import Rules
from monitor.triage.triage import triage

FILE_LABELS = ("obscene", "insult", "personal_data", "advertising", "extortion")
OTHER_LABELS = ("off_topic_delivery", "off_topic_service", "rating_mismatch", "vague", "factual_defect")
_FAIR = frozenset({"factual_defect", "vague", "none"})
_REAL = "natural + mined"
_ENOUGH = 30
"""Positives a label needs in a part before a bar is applied; below, figures are reported only."""
_HALF_SURE = 0.5
_Z = 1.96


class Interval(NamedTuple):
    """A share with its 95 % Wilson interval; ``value`` is None when nothing was counted."""

    value: float | None
    low: float
    high: float


@dataclass(slots=True)
class Counts:
    """True positives, false positives and false negatives of one label in one part."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0

    @property
    def positives(self) -> int:
        """Rows that carry the label."""
        return self.hits + self.misses

    @property
    def precision(self) -> Interval:
        """Share of the predicted rows that carry the label."""
        return wilson(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> Interval:
        """Share of the rows with the label that were predicted."""
        return wilson(self.hits, self.positives)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        total = 2 * self.hits + self.false_alarms + self.misses
        return 2 * self.hits / total if total else None

    def add(self, *, predicted: bool, actual: bool) -> None:
        """Counts one row."""
        self.hits += predicted and actual
        self.false_alarms += predicted and not actual
        self.misses += actual and not predicted


@dataclass(frozen=True, slots=True)
class Bar:
    """One requirement. ``holds`` is None where there were too few rows to apply it."""

    name: str
    value: float | None
    needed: str
    holds: bool | None


@dataclass(slots=True)
class Evaluation:
    """Everything that was counted over one file."""

    by_part: dict[tuple[str, str], Counts] = field(default_factory=dict)
    distorted: Counts = field(default_factory=Counts)
    file_verdicts: Counts = field(default_factory=Counts)
    favourable_left_out: int = 0
    fair_rows: int = 0
    fair_filed: int = 0
    rows: int = 0

    @property
    def false_on_fair(self) -> float:
        """Share of the fair natural rows that would have been filed."""
        return self.fair_filed / self.fair_rows if self.fair_rows else 0.0

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The requirements with their outcome."""
        real = {label: self.by_part.get((_REAL, label), Counts()) for label in FILE_LABELS}
        found = [
            _bar_at_least(f"precision {label}, {_REAL}", counts.precision.value, 0.95, enough=counts.positives)
            for label, counts in real.items()
        ]
        mined = self.by_part.get(("stress_mined", "obscene"), Counts())
        found.append(_bar_at_least("recall obscene, mined", mined.recall.value, 0.85, enough=mined.positives))
        found.append(
            _bar_at_least(
                "recall obscene or insult, distorted", self.distorted.recall.value, 0.9, enough=self.distorted.positives
            )
        )
        fair = self.false_on_fair if self.fair_rows else None
        found.append(
            Bar("file verdicts on fair natural rows", fair, "<= 0.005", fair <= 0.005 if fair is not None else None)
        )
        return tuple(found)

    @property
    def holds(self) -> bool:
        """Whether every bar that could be applied holds."""
        return all(bar.holds is not False for bar in self.bars)


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    rating: int | None
    labels: frozenset[str]
    uncertain: frozenset[str]
    part: str
    is_distorted: bool


def evaluate(path: Path, rules: Rules, *, now: datetime) -> Evaluation:
    """Runs triage over a labelled file.

    Raises:
        EvaluationInvalid: the file cannot be read, or a line is not of the documented format.
    """
    evaluation = Evaluation()
    for row in _read_rows(path):
        verdict = triage(TriageInput(review_id="row", text=row.text, rating=row.rating), rules, now=now)
        _count(evaluation, row, verdict, rules)
    return evaluation


def render(evaluation: Evaluation) -> str:
    """The report; its last line is the one that programs read."""
    lines = [f"{'part':18}{'label':20}{'n':>5}  {'precision':22}{'recall':22}F1"]
    for (part, label), counts in sorted(evaluation.by_part.items()):
        f1 = "-" if counts.f1 is None else f"{counts.f1:.3f}"
        precision = "not scored" if part == "toxicity" else _show(counts.precision)
        lines.append(f"{part:18}{label:20}{counts.positives:>5}  {precision:22}{_show(counts.recall):22}{f1}")
    lines.append(
        f"{'toxicity':18}{'distorted':20}{evaluation.distorted.positives:>5}  "
        f"{'not scored':22}{_show(evaluation.distorted.recall)}"
    )
    lines.append("")
    for bar in evaluation.bars:
        state = {True: "holds", False: "FAILS", None: "reported only (too few rows)"}[bar.holds]
        value = "-" if bar.value is None else f"{bar.value:.4f}"
        lines.append(f"{bar.name}: {value} (needed {bar.needed}): {state}")
    verdicts = evaluation.file_verdicts
    lines.append(f"favourable rows left out of file-verdict recall: {evaluation.favourable_left_out}")
    lines.append(
        f"file-verdict: precision={_plain(verdicts.precision.value)} recall={_plain(verdicts.recall.value)} "
        f"false_on_fair={evaluation.false_on_fair:.4f} n={evaluation.rows}"
    )
    return "\n".join(lines)


def wilson(hits: int, total: int) -> Interval:
    """A share with its 95 % Wilson score interval."""
    if not total:
        return Interval(None, 0.0, 1.0)
    share = hits / total
    centre = (share + _Z**2 / (2 * total)) / (1 + _Z**2 / total)
    half = _Z / (1 + _Z**2 / total) * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def _count(evaluation: Evaluation, row: _Row, verdict: Verdict, rules: Rules) -> None:
    evaluation.rows += 1
    predicted = _predicted_labels(verdict, rules)
    if row.part == "toxicity":
        abusive = bool(predicted & {"obscene", "insult"})
        if "toxic" in row.labels:
            _part(evaluation, row.part, "toxic").add(predicted=abusive, actual=True)
        if row.is_distorted:
            evaluation.distorted.add(predicted=abusive, actual=True)
        return
    for label in (*FILE_LABELS, *OTHER_LABELS):
        if label in row.uncertain:
            continue
        for part in _parts_of(row.part):
            counted = {"predicted": label in predicted, "actual": label in row.labels}
            if any(counted.values()):
                _part(evaluation, part, label).add(**counted)
    _count_verdict(evaluation, row, verdict, rules)


def _count_verdict(evaluation: Evaluation, row: _Row, verdict: Verdict, rules: Rules) -> None:
    filed = verdict.decision is Decision.FILE
    breaks = bool(row.labels & set(FILE_LABELS))
    if row.part == "natural" and row.labels <= _FAIR:
        evaluation.fair_rows += 1
        evaluation.fair_filed += filed and verdict.ground not in row.uncertain
    if not breaks and row.uncertain & set(FILE_LABELS):
        return
    if breaks and row.rating is not None and row.rating >= rules.favourable_from:
        evaluation.favourable_left_out += 1
        return
    evaluation.file_verdicts.add(predicted=filed, actual=breaks)


def _predicted_labels(verdict: Verdict, rules: Rules) -> set[str]:
    predicted = set()
    for signal in verdict.signals:
        ground = rules.ground(signal.kind) if signal.kind in FILE_LABELS else None
        if signal.confidence >= (ground.file_at if ground else _HALF_SURE):
            predicted.add(signal.kind)
    return predicted


def _parts_of(part: str) -> tuple[str, ...]:
    return (part, _REAL) if part in {"natural", "stress_mined"} else (part,)


def _part(evaluation: Evaluation, part: str, label: str) -> Counts:
    return evaluation.by_part.setdefault((part, label), Counts())


def _bar_at_least(name: str, value: float | None, needed: float, *, enough: int) -> Bar:
    holds = None if enough < _ENOUGH or value is None else value >= needed
    return Bar(name, value, f">= {needed}", holds)


def _read_rows(path: Path) -> Iterator[_Row]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _read_row(line, where=f"{path}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationInvalid(f"{path}: {error}", hint="Give a readable UTF-8 file of JSON lines.") from error


def _read_row(line: str, *, where: str) -> _Row:
    try:
        row = json.loads(line)
        text, rating, labels, part = row["text"], row["rating"], row["labels"], row["part"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise EvaluationInvalid(f"{where}: {error!r}", hint="See the format in the module's documentation.") from error
    if not isinstance(text, str) or not isinstance(labels, list) or not isinstance(part, str):
        raise EvaluationInvalid(f"{where}: text, labels or part has the wrong type", hint="Correct that line.")
    known = rating if isinstance(rating, int) and 1 <= rating <= 5 else None
    return _Row(text, known, frozenset(labels), frozenset(row.get("uncertain") or ()), part, bool(row.get("distorted")))


def _show(interval: Interval) -> str:
    if interval.value is None:
        return "-"
    return f"{interval.value:.3f} [{interval.low:.2f}..{interval.high:.2f}]"


def _plain(value: float | None) -> str:
    return "nan" if value is None else f"{value:.4f}"

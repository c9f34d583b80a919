"""Scores triage on labelled files: per label and part, with bounds, and says whether the bars hold.

A file holds cases with the verdict a person expects (see ``case_scores``), or rows with labels (see ``rows``). A
label counts as predicted when its signal is sure enough to file or, for labels that are no file ground, at least one
half sure. In the toxicity part rows without the label ``toxic`` are no clean examples, so it yields recall only.

A row that the label calls advertising, though it only compares a price and calls nobody elsewhere, is left out of
that label; so is one from *obscene* whose only obscene words are rude ones (дерьмо), about which people differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.closed_lists.states import Decision
from monitor.language import gettext
from monitor.triage.case_scores import Case, CaseScores
from monitor.triage.grammar import is_command
from monitor.triage.models import TriageInput, Verdict
from monitor.triage.normalise import prepare
from monitor.triage.rows import FILE_LABELS, OTHER_LABELS, Row, read_rows
from monitor.triage.rules import Rules
from monitor.triage.scores import Bar, Counts, Reliability, at_least, at_most, may_be_at_least, wilson
from monitor.triage.signals.links import find_links
from monitor.triage.triage import triage

_REAL_PARTS = frozenset({"natural", "stress_mined"})
_WRITTEN_PARTS = frozenset({"stress_synthetic", "spam"})
_REAL = "natural + mined"
_TOGETHER = "together"
_HALF_SURE = 0.5
_PRICE = re.compile(r"дешевле|переплач|\d ?(?:р|руб[а-я]*|₽)(?!\w)|лучше")
_PRECISION = 0.9
_FAIR_FILED = 0.005
_OBSCENE_RECALL = 0.85
_DISTORTED_RECALL = 0.9


@dataclass(slots=True)
class Evaluation:
    """Everything that was counted over rows with labels."""

    by_part: dict[tuple[str, str], Counts] = field(default_factory=dict)
    distorted: Counts = field(default_factory=Counts)
    file_verdicts: Counts = field(default_factory=Counts)
    reliability: Reliability = field(default_factory=Reliability)
    favourable_left_out: int = 0
    comparisons_left_out: int = 0
    rude_left_out: int = 0
    fair_rows: int = 0
    fair_filed: int = 0
    rows: int = 0

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The requirements with their outcome: each ground in each part, and together."""
        found = []
        for label in FILE_LABELS:
            for part in (_REAL, "natural", "stress_mined", "stress_synthetic"):
                counts = self.by_part.get((part, label), Counts())
                found.append(may_be_at_least(f"precision {label}, {part}", counts.precision, _PRECISION))
            together = self.by_part.get((_TOGETHER, label), Counts())
            found.append(at_least(f"precision {label}, {_TOGETHER}", together.precision, _PRECISION))
        mined = self.by_part.get(("stress_mined", "obscene"), Counts())
        found.append(at_least("recall obscene, mined", mined.recall, _OBSCENE_RECALL))
        found.append(at_least("recall obscene or insult, distorted", self.distorted.recall, _DISTORTED_RECALL))
        found.append(
            at_most("fair reviews filed, natural + mined", wilson(self.fair_filed, self.fair_rows), _FAIR_FILED)
        )
        return tuple(found)

    @property
    def holds(self) -> bool:
        """Whether every bar that could be measured holds."""
        return all(bar.holds is not False for bar in self.bars)

    def judge(self, row: Row, rules: Rules, *, now: datetime) -> None:
        """Judges one row and counts it."""
        verdict = triage(TriageInput(review_id="row", text=row.text, rating=row.rating), rules, now=now)
        _count(self, row, verdict, rules)

    def lines(self) -> list[str]:
        """The report; its last line is the one that programs read."""
        lines = [f"{'part':18}{'label':20}{'n':>5}  {'precision':22}recall"]
        for (part, label), counts in sorted(self.by_part.items()):
            precision = gettext("not scored") if part == "toxicity" else str(counts.precision)
            lines.append(f"{part:18}{label:20}{counts.positives:>5}  {precision:22}{counts.recall}")
        distorted = self.distorted
        lines.append(f"{'toxicity':18}{'distorted':20}{distorted.positives:>5}  {'not scored':22}{distorted.recall}")
        lines += ["", *self.reliability.lines(), *map(str, self.bars)]
        lines.append(
            gettext("price comparisons left out of advertising: {comparisons_left_out}").format(
                comparisons_left_out=self.comparisons_left_out
            )
        )
        lines.append(
            gettext("rows that are only rude left out of obscene: {rude_left_out}").format(
                rude_left_out=self.rude_left_out
            )
        )
        lines.append(
            gettext("favourable rows left out of file-verdict recall: {favourable_left_out}").format(
                favourable_left_out=self.favourable_left_out
            )
        )
        verdicts, fair = self.file_verdicts, wilson(self.fair_filed, self.fair_rows)
        lines.append(
            f"file-verdict: precision={_plain(verdicts.precision.value)} recall={_plain(verdicts.recall.value)} "
            f"false_on_fair={_plain(fair.value)} n={self.rows}"
        )
        return lines


def evaluate(
    paths: Iterable[Path], rules: Rules, *, now: datetime, first_sight: bool = False
) -> tuple[Evaluation | CaseScores, ...]:
    """Runs triage over files and scores the labelled rows together and the cases together.

    Args:
        paths: The files; several first-sight sets are scored as one.
        rules: The site's rules.
        now: The moment of judging.
        first_sight: Whether the cases were never seen before: the bars are then those for such sets.

    Raises:
        EvaluationInvalid: a file cannot be read, or a line is not of a documented format.
    """
    labelled, cases = Evaluation(), CaseScores(is_first_sight=first_sight)
    for path in paths:
        for row in read_rows(path):
            if isinstance(row, Case):
                cases.judge(row, rules, now=now)
            else:
                labelled.judge(row, rules, now=now)
    return tuple(scores for scores, count in ((labelled, labelled.rows), (cases, cases.total)) if count)


def render(scores: Iterable[Evaluation | CaseScores]) -> str:
    """The reports, one after the other."""
    return "\n".join(line for one in scores for line in one.lines())


def _count(evaluation: Evaluation, row: Row, verdict: Verdict, rules: Rules) -> None:
    evaluation.rows += 1
    predicted = _predicted_labels(verdict, rules)
    if row.part == "toxicity":
        abusive = bool(predicted & {"obscene", "insult"}) or _is_only_rude(verdict)
        if "toxic" in row.labels:
            _part(evaluation, row.part, "toxic").add(predicted=abusive, actual=True)
        if row.is_distorted:
            evaluation.distorted.add(predicted=abusive, actual=True)
        return
    left_out = row.uncertain
    if "advertising" in row.labels and row.part != "spam" and _only_compares(row.text, rules):
        evaluation.comparisons_left_out += 1
        left_out = left_out | {"advertising"}
    if "obscene" in row.labels and _is_only_rude(verdict):
        evaluation.rude_left_out += 1
        left_out = left_out | {"obscene"}
    for label in (*FILE_LABELS, *OTHER_LABELS):
        if label in left_out:
            continue
        for part in _parts_of(row.part):
            counted = {"predicted": label in predicted, "actual": label in row.labels}
            if any(counted.values()):
                _part(evaluation, part, label).add(**counted)
    _count_verdict(evaluation, row, verdict, left_out, rules)


def _count_verdict(evaluation: Evaluation, row: Row, verdict: Verdict, left_out: Set[str], rules: Rules) -> None:
    filed = verdict.decision is Decision.FILE
    breaks = bool(row.labels & set(FILE_LABELS))
    if row.part in _REAL_PARTS and not breaks:
        evaluation.fair_rows += 1
        evaluation.fair_filed += filed and verdict.ground not in row.uncertain
    if verdict.ground in FILE_LABELS and verdict.ground not in row.uncertain:
        evaluation.reliability.add(verdict.confidence, right=verdict.ground in row.labels)
    if not (row.labels - left_out) & set(FILE_LABELS) and left_out & set(FILE_LABELS):
        return
    if breaks and row.rating is not None and row.rating >= rules.favourable_from:
        evaluation.favourable_left_out += 1
        return
    evaluation.file_verdicts.add(predicted=filed, actual=breaks)


def _only_compares(text: str, rules: Rules) -> bool:
    """Whether a text sends nobody elsewhere: no command, no link, no way to get in touch."""
    prepared = prepare(text)
    called = any(is_command(word.plain) for word in prepared.words if len(word.plain) > 3)
    reached = "@" in text or any(True for _ in find_links(prepared, rules))
    return _PRICE.search(prepared.plain) is not None and not (called or reached)


def _is_only_rude(verdict: Verdict) -> bool:
    """Whether the obscene words that were seen are rude ones, which never carry a filing."""
    return any(signal.kind == "obscene" and signal.doubt == "rude" for signal in verdict.signals)


def _predicted_labels(verdict: Verdict, rules: Rules) -> set[str]:
    predicted = set()
    for signal in verdict.signals:
        ground = rules.ground(signal.kind) if signal.kind in FILE_LABELS else None
        if signal.confidence >= (ground.file_at if ground else _HALF_SURE):
            predicted.add(signal.kind)
    return predicted


def _parts_of(part: str) -> tuple[str, ...]:
    if part in _REAL_PARTS:
        return (part, _REAL, _TOGETHER)
    return (part, _TOGETHER) if part in _WRITTEN_PARTS else (part,)


def _part(evaluation: Evaluation, part: str, label: str) -> Counts:
    return evaluation.by_part.setdefault((part, label), Counts())


def _plain(value: float | None) -> str:
    return "nan" if value is None else f"{value:.4f}"

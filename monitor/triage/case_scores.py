"""Scores triage on texts with the verdict a person expects: the cases of the tree, and sets seen for the first time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from monitor.closed_lists.states import Decision
from monitor.language import gettext as _
from monitor.triage.models import TriageInput, Verdict
from monitor.triage.rules import Rules
from monitor.triage.scores import Bar, Counts, Reliability, at_least, at_most, wilson
from monitor.triage.triage import triage

FILE_GROUNDS = frozenset({"obscene", "insult", "personal_data", "advertising", "extortion"})
_RIGHT = 0.95
_FAIR_FILED = 0.02
_FAIR_FILED_BOUND = 0.05
_BREACHES_FILED = 0.7
_BREACHES_SEEN = 0.88
_FILE_PRECISION = 0.93


@dataclass(frozen=True, slots=True)
class Case:
    """One text with the verdict it should get."""

    text: str
    rating: int | None
    product_title: str
    want: Decision
    also_ok: frozenset[str]
    ground: str


@dataclass(slots=True)
class CaseScores:
    """Everything that was counted over the cases.

    Attributes:
        is_first_sight: Whether the bars are those for texts nobody has tuned on.
        wrong: The cases judged wrong, as lines for a person.
    """

    is_first_sight: bool
    total: int = 0
    right: int = 0
    fair: int = 0
    fair_filed: int = 0
    breaches: int = 0
    breaches_filed: int = 0
    breaches_seen: int = 0
    filed: int = 0
    filed_right: int = 0
    for_person: int = 0
    sent_to_person: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    by_ground: dict[str, Counts] = field(default_factory=dict)
    reliability: Reliability = field(default_factory=Reliability)
    wrong: list[str] = field(default_factory=list)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The requirements with their outcome."""
        fair = at_most(
            "fair reviews filed", wilson(self.fair_filed, self.fair), _FAIR_FILED,
            bound=_FAIR_FILED_BOUND if self.is_first_sight else None,
        )  # fmt: skip
        if not self.is_first_sight:
            return (at_least("cases right", wilson(self.right, self.total), _RIGHT), fair)
        return (
            fair,
            at_least("breaches filed", wilson(self.breaches_filed, self.breaches), _BREACHES_FILED),
            at_least("breaches filed or sent to a person", wilson(self.breaches_seen, self.breaches), _BREACHES_SEEN),
            at_least("precision of file", wilson(self.filed_right, self.filed), _FILE_PRECISION),
        )

    @property
    def holds(self) -> bool:
        """Whether every bar that could be measured holds."""
        return all(bar.holds is not False for bar in self.bars)

    def judge(self, case: Case, rules: Rules, *, now: datetime) -> None:
        """Judges one case and counts it."""
        question = TriageInput(review_id="case", text=case.text, rating=case.rating, product_title=case.product_title)
        verdict = triage(question, rules, now=now)
        self._count(case, verdict)

    def _count(self, case: Case, verdict: Verdict) -> None:
        is_filed, for_person = verdict.decision is Decision.FILE, verdict.decision is Decision.NEEDS_PERSON
        right = verdict.decision is case.want or verdict.decision.value in case.also_ok
        may_file = case.want is Decision.FILE or Decision.FILE.value in case.also_ok
        self.total += 1
        self.right += right
        self.filed += is_filed
        self.filed_right += is_filed and may_file
        self.sent_to_person += for_person
        if case.want is Decision.DO_NOT_FILE:
            self.fair += 1
            self.fair_filed += is_filed and not may_file
        elif case.want is Decision.FILE:
            self.breaches += 1
            self.breaches_filed += is_filed
            self.breaches_seen += is_filed or for_person
        else:
            self.for_person += 1
        if for_person:
            self.reasons[verdict.reasons[0].code] += 1
        if case.ground or is_filed:
            counts = self.by_ground.setdefault(case.ground or verdict.ground or "", Counts())
            counts.add(predicted=is_filed, actual=case.want is Decision.FILE)
        if verdict.ground in FILE_GROUNDS:
            self.reliability.add(verdict.confidence, right=may_file)
        if not right:
            wanted = f"{case.want.value} {case.ground}".strip()
            self.wrong.append(f"  {wanted} -> {verdict.decision.value} {verdict.ground or ''}: {case.text}")

    def lines(self) -> list[str]:
        """The report."""
        lines = [_("cases right: {wilson} of {total}").format(wilson=wilson(self.right, self.total), total=self.total)]
        lines.append(_("fair reviews filed: {fair_filed} of {fair}").format(fair_filed=self.fair_filed, fair=self.fair))
        lines.append(
            _("breaches filed: {breaches_filed} of {breaches}, seen {breaches_seen}").format(
                breaches_filed=self.breaches_filed, breaches=self.breaches, breaches_seen=self.breaches_seen
            )
        )
        lines.append(
            _("filed rightly: {filed_right} of {filed}; texts for a person: {for_person}").format(
                filed_right=self.filed_right, filed=self.filed, for_person=self.for_person
            )
        )
        lines.append(
            _("sent to a person: {sent_to_person}, by reason: {dict}").format(
                sent_to_person=self.sent_to_person, dict=dict(self.reasons.most_common())
            )
        )
        lines += [
            f"ground {name or '(none)'}: filed {counts.recall} of {counts.positives}, precision {counts.precision}"
            for name, counts in sorted(self.by_ground.items())
        ]
        lines += self.reliability.lines()
        lines += self.wrong
        return [*lines, *map(str, self.bars)]

"""What appeals are worth: how many of each kind were accepted, with exact intervals, and which to stop filing. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.insight.findings import FALSE_SHARE, adjust
from monitor.insight.shares import Count, Interval, clopper_pearson
from monitor.insight.tails import binomial_at_most

POOR = 0.25
"""A kind of which surely fewer than one in four are accepted is one to stop filing. Our own choice."""


class Part(StrEnum):
    """By what appeals are told apart."""

    GROUND = "ground"
    REASON = "reason"
    CHANNEL = "channel"
    WORDING = "wording"
    EVIDENCE = "evidence"
    PRODUCT = "product"


class Result(StrEnum):
    """What became of an appeal.

    ``WAITING``: the site has not answered yet. ``UNKNOWN``: nobody can say, and waiting may not help.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    WAITING = "waiting"


class Advice(StrEnum):
    """What may be said of a kind."""

    LITTLE = "little"
    STOP = "stop"
    GO_ON = "go_on"


@dataclass(frozen=True, slots=True)
class FiledAppeal:
    """One appeal that was sent.

    Attributes:
        kind: What it was, by part; a wording is its number or ``own``.
        is_removed: The review is gone from the page.
        sent_at, decided_at: None where not known.
    """

    id: str
    review_id: str
    kind: dict[Part, str]
    result: Result
    is_removed: bool
    sent_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worth:
    """One kind of appeal.

    Attributes:
        kind: The values of the parts it was asked by, in their order.
        decided: Accepted among accepted and rejected.
        share: The exact interval of that; None below the floor.
        waits: From sending to the answer, where both are known: shortest, median, longest.
    """

    kind: tuple[str, ...]
    decided: Count
    unknown: int
    waiting: int
    removed: int
    share: Interval | None
    waits: tuple[timedelta, timedelta, timedelta] | None
    advice: Advice

    @property
    def filed(self) -> int:
        """How many were sent."""
        return self.decided.total + self.unknown + self.waiting


def weigh(appeals: Iterable[FiledAppeal], by: Sequence[Part]) -> list[Worth]:
    """Counts appeals by kind, the most frequent first.

    A kind is one to stop filing where its acceptances are too few for one in four, corrected for how many kinds were
    looked at; below the floor nothing is advised.
    """
    kinds: dict[tuple[str, ...], list[FiledAppeal]] = defaultdict(list)
    for appeal in appeals:
        kinds[tuple(appeal.kind.get(part, "") for part in by)].append(appeal)
    decided = {kind: _decided(found) for kind, found in kinds.items()}
    tested = [kind for kind, count in decided.items() if not count.is_little]
    chances = adjust([binomial_at_most(decided[kind].hits, decided[kind].total, POOR) for kind in tested])
    poor = {kind for kind, chance in zip(tested, chances, strict=True) if chance <= FALSE_SHARE}
    rows = [_worth(kind, found, decided[kind], is_poor=kind in poor) for kind, found in kinds.items()]
    return sorted(rows, key=lambda row: (-row.filed, row.kind))


def record_of(appeals: Iterable[FiledAppeal], *, ground: str) -> Count | None:
    """What became of a seller's appeals on one ground: accepted of those that were decided; None where none was."""
    found = _decided(one for one in appeals if one.kind[Part.GROUND] == ground)
    return found if found.total else None


def tell_record(found: Count | None) -> str:
    """The record as one sentence beside a verdict or a draft; empty where there is none. It decides nothing."""
    if found is None:
        return ""
    told = f"У вас по этому основанию удовлетворено {found.hits} из {found.total}"
    if found.is_little:
        return f"{told}: мало данных."
    interval = clopper_pearson(found)
    return f"{told} (доля может быть от {interval.lower:.0%} до {interval.upper:.0%})."


def _decided(found: Iterable[FiledAppeal]) -> Count:
    results = [one.result for one in found]
    accepted = results.count(Result.ACCEPTED)
    return Count(accepted, accepted + results.count(Result.REJECTED))


def _worth(kind: tuple[str, ...], found: Sequence[FiledAppeal], decided: Count, *, is_poor: bool) -> Worth:
    results = [one.result for one in found]
    waits = sorted(one.decided_at - one.sent_at for one in found if one.decided_at and one.sent_at)
    advice = Advice.LITTLE if decided.is_little else Advice.STOP if is_poor else Advice.GO_ON
    return Worth(
        kind=kind,
        decided=decided,
        unknown=results.count(Result.UNKNOWN),
        waiting=results.count(Result.WAITING),
        removed=sum(one.is_removed for one in found),
        share=None if decided.is_little else clopper_pearson(decided),
        waits=(waits[0], _middle(waits), waits[-1]) if waits else None,
        advice=advice,
    )


def _middle(ordered: Sequence[timedelta]) -> timedelta:
    half = len(ordered) // 2
    return (ordered[half] + ordered[~half]) / 2

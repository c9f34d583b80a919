"""Shares with their bounds, bars that hold or fail, and how far a stated confidence can be believed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.language import gettext as _

_Z = 1.96
_STEPS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 1.01)


class Interval(NamedTuple):
    """A share with its 95 % Wilson interval; ``value`` is None when nothing was counted."""

    value: float | None
    low: float
    high: float

    def __str__(self) -> str:
        return "-" if self.value is None else f"{self.value:.3f} [{self.low:.2f}..{self.high:.2f}]"


def wilson(hits: int, total: int) -> Interval:
    """A share with its 95 % Wilson score interval."""
    if not total:
        return Interval(None, 0.0, 1.0)
    share = hits / total
    centre = (share + _Z**2 / (2 * total)) / (1 + _Z**2 / total)
    half = _Z / (1 + _Z**2 / total) * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


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
    def predicted(self) -> int:
        """Rows the label was seen in."""
        return self.hits + self.false_alarms

    @property
    def precision(self) -> Interval:
        """Share of the predicted rows that carry the label."""
        return wilson(self.hits, self.predicted)

    @property
    def recall(self) -> Interval:
        """Share of the rows with the label that were predicted."""
        return wilson(self.hits, self.positives)

    def add(self, *, predicted: bool, actual: bool) -> None:
        """Counts one row."""
        self.hits += predicted and actual
        self.false_alarms += predicted and not actual
        self.misses += actual and not predicted


@dataclass(frozen=True, slots=True)
class Bar:
    """One requirement with what was measured. ``holds`` is None where there was no row to measure it on."""

    name: str
    measured: Interval
    needed: str
    holds: bool | None

    def __str__(self) -> str:
        state = {True: "holds", False: "FAILS", None: _("no row to measure it on")}[self.holds]
        return f"{self.name}: {self.measured} (needed {self.needed}): {state}"


def at_least(name: str, measured: Interval, needed: float) -> Bar:
    """The measured share must reach a value."""
    return Bar(name, measured, f">= {needed:g}", None if measured.value is None else measured.value >= needed)


def may_be_at_least(name: str, measured: Interval, needed: float) -> Bar:
    """The bound of a share in a small part: it fails when even the upper end stays below the value."""
    return Bar(
        name, measured, f"upper bound >= {needed:g}", None if measured.value is None else measured.high >= needed
    )


def at_most(name: str, measured: Interval, needed: float, *, bound: float | None = None) -> Bar:
    """The measured share must not exceed a value, nor its upper bound another one when that is given."""
    text = f"<= {needed:g}" + (f", upper bound <= {bound:g}" if bound is not None else "")
    if measured.value is None:
        return Bar(name, measured, text, None)
    return Bar(name, measured, text, measured.value <= needed and (bound is None or measured.high <= bound))


@dataclass(slots=True)
class Reliability:
    """How often a ground that was named with some confidence was right."""

    rows: dict[int, list[int]] = field(default_factory=dict)

    def add(self, confidence: float, *, right: bool) -> None:
        """Counts one verdict with a ground."""
        step = max(at for at, least in enumerate(_STEPS) if confidence >= least)
        self.rows.setdefault(step, [0, 0])
        self.rows[step][0] += right
        self.rows[step][1] += 1

    def lines(self) -> list[str]:
        """The table: said, right in, of how many."""
        return [
            f"said {_STEPS[step]:.2f}..{min(_STEPS[step + 1], 1):.2f}: right {wilson(*counts)} of {counts[1]}"
            for step, counts in sorted(self.rows.items())
        ]

"""Before and after a change that the seller made, against comparable products that did not change.

Three answers, the third the usual one for a small seller: it fell, it rose, it cannot be told yet. The day of the
change and the day of the look are set before looking. Asked after every review from the 8th to the 100th, the interval
claims a change where there is none in 22 of 100 cases; once, on a day set before, in 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from monitor.insight.shares import Count, Interval, Z, newcombe, subtract
from monitor.insight.tails import find_root

_POWER = 0.8416212335729143
"""Standard normal quantile of a chance of 80 % to see what is there."""
MOST_MORE = 100_000


class Answer(StrEnum):
    """What may be said about a share of complaints."""

    TOO_FEW = "too_few"
    CANNOT_TELL = "cannot_tell"
    FELL = "fell"
    ROSE = "rose"


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Complaints among the reviews before a change and after it."""

    before: Count
    after: Count

    @property
    def is_little(self) -> bool:
        """Whether a side has too few reviews for a share."""
        return self.before.is_little or self.after.is_little

    @property
    def fall(self) -> Interval:
        """By how much the share fell."""
        return newcombe(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a change.

    Attributes:
        own: The changed products.
        others: Comparable products that did not change, in the same two periods; None where there are none.
        beyond: By how much more the share fell than it would have in the others' proportion; the plain fall without.
        answer: Of the changed products against the others; without others only of the products themselves.
        more_reviews: About so many more reviews of the changed products until a halving would be shown in 4 of 5
            cases; not what is seen so far, which is mostly chance. None when no number can: the time before, or the
            others, hold too few.
        visible_fall: The smallest fall that would be shown in 4 of 5 cases now; None when not even a fall to zero.
        least_fall: What no number of further reviews can go below, for the time before and the others stay as they are.
    """

    own: BeforeAfter
    others: BeforeAfter | None
    beyond: Interval
    answer: Answer
    more_reviews: int | None
    visible_fall: float | None
    least_fall: float

    @property
    def is_compared(self) -> bool:
        """Whether a causal word is allowed: only what was held against comparable products may be called an effect."""
        return self.others is not None


def judge_effect(own: BeforeAfter, others: BeforeAfter | None = None) -> Effect:
    """Compares before with after; others with too few reviews are left out, as if there were none."""
    if others is not None and others.is_little:
        others = None
    beyond = fall_beyond(own, others) if others is not None else own.fall
    noise = _noise(own, others) if others is not None else 0.0
    least = (Z + _POWER) * math.sqrt(_variance(own.before.share, own.before.total) + noise)
    return Effect(
        own, others, beyond, _answer(own, beyond), _more_reviews(own, noise), _visible_fall(own, noise), least
    )


def fall_beyond(own: BeforeAfter, others: BeforeAfter, z: float = Z) -> Interval:
    """By how much more a share fell than if it had fallen in the same proportion as that of others.

    In proportion, for a season that halves the complaints of one product by five points halves those of another by ten.

    Args:
        own: Of the product.
        others: Of what it is held against.
        z: Standard errors from the middle to each bound; more of them where many products are looked at.
    """
    scale = _scale(own, others)
    fall = newcombe(others.before, others.after, z)
    return subtract(
        newcombe(own.before, own.after, z), Interval(fall.value * scale, fall.lower * scale, fall.upper * scale)
    )


def _answer(own: BeforeAfter, beyond: Interval) -> Answer:
    if own.is_little:
        return Answer.TOO_FEW
    if beyond.spans_zero:
        return Answer.CANNOT_TELL
    return Answer.FELL if beyond.value > 0 else Answer.ROSE


def _more_reviews(own: BeforeAfter, noise: float) -> int | None:
    half = own.before.share / 2
    room = (half / (Z + _POWER)) ** 2 - _variance(own.before.share, own.before.total) - noise
    if room <= 0:
        return None
    needed = math.ceil(half * (1 - half) / room)
    more = max(0, needed - own.after.total)
    return more if more <= MOST_MORE else None


def _visible_fall(own: BeforeAfter, noise: float) -> float | None:
    start = own.before.share
    if not own.before.total or not own.after.total or not start:
        return None

    def shown(fall: float) -> float:
        variance = _variance(start, own.before.total) + _variance(start - fall, own.after.total) + noise
        return fall - (Z + _POWER) * math.sqrt(variance)

    return find_root(shown, 0.0, start) if shown(start) >= 0 else None


def _variance(share: float, total: int) -> float:
    return share * (1 - share) / total if total else math.inf


def _noise(own: BeforeAfter, others: BeforeAfter) -> float:
    both = _variance(others.before.share, others.before.total) + _variance(others.after.share, others.after.total)
    return both * _scale(own, others) ** 2


def _scale(own: BeforeAfter, others: BeforeAfter) -> float:
    return own.before.share / others.before.share if own.before.hits and others.before.hits else 1.0

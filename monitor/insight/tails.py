"""Tails of the distributions that exact methods need, with the standard library alone.

All three rest on two incomplete functions, gamma and beta, each by its series or continued fraction (textbook
formulas); their cost grows with the square root of the counts, so that a shop with a million reviews waits for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable

_TINY = 1e-300
_ENOUGH = 1e-14
_MOST_STEPS = 100_000


def poisson_at_most(count: int, mean: float) -> float:
    """Chance of at most ``count`` events where ``mean`` are expected."""
    if count < 0:
        return 0.0
    return 1.0 if mean <= 0 else _gamma_above(count + 1.0, mean)


def binomial_at_most(count: int, trials: int, share: float) -> float:
    """Chance of at most ``count`` hits in ``trials``, each a hit with chance ``share``."""
    if count < 0:
        return 0.0
    if count >= trials or share <= 0:
        return 1.0
    return 0.0 if share >= 1 else _beta_below(trials - count, count + 1, 1.0 - share)


def gaps_at_most(total: int, gaps: int, share: float) -> float:
    """Chance that ``gaps`` gaps between hits hold at most ``total`` misses together (negative binomial)."""
    if total < 0 or share <= 0:
        return 0.0
    return 1.0 if share >= 1 else _beta_below(gaps, total + 1, share)


def log_choose(total: int, chosen: int) -> float:
    """Logarithm of the number of ways to choose ``chosen`` of ``total``."""
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)


def find_root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses zero between two bounds, by halving, to twelve digits."""
    for _ in range(200):
        middle = (low + high) / 2
        if high - low <= 1e-13 * max(1.0, abs(middle)):
            break
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def _gamma_above(shape: float, point: float) -> float:
    front = math.exp(-point + shape * math.log(point) - math.lgamma(shape))
    if point < shape + 1:
        term = total = 1.0 / shape
        divisor = shape
        while term > total * _ENOUGH:
            divisor += 1
            term *= point / divisor
            total += term
        return max(0.0, 1.0 - front * total)
    base = point + 1.0 - shape
    return front * _fraction(lambda step: (-step * (step - shape), base + 2 * step), base)


def _beta_below(first: float, second: float, point: float) -> float:
    if point > (first + 1) / (first + second + 2):
        return 1.0 - _beta_below(second, first, 1.0 - point)
    log_front = math.lgamma(first + second) - math.lgamma(first) - math.lgamma(second)
    front = math.exp(log_front + first * math.log(point) + second * math.log1p(-point)) / first

    def part(step: int) -> tuple[float, float]:
        half = step // 2
        if step % 2 == 0:
            top = half * (second - half) / ((first + step - 1) * (first + step))
        else:
            top = -(first + half) * (first + second + half) / ((first + step - 1) * (first + step))
        return top * point, 1.0

    return front * _fraction(part, 1.0)


def _fraction(part: Callable[[int], tuple[float, float]], base: float) -> float:
    """One over a continued fraction, by Lentz's method; ``part`` gives numerator and denominator of each step."""
    whole = above = base or _TINY
    below = 0.0
    for step in range(1, _MOST_STEPS):
        top, bottom = part(step)
        below = 1.0 / ((bottom + top * below) or _TINY)
        above = (bottom + top / above) or _TINY
        whole *= above * below
        if abs(above * below - 1.0) < _ENOUGH:
            break
    return 1.0 / whole

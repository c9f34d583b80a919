"""What moved among many products and complaints at once, so that a report about nothing says nothing.

Twenty complaints of ten products looked at one by one at 5 % give ten false findings. Here each is tested exactly
(Fisher), each complaint of the whole shop product by product (Mantel and Haenszel), and all chances are held together
against the share of false findings that is borne (Benjamini and Hochberg). Where nothing has moved at all, a report
names anything in at most 5 % of cases.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

from monitor.insight.effects import BeforeAfter, fall_beyond
from monitor.insight.shares import Count, Interval, fisher, newcombe, standardise

FALSE_SHARE = 0.05
"""Share of findings that may be false."""
_LEAST_PART, _WHOLE_PART = 1 / 3, 0.8
"""Which part of a move the proportions must make to be named, and to be named alone. Our own choice."""
_HALF = 0.5
"""Correction for counts being whole numbers (Yates)."""

Pair = tuple[Count, Count]
"""Of one product and one complaint: before and after."""


@dataclass(frozen=True, slots=True)
class Move:
    """One share that was tested.

    Attributes:
        product: Of which product; None for the whole shop, product by product.
        aspect: Complaints about what.
        fall: By how much it fell (below zero: it rose).
        chance: How odd it is if nothing moved, already corrected for everything looked at.
        is_own: Whether it moved more than with the shop's other products; None for the shop, where there are
            none, and for what is not found.
    """

    product: str | None
    aspect: str
    before: Count
    after: Count
    fall: Interval
    chance: float
    is_own: bool | None

    @property
    def is_found(self) -> bool:
        """Whether it may be said."""
        return self.chance <= FALSE_SHARE

    @property
    def is_rise(self) -> bool:
        """Whether complaints became more frequent."""
        return self.fall.value < 0


@dataclass(frozen=True, slots=True)
class Mix:
    """A share of several products together, and what it would be with the proportions of before.

    Attributes:
        after_as_before: The later share if each product still had its earlier share of the reviews.
        is_moved: The share of all reviews moved, that of the products not for sure, and the mix explains enough of it
            to be named.
    """

    before: float
    after: float
    after_as_before: float
    is_moved: bool

    @property
    def explained(self) -> float:
        """Which part of the move the proportions make: 1 is all of it, more than 1 hides that products went back."""
        move = self.after - self.before
        return (self.after - self.after_as_before) / move if move else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether the proportions are the reason, and not only a part of it."""
        return self.explained >= _WHOLE_PART

    @property
    def is_turned(self) -> bool:
        """Whether the mix alone makes it look better or worse than the products are."""
        return (self.after - self.before) * (self.after_as_before - self.before) < 0


def adjust(chances: Sequence[float]) -> tuple[float, ...]:
    """Chances corrected for their number by Benjamini and Hochberg, in the order given."""
    order = sorted(range(len(chances)), key=lambda index: chances[index], reverse=True)
    adjusted = [1.0] * len(chances)
    least = 1.0
    for rank, index in enumerate(order):
        least = min(least, chances[index] * len(chances) / (len(chances) - rank))
        adjusted[index] = least
    return tuple(adjusted)


def find_moves(cells: Mapping[tuple[str, str], Pair]) -> list[Move]:
    """Tests every complaint of every product and of the shop, the surest first.

    Args:
        cells: By product and complaint; those with too few reviews on a side are not tested, and count for the shop.
    """
    shop: dict[str, dict[str, Pair]] = defaultdict(dict)
    for (product, aspect), pair in cells.items():
        shop[aspect][product] = pair
    keys: list[tuple[str | None, str]] = [
        key for key, (before, after) in cells.items() if not (before.is_little or after.is_little)
    ]
    keys += [(None, aspect) for aspect, pairs in shop.items() if len(pairs) > 1]
    chances = adjust([_chance(shop[aspect], product) for product, aspect in keys])
    totals = {aspect: _together_both(pairs.values()) for aspect, pairs in shop.items()}
    moves = []
    for (which, what), chance in zip(keys, chances, strict=True):
        pairs, total = shop[what], totals[what]
        before, after = total if which is None else pairs[which]
        is_own = None
        if which is not None and chance <= FALSE_SHARE:
            is_own = _is_own((before, after), total, len(pairs))
        moves.append(Move(which, what, before, after, newcombe(before, after), chance, is_own))
    return sorted(moves, key=lambda move: (move.chance, move.product or "", move.aspect))


def find_reasons(low: Mapping[str, Pair], cells: Mapping[tuple[str, str], Pair]) -> list[Move]:
    """What moved: first the share of bad reviews of each product, and only of those that moved the complaints.

    In this order a report about nothing names anything in at most 5 % of cases, and a real move is not lost among the
    complaints of all other products.

    Args:
        low: Reviews of at most three stars by product.
        cells: Complaints by product and aspect.

    Returns:
        What may be said: first the moves of bad reviews (their aspect is empty), then the complaints behind them.
    """
    found = [move for move in find_moves({(product, ""): pair for product, pair in low.items()}) if move.is_found]
    causes: list[Move] = []
    for move in found:
        if move.product is None:
            causes += [one for one in find_moves(cells) if one.is_found and one.product is None]
        else:
            own = {cell: pair for cell, pair in cells.items() if cell[0] == move.product}
            causes += [one for one in find_moves(own) if one.is_found]
    return [*found, *causes]


def compare_mix(before: Mapping[str, Count], after: Mapping[str, Count]) -> Mix:
    """Tells a change of the products apart from a change of their proportions (Simpson)."""
    one, two = _together(before.values()), _together(after.values())
    weights = {name: count.total for name, count in before.items()}
    both = [(before[name], after[name]) for name in before.keys() & after.keys()]
    is_moved = fisher(one, two) <= FALSE_SHARE < stratified(both)
    mix = Mix(one.share, two.share, standardise(dict(after), weights), is_moved)
    return replace(mix, is_moved=is_moved and mix.explained >= _LEAST_PART)


def stratified(pairs: Collection[Pair]) -> float:
    """How odd it is if no product moved, whatever their proportions did (Mantel and Haenszel, corrected)."""
    gap = variance = 0.0
    for before, after in pairs:
        total, hits = before.total + after.total, before.hits + after.hits
        if not before.total or not after.total:
            continue
        gap += before.hits - before.total * hits / total
        variance += before.total * after.total * hits * (total - hits) / (total * total * (total - 1))
    if not variance:
        return 1.0
    return math.erfc(max(0.0, abs(gap) - _HALF) / math.sqrt(2 * variance))


def _chance(pairs: Mapping[str, Pair], product: str | None) -> float:
    return stratified(pairs.values()) if product is None else fisher(*pairs[product])


def _is_own(own: Pair, total: Pair, products: int) -> bool | None:
    """Whether a product moved beyond the rest of the shop.

    Of many products one always stands out, so the bounds are as wide as their number asks for (Bonferroni).
    """
    before, after = (
        Count(whole.hits - part.hits, whole.total - part.total) for whole, part in zip(total, own, strict=True)
    )
    if before.is_little or after.is_little:
        return None
    return not fall_beyond(BeforeAfter(*own), BeforeAfter(before, after), _width(products)).spans_zero


@lru_cache(maxsize=1_000)
def _width(products: int) -> float:
    return NormalDist().inv_cdf(1 - FALSE_SHARE / (2 * products))


def _together_both(pairs: Collection[Pair]) -> Pair:
    return _together(pair[0] for pair in pairs), _together(pair[1] for pair in pairs)


def _together(counts: Iterable[Count]) -> Count:
    return sum(counts, Count(0, 0))

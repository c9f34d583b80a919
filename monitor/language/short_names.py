"""Short names of things that have long ids: the last signs of an id, as many as tell it from all others.

The end, because ids that begin with their moment (UUID version 7: the first eight digits are the same for a minute)
are alike where people write and random where nobody looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

SHORTEST = 6
"""Signs: with 5,000 ids of random hexadecimal digits, one in three hundred needs a seventh."""

LEAST_TYPED = 4
"""Fewer typed signs name nothing: a slip would hit something."""


def shorten(wanted: Iterable[str], among: Collection[str]) -> dict[str, str]:
    """Returns a short name for each wanted id: its end, unique among all ids, at least six signs long.

    Args:
        wanted: Ids to be shown.
        among: All ids of their kind, or at least all that end as one of these does.
    """
    named: dict[str, str] = {}
    left, length = set(wanted), SHORTEST
    while left:
        counts = Counter(one[-length:] for one in among)
        done = {one for one in left if counts[one[-length:]] <= 1 or len(one) <= length}
        named |= {one: one[-length:] for one in done}
        left, length = left - done, length + 1
    return named


def is_named_by(identifier: str, typed: str) -> bool:
    """Whether a person means this id by what was typed: all of it, its beginning (with its kind or not), its end."""
    bare = identifier.partition("_")[2]
    if identifier == typed or len(typed) < LEAST_TYPED:
        return identifier == typed
    return identifier.startswith(typed) or identifier.endswith(typed) or bool(bare and bare.startswith(typed))

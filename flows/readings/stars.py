"""A rating that is drawn: five stars, the filled ones first.

Sites fill a star by an inline colour or by a further class; class names change with every release, so only the pattern
counts: five marks of at most two kinds, the first kind filled. Five marks of one kind are five stars only where another
row of the same page shows which kind is the filled one. Anything else is no rating.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from flows.catalog.entries import FieldHook

STARS = 5
_CLIMB = 4  # levels from a star to what holds all five
_Kind = tuple[str, ...]


@dataclass(frozen=True)
class StarKinds:
    """How a page draws filled and empty stars, learned from rows that show both."""

    filled: frozenset[_Kind] = frozenset()
    empty: frozenset[_Kind] = frozenset()


def learn_kinds(rows: Iterable[LexborNode], hooks: Sequence[FieldHook]) -> StarKinds:
    """Learns from the rows of a page which stars are the filled ones."""
    filled, empty = set(), set()
    for stars in (stars for row in rows for stars in _fives(row, hooks)):
        kinds = [_kind(star) for star in stars]
        if _filled_first([kind == kinds[0] for kind in kinds]) and len(set(kinds)) == 2:
            filled.add(kinds[0])
            empty.add(kinds[-1])
    return StarKinds(frozenset(filled - empty), frozenset(empty - filled))


def read_stars(
    row: LexborNode, hooks: Sequence[FieldHook], marks: Sequence[str], kinds: StarKinds
) -> tuple[int | None, str]:
    """Reads the stars of one row.

    Args:
        row: The row.
        hooks: Where its stars are.
        marks: What an inline style says of a filled star.
        kinds: What was learned from the page.

    Returns:
        The number of filled stars, None where the drawing is not understood; and what was drawn, in words.
    """
    drawn = [_count(stars, marks, kinds) for stars in _fives(row, hooks)]
    if not drawn:
        return None, ""
    if len(set(drawn)) > 1 or drawn[0] is None:
        return None, "stars drawn in an unknown way"
    return drawn[0], f"{drawn[0]} of {STARS} stars"


def _count(stars: Sequence[LexborNode], marks: Sequence[str], kinds: StarKinds) -> int | None:
    styles = [(star.attributes.get("style") or "").replace(" ", "") for star in stars]
    is_marked = [any(mark.replace(" ", "") in style for mark in marks) for style in styles]
    if any(is_marked):
        is_filled = is_marked if all(styles) else []
    else:
        drawn = [_kind(star) for star in stars]
        is_filled = [kind == drawn[0] for kind in drawn] if _is_understood(drawn, kinds) else []
    return (is_filled.count(True) if _filled_first(is_filled) else 0) or None


def _is_understood(drawn: list[_Kind], kinds: StarKinds) -> bool:
    both = set(drawn)
    return (len(both) == 2 and drawn[0] not in kinds.empty) or (len(both) == 1 and drawn[0] in kinds.filled)


def _filled_first(is_filled: list[bool]) -> bool:
    return is_filled == sorted(is_filled, reverse=True)


def _fives(row: LexborNode, hooks: Sequence[FieldHook]) -> Iterator[list[LexborNode]]:
    """Finds the places of a row that hold exactly five marks."""
    seen: set[int] = set()
    for css in (hook.css for hook in hooks if hook.css):
        for star in row.css(css):
            place = star.parent
            for _ in range(_CLIMB):
                found = place.css(css) if place is not None else []
                if place is None or len(found) >= STARS or place.mem_id == row.mem_id:
                    break
                place = place.parent
            if place is not None and len(found) == STARS and place.mem_id not in seen:
                seen.add(place.mem_id)
                yield found


def _kind(star: LexborNode) -> _Kind:
    """What tells one drawing from another: the star's own attributes and those of its parts."""
    parts = [star, *star.css("*")]
    return tuple(
        f"{name}={' '.join(sorted((value or '').split()))}"
        for part in parts
        for name, value in sorted(part.attributes.items())
        if name in {"class", "style", "fill", "href", "xlink:href"}
    )

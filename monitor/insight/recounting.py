"""Reads what reviews tell, once each: after a poll only the new and edited ones, all of them when the words changed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.insight.aspects import Lexicon
from monitor.insight.reading import Days
from monitor.insight.summing import Sums
from monitor.state import State
from monitor.state.told_aspects import Telling, UntoldReview
from monitor.state.transaction import Transaction

_AT_ONCE = 5_000
"""Reviews held at once."""
_A_TURN = 12 * _AT_ONCE
"""Reviews of one transaction, whose changes of the sums are written together: others write meanwhile."""


def recount(state: State, account_id: str, lexicon: Lexicon, zone: str) -> int:
    """Reads every review that was not read yet, or by other words.

    Args:
        state: The store.
        account_id: Whose reviews.
        lexicon: The words.
        zone: In which a review's day is (IANA name).

    Returns:
        How many were read.
    """
    with state.read() as tx:
        if tx.told_aspects.is_whole(account_id, lexicon.digest):
            return 0
    with state.transaction() as tx:
        tx.told_aspects.make_due(account_id, lexicon.digest)
    total = 0
    with _without_collecting():
        while True:
            with state.transaction() as tx:
                number = _read_some(tx, account_id, lexicon, zone)
            total += number
            if number < _A_TURN:
                return total


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Leaves Python's search for circles of objects out: rows make none, and it takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_before_purge(tx: Transaction, account_id: str, lexicon: Lexicon, zone: str) -> None:
    """Reads what is still to be read, before a text goes for good: what it told is all that will be left."""
    while _read_some(tx, account_id, lexicon, zone) == _A_TURN:
        pass


def _read_some(tx: Transaction, account_id: str, lexicon: Lexicon, zone: str) -> int:
    days, sums, number = Days(zone), Sums(), 0
    while number < _A_TURN and (rows := tx.told_aspects.due(account_id, limit=_AT_ONCE)):
        tellings = [_telling(row, lexicon, days) for row in rows]
        for row, telling in zip(rows, tellings, strict=True):
            if row.kept is not None and row.is_summed:
                sums.take(row.kept)
            sums.add(telling)
        tx.told_aspects.put(account_id, lexicon.digest, tellings)
        tx.told_aspects.done_until(account_id, rows[-1].review_id)
        number += len(rows)
    sums.write(tx, account_id)
    return number


def _telling(row: UntoldReview, lexicon: Lexicon, days: Days) -> Telling:
    day = days.of_moments(row.published_at, row.first_seen_at, is_baseline=row.is_baseline)
    complaints, praises = _codes(row, lexicon)
    variant = row.variant or row.product
    iso = "" if day is None else day.isoformat()
    return Telling(row.review_id, row.version, row.product, variant, row.rating, iso, complaints, praises)


def _codes(row: UntoldReview, lexicon: Lexicon) -> tuple[str, str]:
    if not row.text and row.kept is not None and row.kept.version == row.version:
        return row.kept.complaints, row.kept.praises  # its text was purged: what it told before still counts
    told = lexicon.read(row.text, row.rating)
    return " ".join(sorted(told.complaints)), " ".join(sorted(told.praises))

"""Reads what reviews tell, once each: after a poll only the new and edited ones, all of them when the words changed."""

from __future__ import annotations

from datetime import date

from monitor.insight.aspects import Lexicon
from monitor.insight.reading import Days
from monitor.state import State
from monitor.state.told_aspects import UntoldReview
from monitor.state.transaction import Transaction

_AT_ONCE = 2_000
"""Reviews read in one transaction: others write meanwhile."""


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
    while True:
        with state.transaction() as tx:
            number = _read_some(tx, account_id, lexicon, zone)
        total += number
        if number < _AT_ONCE:
            return total


def keep_before_purge(tx: Transaction, account_id: str, lexicon: Lexicon, zone: str) -> None:
    """Reads what is still to be read, before a text goes for good: what it told is all that will be left."""
    while _read_some(tx, account_id, lexicon, zone) == _AT_ONCE:
        pass


def _read_some(tx: Transaction, account_id: str, lexicon: Lexicon, zone: str) -> int:
    days = Days(zone)
    rows = tx.told_aspects.due(account_id, limit=_AT_ONCE)
    if rows:
        read = [(row, _iso(days.of_moments(row.published_at, row.first_seen_at, is_baseline=row.is_baseline)),
                 *_codes(row, lexicon)) for row in rows]  # fmt: skip
        tx.told_aspects.put(account_id, lexicon.digest, read)
    return len(rows)


def _codes(row: UntoldReview, lexicon: Lexicon) -> tuple[str, str]:
    if not row.text and row.kept == row.version and row.complaints is not None and row.praises is not None:
        return row.complaints, row.praises  # its text was purged: what it told before still counts
    told = lexicon.read(row.text, row.rating)
    return " ".join(sorted(told.complaints)), " ".join(sorted(told.praises))


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()

"""What waits, kept from one look to the next: only what the log names as touched since then is asked for again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from evidence_store.entries import EntryBody
from evidence_store.errors import EvidenceError
from monitor.cases.judging import NEGATIVE_UP_TO
from monitor.closed_lists.states import Decision
from monitor.state import Transaction
from monitor.state.waiting import WaitingReview

GROUPS = {Decision.FILE.value: 0, Decision.NEEDS_PERSON.value: 1, Decision.DO_NOT_FILE.value: 2}

_MOST_ENTRIES = 100  # of the log; after more of them everything is asked for again
_WHOLE_AFTER = timedelta(minutes=10)
_PUT_OFF_AFTER = timedelta(minutes=1)  # what was put off comes back by itself, without an entry: soon enough
_OF_A_REVIEW = ("review.", "case.", "appeal.", "evidence.")
"""Entries that change nothing of what waits but what they name."""
_NOTHING = ("visit.", "session.", "incident.", "notify.", "watch.", "poll.failed")
"""Entries that change nothing of it at all; any other may have changed everything."""
_DECISIONS = ("review.left", "review.snoozed", "review.asked", "review.undone", "appeal.filing.")
"""Entries that neither bring a review nor open its case: how many are still to be judged stays as it was."""


@dataclass(frozen=True)
class Known:
    """What was read at one moment.

    Attributes:
        heads: How far each chain of the log had grown.
        rows: What waits, in the order of the list.
        unseen: How many new bad reviews have not been captured and judged yet.
        whole_at: When all of it was asked for; ``at``: when what was put off was looked at.
    """

    heads: Mapping[str, int]
    rows: list[WaitingReview]
    unseen: int
    whole_at: datetime
    at: datetime

    @property
    def stamp(self) -> str:
        """The heads as one word."""
        return stamp_of(self.heads)


class _Touched(NamedTuple):
    """What entries name: the reviews, and whether one may have brought a review or opened a case."""

    reviews: set[str]
    may_be_new: bool


class WaitingList:
    """Keeps what waits for each choice of accounts."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], Known] = {}
        self._lock = threading.Lock()

    def look(self, tx: Transaction, accounts: tuple[str, ...]) -> Known:
        """Returns what waits now."""
        with self._lock:
            kept = self._kept.get(accounts)
        heads, now = heads_of(tx), tx.now()
        is_old = kept is None or not timedelta(0) <= now - kept.whole_at < _WHOLE_AFTER
        if kept is None or is_old or (found := _go_on(tx, accounts, kept, heads, now)) is None:
            found = _ask_all(tx, accounts, heads, now)
        with self._lock:
            self._kept[accounts] = found
        return found


def heads_of(tx: Transaction) -> dict[str, int]:
    """Returns how far each chain of the log has grown."""
    return {head.chain: head.seq for head in tx.journal.heads().values()}


def stamp_of(heads: Mapping[str, int]) -> str:
    """Returns a word that changes whenever anything was written down. Pure."""
    return ".".join(map(str, heads.values())) or "0"


def _ask_all(tx: Transaction, accounts: tuple[str, ...], heads: Mapping[str, int], now: datetime) -> Known:
    rows = _sorted(tx.waiting.all(accounts, stars_up_to=NEGATIVE_UP_TO, now=now))
    return Known(heads, rows, tx.waiting.first_reviews(accounts, stars_up_to=NEGATIVE_UP_TO), now, now)


def _go_on(
    tx: Transaction, accounts: tuple[str, ...], kept: Known, heads: Mapping[str, int], now: datetime
) -> Known | None:
    """Returns what waits from what waited; None: what happened since names not everything that it may have changed."""
    touched = _touched(tx, kept.heads, heads)
    if touched is None:
        return None
    reviews, at = touched.reviews, kept.at
    if now - at >= _PUT_OFF_AFTER:
        reviews, at = reviews | tx.waiting.back_between(accounts, at, now), now
    rows, unseen = kept.rows, kept.unseen
    if reviews:
        again = tx.waiting.all(accounts, stars_up_to=NEGATIVE_UP_TO, now=now, only=reviews)
        rows = _sorted([*(one for one in rows if one.review_id not in reviews), *again])
    if touched.may_be_new:
        unseen = tx.waiting.first_reviews(accounts, stars_up_to=NEGATIVE_UP_TO)
    return Known(heads, rows, unseen, kept.whole_at, at)


def _touched(tx: Transaction, before: Mapping[str, int], heads: Mapping[str, int]) -> _Touched | None:
    """Returns what the entries since name; None where there are many, or one may have changed what it does not name."""
    grown = {chain: seq - before.get(chain, 0) for chain, seq in heads.items()}
    if before.keys() - heads.keys() or min(grown.values(), default=0) < 0 or sum(grown.values()) > _MOST_ENTRIES:
        return None
    try:
        bodies = [
            row.to_entry().read_body()
            for chain, count in grown.items()
            if count
            for row in tx.journal.rows(chain, after=before.get(chain, 0))
        ]
    except EvidenceError:
        return None
    found, may_be_new = set[str](), False
    for body in bodies:
        named = _named(body)
        if body is None or named is None:
            return None
        found |= named
        may_be_new |= not body.action.startswith((*_DECISIONS, *_NOTHING))
    return _Touched(found, may_be_new)


def _named(body: EntryBody | None) -> set[str] | None:
    """Returns the reviews that an entry tells of; None: it may tell of others. Pure."""
    if body is None:
        return None
    if body.action == "poll":  # each step of a review that was known has its own entry; these two have none
        return None if body.outputs.get("listed") or body.outputs.get("completed") else set()
    named = {one.id for one in body.subjects if one.kind == "review"} if body.action.startswith(_OF_A_REVIEW) else set()
    return named if named or body.action.startswith(_NOTHING) else None


def _sorted(rows: Iterable[WaitingReview]) -> list[WaitingReview]:
    """Puts them in the order of the list: by what the program says, the newest case first. Pure."""
    by_case = sorted(rows, key=lambda one: one.case_id)
    newest = sorted(by_case, key=lambda one: one.opened_at, reverse=True)
    return sorted(newest, key=lambda one: GROUPS.get(one.kind, len(GROUPS)))

"""Reminders of last days in court: messages a week and a day before, each once, until our paper is out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from evidence_store.digests import Digest
from evidence_store.store import ArtifactStore
from monitor.custody.kept_words import Kept
from monitor.state import State
from monitor.support.law.calendar import load_calendar
from monitor.support.law.court import CourtEntry, follow
from monitor.support.law.deadlines import Deadline
from monitor.support.law.fees import Court
from monitor.support.law.reminders import describe
from monitor.support.law.rules import load_law

EVENT = "court.last_day"
DAYS_BEFORE = (7, 1)
"""As many days before a last day as the alarms of the calendar file."""


@dataclass(frozen=True)
class LastDay:
    """A last day in court for which our paper is not out.

    Attributes:
        told: On what it rests, in words.
    """

    account: str
    review: str
    title: str
    deadline: Deadline
    told: str

    @property
    def key(self) -> str:
        """Tells it from every other last day."""
        return f"{EVENT}:{self.review}:{self.deadline.rule}:{self.deadline.last_day.isoformat()}"


def put_court_reminders(state: State, artifacts: ArtifactStore, accounts: Collection[str], *, today: date) -> None:
    """Puts a message for each last day that is near and for which no paper of ours was noted as filed.

    Args:
        state: The store.
        artifacts: The evidence store, where what a person noted lies.
        accounts: Whose.
        today: The day where the seller lives.
    """
    for account in accounts:
        open_ones = tuple(open_last_days(state, artifacts, account))
        if not open_ones:
            continue
        with state.transaction() as tx:
            known = {one.dedup_key for one in tx.outbox.all(account)}
            for one in open_ones:
                near = _nearest(one.deadline.last_day, today)
                key = f"{one.key}:{near}"
                if near is None or key in known:
                    continue
                last_day = one.deadline.last_day.isoformat()
                payload = {"review": one.review, "title": one.title, "last_day": last_day, "told": one.told}
                tx.outbox.put(account, EVENT, dict(payload), dedup_key=key)


def _nearest(last_day: date, today: date) -> int | None:
    """The latest reminder that is due; None where none is yet, or the day is over."""
    left = (last_day - today).days
    return min((days for days in DAYS_BEFORE if left <= days), default=None) if left >= 0 else None


def open_last_days(state: State, artifacts: ArtifactStore, account: str) -> Iterator[LastDay]:
    """Yields the last days of an account's cases in court for which no paper of ours went out, over ones too."""
    with state.read() as tx:
        rows = [row for row in tx.artifacts.of_moment(account, Kept.COURT) if not row.is_purged]
    by_review: dict[str, list[CourtEntry]] = {}
    for row in rows:
        entry = CourtEntry.model_validate_json(artifacts.read(Digest(algorithm="sha256", hex=row.sha256)))
        by_review.setdefault(row.review_id, []).append(entry)
    for review, entries in by_review.items():
        book, days = load_law(), load_calendar()
        for court in Court:
            for stage in follow(entries, court, book=book, days=days):
                if stage.filed_on is None:
                    for one in stage.deadlines:
                        rule = book.rule(one.rule)
                        yield LastDay(account, review, rule.title, one, describe(rule, one))

"""Incidents: told once when something stays wrong, reminded of, and closed when it is over.

One bad sign may be chance: an incident opens at its threshold. One good sign closes it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from monitor.closed_lists.incident_kinds import INCIDENTS, IncidentKind
from monitor.state import Action, Transaction
from monitor.state import subject as log_subject
from monitor.state.incidents import IncidentRecord
from monitor.state.text import JsonValue

REMIND_EVERY = timedelta(hours=24)


class IncidentStep(StrEnum):
    """What a sign makes of an incident."""

    COUNT = "count"
    OPEN = "open"
    REMIND = "remind"
    NOTHING = "nothing"


def judge_bad(known: IncidentRecord | None, *, threshold: int, now: datetime) -> IncidentStep:
    """Says what one more bad sign means. Pure."""
    if known is None:
        return IncidentStep.OPEN if threshold <= 1 else IncidentStep.COUNT
    if known.state == "pending":
        return IncidentStep.OPEN if known.strikes + 1 >= threshold else IncidentStep.COUNT
    last_word = known.reminded_at or known.opened_at or known.first_at
    return IncidentStep.REMIND if now - last_word >= REMIND_EVERY else IncidentStep.NOTHING


def report_bad(
    tx: Transaction, account_id: str, kind: IncidentKind, *, subject: str = "", detail: str = ""
) -> IncidentStep:
    """Stores a bad sign; opens or reminds of the incident where it is time, and puts that into the outbox."""
    known = tx.incidents.current(account_id, kind, subject)
    step = judge_bad(known, threshold=INCIDENTS[kind].threshold, now=tx.now())
    if known is None:
        tx.incidents.begin(account_id, kind, subject=subject, detail=detail, is_open=step is IncidentStep.OPEN)
    else:
        _count(tx, known, step, detail)
    if step in {IncidentStep.OPEN, IncidentStep.REMIND}:
        _tell(tx, account_id, kind, subject, what=step.value, detail=detail)
    return step


def report_good(
    tx: Transaction, account_id: str, kind: IncidentKind, *, subject: str = "", why: str = "it works again"
) -> bool:
    """Stores a good sign; closes the incident and tells it where people knew of it. Returns whether one was closed."""
    known = tx.incidents.current(account_id, kind, subject)
    if known is None:
        return False
    tx.incidents.change(known.id, state="closed", closed_at=tx.now(), closed_why=why)
    if known.state == "open":
        _tell(tx, account_id, kind, subject, what="close", detail=known.detail)
    return known.state == "open"


def _count(tx: Transaction, known: IncidentRecord, step: IncidentStep, detail: str) -> None:
    values: dict[str, datetime | str | int | None] = {
        "strikes": known.strikes + 1,
        "last_at": tx.now(),
        "detail": detail,
    }
    if step is IncidentStep.OPEN:
        values |= {"state": "open", "opened_at": tx.now()}
    if step is IncidentStep.REMIND:
        values["reminded_at"] = tx.now()
    tx.incidents.change(known.id, **values)


def _tell(tx: Transaction, account_id: str, kind: IncidentKind, about: str, *, what: str, detail: str) -> None:
    payload: dict[str, JsonValue] = {"kind": kind.value, "subject": about, "detail": detail, "step": what}
    tx.outbox.put(
        account_id,
        f"incident.{what}",
        payload,
        dedup_key=f"incident:{kind.value}:{about}:{what}:{tx.now().isoformat()}",
    )
    subjects = (log_subject("other", about),) if about else ()
    tx.journal.record(account_id, Action(f"incident.{what}", subjects=subjects, outputs=payload))

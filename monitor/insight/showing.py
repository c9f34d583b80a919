"""Who was shown what, and when: noted in the action log, and read back from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from evidence_store.errors import EvidenceError
from evidence_store.journal import Actor
from monitor.state.journal import Action
from monitor.state.transaction import Transaction

SHOWN = "insight.shown"


@dataclass(frozen=True, slots=True)
class Showing:
    """One time that something was shown.

    Attributes:
        what: ``digest:TEAM``, ``sheet:ASPECT`` or ``report``.
        to: To whom, in the seller's words.
        by: Who noted it.
    """

    what: str
    to: str
    by: str
    note: str
    at: datetime


def note_showing(tx: Transaction, account_id: str, *, what: str, to: str, note: str, actor: Actor) -> None:
    """Notes that something was shown to people."""
    tx.journal.record(account_id, Action(SHOWN, actor=actor, inputs={"what": what, "to": to, "note": note}))


def showings_of(tx: Transaction, account_id: str, what: str = "") -> list[Showing]:
    """Returns what was shown, the newest first; with ``what`` only of that."""
    return sorted(
        (one for one in _read(tx, account_id) if what in {"", one.what}), key=lambda one: one.at, reverse=True
    )


def _read(tx: Transaction, account_id: str) -> Iterator[Showing]:
    for row in tx.journal.of_action(SHOWN):
        try:
            body = row.to_entry().read_body()
        except EvidenceError:
            continue  # `log verify` names it
        if body is not None and body.account == account_id:
            said = {name: str(body.inputs.get(name, "")) for name in ("what", "to", "note")}
            yield Showing(**said, by=body.actor.name or body.actor.id, at=body.at)

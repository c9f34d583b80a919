"""What a visit left open whose processes are dead: settled at once, not when its lease runs out.

Only the machine that ran a visit can see it dead, so only its parent, or the next start beside its record, does this.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path

from monitor.appeals.answers import Answers
from monitor.appeals.ledger import Ledger
from monitor.appeals.machine import IN_FLIGHT
from monitor.config.home import Home
from monitor.engine.last_word import account_of
from monitor.engine.visit_registry import reap
from monitor.errors import StorageError
from monitor.language import gettext as _
from monitor.state import Action, State, Transaction, subject
from monitor.support.letters import abandon_letters

_SEIZED = timedelta(seconds=30)
_UNSETTLED = ".unsettled"  # an empty file beside the records of visits: a dead one that the store has not heard of yet


def clean_up(state: State, home: Home) -> list[str]:
    """Ends what visits of dead parents left behind and settles what they had under way; returns their ids.

    Until somebody has seen a visit's processes dead, nobody may take its form for closed.
    """
    notes = sorted(home.runs.glob(f"*{_UNSETTLED}")) if home.runs.is_dir() else []
    left = [note.name.removesuffix(_UNSETTLED) for note in notes]
    for visit_id in reap(home.runs):
        # Its record is gone by now: the note stands in for it until the store has taken it.
        notes.append(_note(home, visit_id))
        left.append(visit_id)
    for visit_id, note in zip(left, notes, strict=True):
        settle_dead_visit(state, visit_id, "its parent died")
        note.unlink(missing_ok=True)
    return left


def settle_or_note(state: State, home: Home, visit_id: str, why: str) -> str:
    """Settles what a visit left whose processes are dead; a store that cannot be written is left for the next command.

    Returns:
        Why it could not be settled; empty when it was.
    """
    try:
        settle_dead_visit(state, visit_id, why)
    except StorageError as error:
        with contextlib.suppress(OSError):  # a disk without room for an empty file: the lock's own time ends it
            _note(home, visit_id)
        return _("The store could not be written: {error}.").format(error=error)
    return ""


def tell_left(state: State, visit_id: str) -> tuple[str, ...]:
    """Says what a visit that was settled now had let go."""
    with state.read() as tx:
        return account_of(tx, visit_id).told


def _note(home: Home, visit_id: str) -> Path:
    home.runs.mkdir(mode=0o700, exist_ok=True)
    note = home.runs / f"{visit_id}{_UNSETTLED}"
    note.touch(mode=0o600)
    return note


def settle_dead_visit(state: State, visit_id: str, why: str) -> None:
    """Writes down that a visit was killed and moves what it had under way to UNKNOWN, under a newer fence.

    Call it only after the visit's processes were seen dead: its lock is taken from it. A visit that lost its lock to
    another one has nothing under way any more; one that was interrupted gives it back in the middle of things.
    """
    asked_at = state.clock.boottime()
    with state.transaction() as tx:
        tx.visits.finish(visit_id, "killed", detail=why)
        seizer = f"{visit_id}/parent"
        held = next((lock.account_id for lock in tx.locks.held() if lock.owner in {visit_id, seizer}), None)
        account_id = held or _left_by(tx, visit_id)
        if account_id is None:
            return
        lease = tx.locks.seize(account_id, seizer, _SEIZED, boottime=asked_at)
        action = Action(
            "visit.killed", subjects=[subject("visit", visit_id)], outputs={"message": why}, fence=lease.fence
        )
        tx.journal.record(account_id, action)
    Ledger(state).abandon(lease, "the visit was killed")
    Answers(state).abandon(lease)
    abandon_letters(state, lease)
    state.release(lease)
    state.flush_mirror()


def _left_by(tx: Transaction, visit_id: str) -> str | None:
    """Returns the account of a visit that gave its lock back with a filing under way, while nobody took it since."""
    visit = tx.visits.get(visit_id)
    lock = None if visit is None or visit.fence is None else tx.locks.get(visit.account_id)
    if lock is None or visit is None or lock.owner is not None or lock.fence != visit.fence:
        return None
    under_way = tx.appeals.of_account(visit.account_id, states=IN_FLIGHT, only_open=True)
    return visit.account_id if any(appeal.fence == visit.fence for appeal in under_way) else None

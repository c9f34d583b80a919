"""Reminders at the time that somebody promised: put among the messages, each once, while the promise is still open."""

from __future__ import annotations

from collections.abc import Collection

from monitor.closed_lists.contact_kinds import Turn
from monitor.state import State
from monitor.support.dialogue import Dialogue
from monitor.support.standing import dialogue_of

EVENT = "contact.due"


def put_due_reminders(state: State, accounts: Collection[str]) -> None:
    """Puts a message for each contact whose named time has come: an open promise, or the last word where it is ours.

    A promise that the platform answered in the same thread, or that was struck out, is not reminded of.

    Args:
        state: The store.
        accounts: Whose.
    """
    with state.read() as tx:
        known = {(account, one.dedup_key) for account in accounts for one in tx.outbox.all(account)}
        due = [
            one
            for one in tx.contacts.with_clock(accounts, until=tx.now())
            if (one.account_id, _key(one.id)) not in known
        ]
    if not due:
        return
    with state.transaction() as tx:
        for one in due:
            case = tx.cases.get(one.case_id)
            if case is not None and one.id in _open_clocks(dialogue_of(tx, case)):
                payload = {"contact": one.id, "review": one.review_id, "turn": one.turn.value}
                tx.outbox.put(one.account_id, EVENT, payload, dedup_key=_key(one.id))


def _open_clocks(dialogue: Dialogue) -> set[str]:
    """Returns the contacts whose named time still counts for somebody."""
    last = {thread.contacts[-1].id for thread in dialogue.threads if thread.turn is not Turn.NOBODY}
    return last | {one.id for one in dialogue.promises}


def _key(contact_id: str) -> str:
    return f"{EVENT}:{contact_id}"

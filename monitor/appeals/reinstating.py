"""The outcome follows the page: a removed review that is shown again opens its appeal anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from monitor.appeals.machine import Outcome, Track
from monitor.appeals.steps import StepContext, load, write_down
from monitor.state import Transaction
from monitor.state.appeals import AppealRecord


def reinstate(
    tx: Transaction, account_id: str, shown: Collection[str], *, read_at: datetime, fence: int | None
) -> list[AppealRecord]:
    """Reopens the appeals whose review counted as removed and stands on the public page again.

    One reading that shows it is proof enough. The appeal is followed again, unless a later one is open already.

    Args:
        tx: A transaction under the account's lease.
        account_id: The account.
        shown: Ids of the reviews that a reading showed.
        read_at: When it was read.
        fence: The lease's fence, for the log.

    Returns:
        The appeals as they are now.
    """
    found = []
    for appeal in tx.appeals.of_account(account_id, outcome=Outcome.REMOVED.value):
        if appeal.review_id not in shown:
            continue
        later = tx.appeals.generations(appeal.identity, appeal.review_id)
        reopens = {} if any(one.is_open for one in later) else {"closed_at": None, "closed_why": ""}
        tx.appeals.change(appeal, outcome=Outcome.REINSTATED.value, **reopens)
        fresh = load(tx, appeal.id)
        why = StepContext(fence=fence, facts={"read_at": read_at.isoformat()})
        write_down(tx, fresh, Track.OUTCOME, (Outcome.REMOVED.value, Outcome.REINSTATED.value), why)
        found.append(fresh)
    return found

"""What an account's stored state asks for; a lost, doubled or killed visit is harmless."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.appeals.conditions import is_ripe
from monitor.appeals.machine import IN_FLIGHT, NOT_SENT, TO_RECONCILE, AppealState
from monitor.state import Transaction
from monitor.state.accounts import AccountRecord


@dataclass(frozen=True)
class Work:
    """Which kinds of work the appeals of an account ask for.

    Attributes:
        is_approved: A person has approved one that is not filed yet, and had time to change their mind.
        is_open: One was sent and is not over, or a restored store has to be reconciled.
        is_unclear: One went out and its outcome is not proven: the site is asked at every visit.
    """

    is_approved: bool
    is_open: bool
    is_unclear: bool


def find_work(tx: Transaction, account_id: str) -> Work:
    """Looks at the stored appeals of an account."""
    appeals = tx.appeals.of_account(account_id, only_open=True)
    states = {appeal.state for appeal in appeals}
    account = tx.accounts.get(account_id)
    is_restored = account is not None and account.must_reconcile_since is not None
    return Work(
        is_approved=any(appeal.state == AppealState.APPROVED and is_ripe(tx, appeal) for appeal in appeals),
        is_open=bool(states - NOT_SENT) or is_restored,
        is_unclear=bool(states & (IN_FLIGHT | TO_RECONCILE)),
    )


def is_account_free(account: AccountRecord, now: datetime) -> bool:
    """Whether anything may be done for the account: it is in use and no wall stands before it. Pure."""
    if account.disabled_at is not None:
        return False
    return account.stopped_at is None or (account.stopped_until is not None and account.stopped_until <= now)

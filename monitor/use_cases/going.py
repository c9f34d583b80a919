"""Why what was approved has not gone out yet: one sentence an account, about the appeal that would go first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from monitor.appeals.conditions import find_refusal
from monitor.appeals.terms import ChannelTerms
from monitor.state import State
from monitor.state.appeals import AppealRecord
from monitor.use_cases.models import Value

_MOST = 60


class Waiting(Value):
    """What an account's approved appeals wait for.

    Attributes:
        count: How many; at most 60 are looked at.
        from_: When the first one's time to be taken back is over; None: it is.
        why: What keeps that one even then, in the program's words; empty: nothing.
    """

    account: str
    count: int
    from_: AwareDatetime | None
    why: str


def find_waits(
    state: State, accounts: Sequence[str], terms: Callable[[AppealRecord], ChannelTerms], *, zone: str
) -> tuple[Waiting, ...]:
    """Says of each account with approved appeals what the first of them waits for; nothing is changed.

    Args:
        state: The store.
        accounts: Whose.
        terms: The terms of the way that an appeal takes.
        zone: In which zone moments are told.
    """
    found = []
    with state.read() as tx:
        for account in accounts:
            approved = tx.appeal_pages.approved([account], limit=_MOST)
            approvals = tx.approvals.standing([one.id for one in approved])
            moments = {name: one.send_from for name, one in approvals.items() if one.send_from is not None}
            if not approved:
                continue
            first = min(approved, key=lambda one: (moments.get(one.id, one.updated_at), one.id))
            refusal, moment = find_refusal(tx, first, terms(first)), moments.get(first.id)
            found.append(
                Waiting(
                    account=account,
                    count=len(approved),
                    from_=moment.astimezone(ZoneInfo(zone)) if moment and moment > tx.now() else None,
                    why=f"{refusal}. {refusal.hint}".strip() if refusal else "",
                )
            )
    return tuple(found)

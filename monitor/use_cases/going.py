"""Why what was approved has not gone out yet, and when the schedule sends it at the earliest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from monitor.appeals.caps import DAY
from monitor.appeals.conditions import find_refusal
from monitor.appeals.forecast import forecast
from monitor.appeals.terms import ChannelTerms
from monitor.closed_lists.states import AppealState
from monitor.state import State
from monitor.state.appeals import AppealRecord
from monitor.use_cases.models import Value

_MOST = 60


class Waiting(Value):
    """What an account's approved appeals wait for.

    Attributes:
        count: How many; at most 60 are looked at.
        from_: When the first one goes out at the earliest; None: with the next visit.
        told: How many go out today and how many later, by what the schedule and the cap of a day allow.
        why: What keeps that one even then, in the program's words; empty: nothing.
    """

    account: str
    count: int
    from_: AwareDatetime | None
    told: str
    why: str


def plan_sending(
    state: State, slots: Mapping[str, Iterator[datetime]], terms: Callable[[AppealRecord], ChannelTerms]
) -> dict[str, datetime]:
    """Returns when the schedule sends each approved appeal at the earliest; nothing is changed.

    Args:
        state: The store.
        slots: The moments at which each account's schedule sends; accounts that nobody visits are not in it.
        terms: The terms of the way that an appeal takes.
    """
    found: dict[str, datetime] = {}
    with state.read() as tx:
        now = tx.now()
        for account, moments in slots.items():
            wanted = [AppealState.APPROVED.value]
            approved = tx.appeals.of_account(account, states=wanted, only_open=True, limit=_MOST)
            if not approved:
                continue
            approvals = tx.approvals.standing([one.id for one in approved])
            ripe = {one.id: (approvals[one.id].send_from or now) for one in approved if one.id in approvals}
            same = tx.appeals.accounts_as(approved[0].identity, account)
            gestures = tx.appeals.gestures_at(same, now - DAY, now=now)
            found |= forecast(ripe, moments, gestures=gestures, terms=terms(approved[0]))
    return found


def find_waits(
    state: State,
    accounts: Sequence[str],
    terms: Callable[[AppealRecord], ChannelTerms],
    *,
    planned: Mapping[str, datetime],
    zone: str,
) -> tuple[Waiting, ...]:
    """Says of each account with approved appeals what the first of them waits for; nothing is changed.

    Args:
        state: The store.
        accounts: Whose.
        terms: The terms of the way that an appeal takes.
        planned: When each goes out at the earliest, where its account is visited.
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
            refusal, local = find_refusal(tx, first, terms(first)), ZoneInfo(zone)
            going = sorted(planned[one.id].astimezone(local) for one in approved if one.id in planned)
            moment = going[0] if going else moments.get(first.id)
            found.append(
                Waiting(
                    account=account,
                    count=len(approved),
                    from_=moment.astimezone(local) if moment and moment > tx.now() else None,
                    told=_tell(going, len(approved), terms(first).daily_cap, tx.now().astimezone(local)),
                    why=f"{refusal}. {refusal.hint}".strip() if refusal else "",
                )
            )
    return tuple(found)


def _tell(going: Sequence[datetime], count: int, cap: int, now: datetime) -> str:
    """Says how many of an account's appeals go out today; ``going``: their earliest moments, in order. Pure."""
    if not going or count < 2:
        return ""
    later = [one for one in going if one.date() > now.date()]
    today = len(going) - len(later)
    if today == count:
        return f"Последнее — не раньше {going[-1]:%H:%M}."
    rest = "позже"
    if later:
        rest = "завтра" if later[0].date() == now.date() + timedelta(days=1) else f"{later[0]:%d.%m}"
    head = f"Сегодня уйдут не больше {today}, ещё {count - today} — не раньше: {rest}." if today else ""
    return f"{head} За сутки с аккаунта уходит не больше {cap}.".strip()

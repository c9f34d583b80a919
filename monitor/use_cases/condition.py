"""How an installation stands: what is read, which sessions hold, what stays wrong, and what people were not told."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from monitor.incident_kinds import INCIDENTS
from monitor.plain_text import show
from monitor.state import State
from monitor.use_cases.models import Value
from monitor.words import Tone

_SESSIONS = {
    "live": ("Действует", Tone.GOOD),
    "expired": ("Истекла", Tone.WAIT),
    "walled": ("Проверка", Tone.BAD),
    "none": ("Нужен вход", Tone.WAIT),
}


class ProductShown(Value):
    """A watched product: when it was last read to its end, how many of its reviews the site shows."""

    account: str
    sku: str
    title: str
    read_at: AwareDatetime | None
    shown: int | None
    total: int | None


class SessionShown(Value):
    """A sign-in of an account."""

    account: str
    identity: str
    word: str
    tone: Tone
    witness: str
    proven_at: AwareDatetime | None


class IncidentShown(Value):
    """Something that stays wrong, and what to do."""

    account: str
    title: str
    about: str
    detail: str
    next_step: str
    since: AwareDatetime


class AccountShown(Value):
    """An account; ``stopped``: why its work stands still, empty: it goes on."""

    name: str
    site: str
    stopped: str
    must_reconcile: bool
    sent_in_day: int


class Condition(Value):
    """All of it."""

    accounts: tuple[AccountShown, ...]
    sessions: tuple[SessionShown, ...]
    products: tuple[ProductShown, ...]
    incidents: tuple[IncidentShown, ...]


def show_condition(state: State, accounts: Sequence[str], *, zone: str) -> Condition:
    """Returns how these accounts stand; moments in ``zone`` (IANA name)."""
    local = ZoneInfo(zone)
    shown: list[AccountShown] = []
    sessions: list[SessionShown] = []
    products: list[ProductShown] = []
    incidents: list[IncidentShown] = []
    with state.read() as tx:
        day_ago = tx.now().astimezone(local).replace(hour=0, minute=0, second=0, microsecond=0)
        for name in accounts:
            record = tx.accounts.get(name)
            if record is None:
                continue
            shown.append(
                AccountShown(
                    name=name,
                    site=record.site,
                    stopped=show(record.stopped_why, one_line=True) if record.stopped_at else "",
                    must_reconcile=record.must_reconcile_since is not None,
                    sent_in_day=tx.appeals.gestures_since(name, day_ago),
                )
            )
            for one in tx.sessions.of(name):
                word, tone = _SESSIONS.get(one.state, _SESSIONS["none"])
                proven = one.proven_at.astimezone(local) if one.proven_at else None
                sessions.append(
                    SessionShown(
                        account=name, identity=one.identity, word=word, tone=tone, witness=one.witness, proven_at=proven
                    )
                )
            products += [
                ProductShown(
                    account=name,
                    sku=one.sku,
                    title=show(one.title, one_line=True, limit=100),
                    read_at=one.last_complete_at.astimezone(local) if one.last_complete_at else None,
                    shown=one.reviews_shown,
                    total=one.reviews_total,
                )
                for one in tx.products.watched(name)
            ]
            incidents += [
                IncidentShown(
                    account=name,
                    title=INCIDENTS[one.kind].title,
                    about=show(one.subject, one_line=True, limit=80),
                    detail=show(one.detail, one_line=True, limit=300),
                    next_step=INCIDENTS[one.kind].next_step,
                    since=one.first_at.astimezone(local),
                )
                for one in tx.incidents.unclosed(name)
            ]
    return Condition(
        accounts=tuple(shown), sessions=tuple(sessions), products=tuple(products), incidents=tuple(incidents)
    )

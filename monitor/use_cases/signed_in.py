"""How long sign-ins held: the one of now, those before it, and how long the next one is likely to."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from monitor.state import State
from monitor.state.journal import JournalRow
from monitor.use_cases.models import Value

LOOKED_THROUGH = 3_000
"""Entries about sign-ins that are looked at, the newest ones: each visit leaves one."""
FEWEST = 2
"""Ended sign-ins below which nothing is forecast."""
MOST_SHOWN = 5
_ACTIONS = ("session.proven", "session.lost")
_RESTORED = "restored"


class Stretch(Value):
    """A sign-in of one identity: how, from when on, and until when it was seen to hold; ``is_over``: it ended."""

    way: str
    since: AwareDatetime
    until: AwareDatetime
    is_over: bool

    @property
    def length(self) -> timedelta:
        """How long it held for certain."""
        return self.until - self.since


class Held(Value):
    """The sign-ins of one identity.

    Attributes:
        now: The one that holds; None where none does.
        is_cut: The beginning of ``now`` lies before what was looked through.
        before: The ended ones, the newest first.
        usual: The median length of the ended ones; None: too few of them are known.
    """

    now: Stretch | None
    is_cut: bool
    before: tuple[Stretch, ...]
    usual: timedelta | None

    @property
    def until(self) -> AwareDatetime | None:
        """When the one of now would end, were it as long as usual; None where nothing can be said."""
        return self.now.since + self.usual if self.now and self.usual and not self.is_cut else None


@dataclass(frozen=True)
class _Seen:
    at: datetime
    identity: str
    way: str  # empty: it was found to be over


def show_held(state: State, account: str, *, zone: str) -> Mapping[str, Held]:
    """Returns the sign-ins of an account by identity, as the action log tells them; moments in ``zone`` (IANA name)."""
    local = ZoneInfo(zone)
    with state.read() as tx:
        rows = tx.journal.latest_about(account, account, _ACTIONS, limit=LOOKED_THROUGH)
    seen = [found for row in rows if (found := _read(row, local)) is not None]
    identities = dict.fromkeys(one.identity for one in seen)
    return {name: held_of([one for one in seen if one.identity == name]) for name in identities}


def held_of(seen: Iterable[_Seen]) -> Held:
    """Puts what was seen of one identity together, the first one first."""
    stretches: list[Stretch] = []
    is_cut = False
    for one in seen:
        last = stretches[-1] if stretches and not stretches[-1].is_over else None
        if last is not None and one.way != _RESTORED:  # found over, or signed in anew
            stretches[-1] = last.model_copy(update={"is_over": True})
            last = None
        if not one.way:
            continue
        if last is not None:
            stretches[-1] = last.model_copy(update={"until": one.at})
        else:
            is_cut = is_cut or (one.way == _RESTORED and not stretches)
            stretches.append(Stretch(way=one.way, since=one.at, until=one.at, is_over=False))
    now = stretches[-1] if stretches and not stretches[-1].is_over else None
    ended = [one for one in stretches if one.is_over]
    known = [one.length for one in (ended[1:] if is_cut else ended)]
    usual = timedelta(seconds=statistics.median(one.total_seconds() for one in known)) if len(known) >= FEWEST else None
    before = tuple(reversed(ended))[:MOST_SHOWN]
    return Held(now=now, is_cut=is_cut and not ended, before=before, usual=usual)


def _read(row: JournalRow, local: ZoneInfo) -> _Seen | None:
    if row.body is None:  # purged
        return None
    told = json.loads(row.body)["outputs"]
    identity, way = str(told.get("identity", "")), str(told.get("way", "")) or _RESTORED
    return _Seen(row.written_at.astimezone(local), identity, way if row.action == "session.proven" else "")

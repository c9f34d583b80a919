"""When a schedule sends what is approved, at the earliest: its slots, the distance, the cap of a day. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.appeals.caps import DAY
from monitor.appeals.terms import ChannelTerms

_FAR = timedelta(days=14)


def forecast(
    ripe: Mapping[str, datetime],
    slots: Iterator[datetime],
    *,
    gestures: Sequence[datetime],
    terms: ChannelTerms,
) -> dict[str, datetime]:
    """Returns the earliest moment of each appeal; what is further off than two weeks is left out.

    Args:
        ripe: From when on each may go out, by appeal, in the order in which a visit takes them.
        slots: The moments at which the schedule sends, each later than the one before, without an end.
        gestures: When the same sender filed lately.
        terms: The account's limits.
    """
    waiting, made, found = dict(ripe), list(gestures), dict[str, datetime]()
    begun: datetime | None = None
    for slot in slots:
        begun = begun or slot
        if not waiting or slot > begun + _FAR:
            break
        for name in [one for one, moment in waiting.items() if moment <= slot]:
            is_full = sum(one >= slot - DAY for one in made) >= terms.daily_cap
            if is_full or (made and max(made) + terms.pace > slot):
                break
            made.append(slot)
            found[name] = slot
            del waiting[name]
    return found

"""Products over time: how many reviews a week came, and with how many stars."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.state import State
from monitor.use_cases.models import Value

WEEKS = 26


class Week(Value):
    """The reviews that were published in a week, from Monday; ``stars``: their mean, None where there are none."""

    monday: date
    reviews: int
    stars: float | None


def weeks_of(state: State, account: str, sku: str, *, zone: str) -> tuple[Week, ...]:
    """Returns the last half year of a product, the oldest week first; reviews whose day is not known are left out."""
    local = ZoneInfo(zone)
    with state.read() as tx:
        today = tx.now().astimezone(local).date()
        first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
        mondays = [first + timedelta(weeks=at) for at in range(WEEKS + 1)]
        bounds = [datetime.combine(one, time(), local).astimezone(UTC) for one in mondays]
        found = tx.review_stream.published_between(account, sku, bounds)
    weeks = []
    for at, monday in enumerate(mondays[:-1]):
        count, stars = found.get(at, (0, 0))
        weeks.append(Week(monday=monday, reviews=count, stars=round(stars / count, 2) if count else None))
    return tuple(weeks)

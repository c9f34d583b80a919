"""Sums of what reviews complain of, kept with each review that is read: a million are shown without being counted.

By product, variant, day and stars; months and weeks are sums of days. What a seller's list says does not count in the
rating stands in the sums and is taken out when they are asked for, since a list may say so at any time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from operator import attrgetter

from monitor.insight.counting import EXAMPLES, LOW, UNDATED, AspectCount, Group, GroupCount, Tally, days_of, period_of
from monitor.insight.shares import Count
from monitor.state.told_aspects import Telling
from monitor.state.told_sums import AspectSum, GroupSum
from monitor.state.transaction import Transaction

_NAME_OF: dict[str, Callable[[Telling], str]] = {
    "product": attrgetter("product"),
    "variant": attrgetter("variant"),
    "day": attrgetter("day"),
    "stars": lambda telling: str(telling.stars or UNDATED),
}
"""The kinds of groups, and how a review's one is called."""
_KEPT_EXAMPLES = 2 * EXAMPLES
"""More than are shown: one that was edited is taken out, and the next stands there already."""

_Newest = list[tuple[str, str]]


class Sums:
    """Changes of sums, gathered over many reviews and written at once."""

    def __init__(self) -> None:
        self._added: list[Telling] = []
        self._taken: list[Telling] = []

    def add(self, telling: Telling) -> None:
        """Adds what a review tells."""
        self._added.append(telling)

    def take(self, telling: Telling) -> None:
        """Takes out what a review told before."""
        self._taken.append(telling)

    def write(self, tx: Transaction, account_id: str) -> None:
        """Adds the changes to the sums that are kept."""
        without = {one.review_id for one in self._taken}
        self._added.sort(key=lambda one: (one.day, one.review_id), reverse=True)
        for kind in _NAME_OF:
            change = _Change(kind)
            change.count(self._added, 1)
            change.count(self._taken, -1)
            change.find_newest(self._added)
            groups = {one.name: one for one in tx.told_sums.groups(account_id, kind, change.groups)}
            aspects = {(one.name, one.aspect): one for one in tx.told_sums.aspects(account_id, kind, change.groups)}
            tx.told_sums.put(
                account_id,
                [change.group(name, groups.get(name)) for name in change.groups],
                [change.aspect(key, aspects.get(key), without) for key in change.aspects],
            )


class _Change:
    """What changes in the groups of one kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.groups: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        self.aspects: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self._newest: dict[tuple[str, str], _Newest] = defaultdict(list)

    def count(self, tellings: Iterable[Telling], sign: int) -> None:
        """Counts reviews in or out; those that tell the same are counted together."""
        name_of = _NAME_OF[self.kind]
        alike = Counter((name_of(one), one.complaints, one.praises, _is_low(one)) for one in tellings)
        for (name, complaints, praises, is_low), number in alike.items():
            more, group = sign * number, self.groups[name]
            group[0] += more
            group[1] += more * is_low
            group[2] += more * (is_low and not complaints)
            for code in complaints.split():
                self.aspects[name, code][0] += more
            for code in praises.split():
                self.aspects[name, code][1] += more

    def find_newest(self, tellings: Iterable[Telling]) -> None:
        """Keeps the first complaints of each aspect; the newest come first."""
        name_of, newest = _NAME_OF[self.kind], self._newest
        for one in tellings:
            if one.complaints:
                name = name_of(one)
                for code in one.complaints.split():
                    entries = newest[name, code]
                    if len(entries) < _KEPT_EXAMPLES:
                        entries.append((one.day, one.review_id))

    def group(self, name: str, kept: GroupSum | None) -> GroupSum:
        """A group as it is to be kept."""
        total, low, silent = self.groups[name]
        if kept is None:
            return GroupSum(self.kind, name, total, low, silent)
        return GroupSum(self.kind, name, kept.total + total, kept.low + low, kept.silent + silent)

    def aspect(self, key: tuple[str, str], kept: AspectSum | None, without: set[str]) -> AspectSum:
        """An aspect of a group as it is to be kept; its examples without reviews that were read anew."""
        complaints, praises = self.aspects[key]
        newest = self._newest.get(key, [])
        if kept is None:
            return AspectSum(self.kind, *key, complaints, praises, _told(newest))
        older = [entry for entry in _entries(kept.newest) if entry[1] not in without]
        both = _told(_first([*older, *newest]))
        return AspectSum(self.kind, *key, kept.complaints + complaints, kept.praises + praises, both)


def tally_of_sums(tx: Transaction, account_id: str, by: Group) -> Tally:
    """What ``count`` would find among all reviews of an account that were read, without reading a single one."""
    kind = "day" if by in {Group.MONTH, Group.WEEK} else by.value
    tally = Tally()
    for one in tx.told_sums.groups(account_id, kind):
        group = tally.groups.setdefault(_shown(one.name, by), GroupCount())
        group.total += one.total
        group.low += one.low
        tally.silent += one.silent
    newest: dict[tuple[str, str], _Newest] = defaultdict(list)
    for row in tx.told_sums.aspects(account_id, kind):
        name = _shown(row.name, by)
        found = tally.groups[name].aspects.setdefault(row.aspect, AspectCount())
        found.complaints += row.complaints
        found.praises += row.praises
        newest[name, row.aspect] += _entries(row.newest)
    uncounted = tx.told_aspects.uncounted(account_id)
    for telling in uncounted:
        _take_out(tally, telling, by, kind)
    without = {one.review_id for one in uncounted}
    for (name, code), entries in newest.items():
        found = tally.groups[name].aspects[code]
        chosen = _first([entry for entry in entries if entry[1] not in without])[:EXAMPLES]
        if len(chosen) < min(EXAMPLES, found.complaints):
            group_of = _where(name, by)
            asked = tx.told_aspects.newest_of(account_id, code, limit=EXAMPLES + len(without), **group_of)
            chosen = [(one.day, one.review_id) for one in asked if one.review_id not in without][:EXAMPLES]
        found.newest = [(date.fromisoformat(day) if day else date.min, review_id) for day, review_id in chosen]
    tally.groups = {name: _without_nothing(group) for name, group in tally.groups.items() if group.total}
    return tally


def low_by_day(tx: Transaction, account_id: str, since: date) -> dict[date, Count]:
    """Reviews of at most three stars, of all that were read, by day from one on."""
    first = since.isoformat()
    found = {one.name: (one.low, one.total) for one in tx.told_sums.groups(account_id, "day") if one.name >= first}
    for telling in tx.told_aspects.uncounted(account_id):
        if telling.day in found:
            low, total = found[telling.day]
            found[telling.day] = (low - _is_low(telling), total - 1)
    return {date.fromisoformat(day): Count(low, total) for day, (low, total) in found.items()}


def _take_out(tally: Tally, telling: Telling, by: Group, kind: str) -> None:
    group = tally.groups[_shown(_NAME_OF[kind](telling), by)]
    is_low = _is_low(telling)
    group.total -= 1
    group.low -= is_low
    tally.silent -= is_low and not telling.complaints
    for code in telling.complaints.split():
        group.aspects[code].complaints -= 1
    for code in telling.praises.split():
        group.aspects[code].praises -= 1


def _where(name: str, by: Group) -> dict[str, str | int | tuple[str, str] | None]:
    """Where the readings of a group lie, for the rare case that too few of the examples kept with it still stand."""
    if by is Group.STARS:
        return {"stars": None if name == UNDATED else int(name)}
    if (days := days_of(name, by)) is not None:
        return {"day": (days[0].isoformat(), days[1].isoformat())}
    if by in {Group.MONTH, Group.WEEK}:
        return {"day": ""}
    return {by.value: name}


def _without_nothing(group: GroupCount) -> GroupCount:
    group.aspects = {code: one for code, one in group.aspects.items() if one.complaints or one.praises}
    return group


def _is_low(telling: Telling) -> bool:
    return telling.stars is not None and telling.stars <= LOW


def _shown(name: str, by: Group) -> str:
    return _period(name, by) if by in {Group.MONTH, Group.WEEK} else name


@lru_cache(maxsize=10_000)
def _period(day: str, by: Group) -> str:
    return period_of(date.fromisoformat(day) if day else None, by)


def _first(entries: Iterable[tuple[str, str]]) -> _Newest:
    return sorted(set(entries), reverse=True)[:_KEPT_EXAMPLES]


def _told(entries: _Newest) -> str:
    return "\n".join(f"{day}/{review_id}" for day, review_id in entries)


def _entries(told: str) -> _Newest:
    found = (entry.partition("/") for entry in told.split("\n") if entry)
    return [(day, review_id) for day, _, review_id in found]

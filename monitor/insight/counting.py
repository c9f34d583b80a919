"""Counts what reviews complain of, in groups: product, variant, period or stars. Pure, in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from heapq import heappush, heappushpop
from typing import NamedTuple

from monitor.insight.aspects import Lexicon, Told
from monitor.insight.shares import Count

EXAMPLES = 3
LOW = 3
"""A review of at most so many stars is a bad one."""
UNDATED = "?"


class Group(StrEnum):
    """By what reviews are put together."""

    PRODUCT = "product"
    VARIANT = "variant"
    MONTH = "month"
    WEEK = "week"
    STARS = "stars"


class ReviewRow(NamedTuple):
    """What is counted of a review.

    Attributes:
        day: When it was published; None where that is not known.
        told: What it tells, where it was read before; ``text`` may be empty then.
    """

    review_id: str
    product: str
    variant: str
    rating: int | None
    day: date | None
    text: str
    told: Told | None = None


@dataclass(slots=True)
class AspectCount:
    """Of one aspect in one group: so many complaints and praises, and the newest complaints as examples."""

    complaints: int = 0
    praises: int = 0
    newest: list[tuple[date, str]] = field(default_factory=list)

    @property
    def examples(self) -> list[str]:
        """Ids of reviews that complain of it, the newest first."""
        return [review_id for _, review_id in sorted(self.newest, reverse=True)]

    def add_complaint(self, row: ReviewRow) -> None:
        """Counts a complaint."""
        self.complaints += 1
        entry = (row.day or date.min, row.review_id)
        if len(self.newest) < EXAMPLES:
            heappush(self.newest, entry)
        else:
            heappushpop(self.newest, entry)


@dataclass(slots=True)
class GroupCount:
    """One group: its reviews, those of at most three stars, and what they speak of."""

    total: int = 0
    low: int = 0
    aspects: dict[str, AspectCount] = field(default_factory=dict)

    def share(self, aspect: str) -> Count:
        """The share of its reviews that complain of an aspect."""
        found = self.aspects.get(aspect)
        return Count(found.complaints if found else 0, self.total)


@dataclass
class Tally:
    """What was counted.

    Attributes:
        groups: By the group's name.
        silent: How many reviews of at most three stars speak of no aspect.
    """

    groups: dict[str, GroupCount] = field(default_factory=dict)
    silent: int = 0

    @property
    def total(self) -> int:
        """All reviews."""
        return sum(group.total for group in self.groups.values())


def count(rows: Iterable[ReviewRow], lexicon: Lexicon, by: Group) -> Tally:
    """Counts reviews in groups."""
    tally = Tally()
    for row in rows:
        name = name_of(row, by)
        group = tally.groups.get(name)
        if group is None:
            group = tally.groups[name] = GroupCount()
        group.total += 1
        is_low = row.rating is not None and row.rating <= LOW
        group.low += is_low
        told = row.told or lexicon.read(row.text, row.rating)
        if is_low and not told.complaints:
            tally.silent += 1
        aspects = group.aspects
        for code in told.complaints:
            aspects.setdefault(code, AspectCount()).add_complaint(row)
        for code in told.praises:
            aspects.setdefault(code, AspectCount()).praises += 1
    return tally


def joined(tallies: Iterable[Tally]) -> Tally:
    """Several accounts' counts as one; groups of the same name are one group."""
    whole = Tally()
    for tally in tallies:
        whole.silent += tally.silent
        for name, group in tally.groups.items():
            known = whole.groups.setdefault(name, GroupCount())
            known.total, known.low = known.total + group.total, known.low + group.low
            for code, found in group.aspects.items():
                one = known.aspects.setdefault(code, AspectCount())
                one.complaints, one.praises = one.complaints + found.complaints, one.praises + found.praises
                one.newest = sorted([*one.newest, *found.newest], reverse=True)[:EXAMPLES]
    return whole


def name_of(row: ReviewRow, by: Group) -> str:
    """The group a review belongs to."""
    if by is Group.PRODUCT:
        return row.product
    if by is Group.VARIANT:
        return row.variant or row.product
    if by is Group.STARS:
        return str(row.rating or UNDATED)
    return period_of(row.day, by)


def period_of(day: date | None, by: Group) -> str:
    """The month or week of a day."""
    if day is None:
        return UNDATED
    if by is Group.MONTH:
        return f"{day:%Y-%m}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def days_of(name: str, by: Group) -> tuple[date, date] | None:
    """The first and last day of a group of a month or a week; None for any other group."""
    if name == UNDATED or by not in {Group.MONTH, Group.WEEK}:
        return None
    if by is Group.WEEK:
        year, week = name.split("-W")
        return date.fromisocalendar(int(year), int(week), 1), date.fromisocalendar(int(year), int(week), 7)
    first = date.fromisoformat(f"{name}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@dataclass
class Periods:
    """Reviews of two neighbouring periods, counted by product and complaint.

    Attributes:
        before, after: Reviews by product.
        rated_before, rated_after: How many of them have stars, and ``stars_…`` the sum of these.
        cells: Complaints by product and aspect.
        words: In how many low reviews without a complaint each form of a word stands, before and after.
        silent_before, silent_after: How many such reviews' words were counted.
    """

    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    low_before: Counter[str] = field(default_factory=Counter)
    low_after: Counter[str] = field(default_factory=Counter)
    rated_before: Counter[str] = field(default_factory=Counter)
    rated_after: Counter[str] = field(default_factory=Counter)
    stars_before: Counter[str] = field(default_factory=Counter)
    stars_after: Counter[str] = field(default_factory=Counter)
    complaints_before: Counter[tuple[str, str]] = field(default_factory=Counter)
    complaints_after: Counter[tuple[str, str]] = field(default_factory=Counter)
    words_before: Counter[str] = field(default_factory=Counter)
    words_after: Counter[str] = field(default_factory=Counter)
    silent_before: int = 0
    silent_after: int = 0

    def cells(self, aspects: Iterable[str]) -> dict[tuple[str, str], tuple[Count, Count]]:
        """Counts of every product and aspect on both sides; products without reviews on one side are left out."""
        return {
            (product, aspect): (
                Count(self.complaints_before[product, aspect], self.before[product]),
                Count(self.complaints_after[product, aspect], self.after[product]),
            )
            for product in sorted(self.before.keys() & self.after.keys())
            for aspect in aspects
            if self.complaints_before[product, aspect] or self.complaints_after[product, aspect]
        }

    def negatives(self, products: Iterable[str], aspect: str, *, is_after: bool) -> Count:
        """Complaints of an aspect, or reviews of at most three stars where none is named, of some products."""
        totals = self.after if is_after else self.before
        low = self.low_after if is_after else self.low_before
        complaints = self.complaints_after if is_after else self.complaints_before
        chosen = list(products)
        hits = sum(complaints[one, aspect] if aspect else low[one] for one in chosen)
        return Count(hits, sum(totals[one] for one in chosen))

    def mean_stars(self, product: str, *, is_after: bool) -> float | None:
        """The mean of a product's stars; None without any."""
        stars, rated = (self.stars_after, self.rated_after) if is_after else (self.stars_before, self.rated_before)
        return stars[product] / rated[product] if rated[product] else None

    def add(self, product: str, stars: int | None, complaints: Iterable[str], number: int, *, is_after: bool) -> None:
        """Counts reviews of a product that tell the same; a number below zero takes them out."""
        is_low = stars is not None and stars <= LOW
        codes = list(complaints)
        if is_after:
            totals, low, counted = self.after, self.low_after, self.complaints_after
            rated, sums = self.rated_after, self.stars_after
        else:
            totals, low, counted = self.before, self.low_before, self.complaints_before
            rated, sums = self.rated_before, self.stars_before
        totals[product] += number
        low[product] += number * is_low
        if stars is not None:
            rated[product] += number
            sums[product] += number * stars
        for code in codes:
            counted[product, code] += number

    def forget_nothing(self) -> None:
        """Leaves out products and complaints of which nothing is left."""
        self.before, self.after = +self.before, +self.after
        self.complaints_before, self.complaints_after = +self.complaints_before, +self.complaints_after

    def add_words(self, words: Iterable[str], *, is_after: bool) -> None:
        """Counts the words of a low review without a complaint."""
        if is_after:
            self.silent_after += 1
            self.words_after.update(words)
        else:
            self.silent_before += 1
            self.words_before.update(words)


def split(
    rows: Iterable[ReviewRow],
    lexicon: Lexicon,
    before: tuple[date, date],
    after: tuple[date, date],
    *,
    found: Periods | None = None,
) -> Periods:
    """Counts the reviews of two periods, each from its first day to before its last; undated ones are left out.

    Args:
        rows: The reviews.
        lexicon: The words, for those that were not read before.
        before: The earlier period.
        after: The later period.
        found: What they are added to; nothing where left out.
    """
    found = found or Periods()
    for row in rows:
        if row.day is None:
            continue
        if before[0] <= row.day < before[1]:
            _add(found, row, lexicon, is_after=False)
        elif after[0] <= row.day < after[1]:
            _add(found, row, lexicon, is_after=True)
    return found


def _add(found: Periods, row: ReviewRow, lexicon: Lexicon, *, is_after: bool) -> None:
    told = row.told or lexicon.read(row.text, row.rating)
    found.add(row.product, row.rating, told.complaints, 1, is_after=is_after)
    if row.rating is not None and row.rating <= LOW and not told.complaints:
        found.add_words(lexicon.unknown_words(row.text), is_after=is_after)

"""The owner's month: reviews of each product and why they moved, money, appeals, holes in the data, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from monitor.closed_lists.incident_kinds import INCIDENTS
from monitor.config.sections import InsightSection
from monitor.insight.charts import chart_share, share_baseline
from monitor.insight.counting import Periods
from monitor.insight.digesting import MOST_CHANGES, Reader, Said, tell_move
from monitor.insight.filed import filed_of
from monitor.insight.findings import Mix, Move, compare_mix, find_reasons
from monitor.insight.periods import Period, start_of
from monitor.insight.plotting import Point
from monitor.insight.shares import Count, Interval, wilson
from monitor.insight.standing import Done, Standing, chosen
from monitor.insight.watched import Watched, read_watched
from monitor.insight.worth import Advice, FiledAppeal, Part, Result, Worth, weigh
from monitor.schedule import MarkedDays, marked_between

WEEKS = 13
MOST_PRODUCTS = 10
MOST_HOLES = 6
MOST_STEPS = 6
_FEWEST_WEEKS = 4
"""Limits of a chart come from at least so many weeks; fewer are no baseline."""
_MOST_INCIDENTS = 2_000


@dataclass(frozen=True, slots=True)
class ProductMonth:
    """One product's reviews in the period and before.

    Attributes:
        stars, stars_before: The mean of the period's reviews; None without any.
        low, low_before: Reviews of at most three stars.
        share: The share of those with its interval; None where there are too few.
        reason: Why it moved, or that it cannot be told.
    """

    product: str
    title: str
    low: Count
    low_before: Count
    stars: float | None
    stars_before: float | None
    share: Interval | None
    reason: str


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that kept watching from seeing everything.

    Attributes:
        until: None while it lasts.
    """

    title: str
    subject: str
    since: date
    until: date | None

    def touches(self, first: date, last: date) -> bool:
        """Whether it lasted on a day between two, those included."""
        return self.since <= last and (self.until is None or self.until >= first)


@dataclass(frozen=True, slots=True)
class AppealsOfMonth:
    """Appeals sent in the period and answers that came in it, and what may be said of all so far."""

    sent: int
    accepted: int
    rejected: int
    waiting: int
    unknown: int
    to_stop: tuple[Worth, ...]
    hours: float | None


@dataclass(frozen=True, slots=True)
class OwnerReport:
    """What the owner is told of one period."""

    period: Period
    watched: Watched
    total: Count
    total_before: Count
    products: tuple[ProductMonth, ...]
    others: int
    mix: Mix | None
    shop_moves: tuple[str, ...]
    weeks: tuple[Point, ...]
    said: tuple[Said, ...]
    money: int | None
    cost: int | None
    appeals: AppealsOfMonth
    done: tuple[Done, ...]
    more_done: int
    holes: tuple[Hole, ...]
    more_holes: int
    next_steps: tuple[str, ...]
    marked: tuple[MarkedDays, ...]


@dataclass(frozen=True)
class _Facts:
    """Everything that the reasons are read from."""

    reader: Reader
    period: Period
    periods: Periods
    moves: Sequence[Move]
    changes: Sequence[Standing]
    filed: Sequence[FiledAppeal]

    def is_in(self, moment: datetime | None) -> bool:
        """Whether a moment lies in the period."""
        return moment is not None and _is_in(moment, self.period, self.reader.zone)


def build_report(reader: Reader, period: Period, costs: InsightSection, *, grounds: Mapping[str, str]) -> OwnerReport:
    """Builds the report of a period from what is stored.

    Args:
        reader: Of the account.
        period: Usually a month.
        costs: What the seller says a bad review costs and how long things take.
        grounds: Titles of the grounds, for the kinds that are advised against.
    """
    periods = reader.read(period)
    both = sorted(set(periods.before) & set(periods.after))
    moves = find_reasons({one: _low_of(periods, one) for one in both}, periods.cells(reader.lexicon.aspects))
    said = reader.said(list(reader.lexicon.aspects), periods, period, limit=3, quotes=1)
    changes = reader.standings()
    filed = list(filed_of(reader.tx, reader.account))
    holes = list(_holes(reader, period))
    watched = read_watched(reader.tx, reader.account, period, reader.zone)
    appeals = _appeals(reader, period, filed, costs)
    products = _products(_Facts(reader, period, periods, moves, changes, filed))
    low = Count(periods.low_after.total(), periods.after.total())
    mix = _mix(periods)
    return OwnerReport(
        period=period,
        watched=watched,
        total=low,
        total_before=Count(periods.low_before.total(), periods.before.total()),
        products=tuple(products[:MOST_PRODUCTS]),
        others=max(0, len(products) - MOST_PRODUCTS),
        mix=mix if mix is not None and mix.is_moved else None,
        shop_moves=tuple(_of_shop(reader, moves)),
        weeks=tuple(_weeks(reader, period, holes)),
        said=tuple(said),
        money=None if costs.bad_review_costs is None else costs.bad_review_costs * low.hits,
        cost=costs.bad_review_costs,
        appeals=appeals,
        done=tuple(one.as_done() for one in chosen(changes, period)[:MOST_CHANGES]),
        more_done=max(0, len(changes) - MOST_CHANGES),
        holes=tuple(holes[:MOST_HOLES]),
        more_holes=max(0, len(holes) - MOST_HOLES),
        next_steps=tuple(
            [
                *(steps := reader.to_do(said, changes)),
                *_looks_ahead(period, changes, steps),
                *_to_stop(appeals, grounds),
                *_to_mend(holes),
            ][:MOST_STEPS]
        ),
        marked=marked_between(reader.sales_days, period.before.first, period.last),
    )


def _low_of(periods: Periods, product: str) -> tuple[Count, Count]:
    before, after = (periods.negatives([product], "", is_after=side) for side in (False, True))
    return before, after


def _mix(periods: Periods) -> Mix | None:
    if not periods.before or not periods.after:
        return None
    before, after = (
        {one: periods.negatives([one], "", is_after=side) for one in totals}
        for side, totals in ((False, periods.before), (True, periods.after))
    )
    return compare_mix(before, after)


def _products(facts: _Facts) -> list[ProductMonth]:
    reader, periods = facts.reader, facts.periods
    titles = {product.sku: product.title for product in reader.tx.products.all(reader.account)}
    found = []
    for product in sorted(set(periods.after) | set(periods.before)):
        low_before, low = _low_of(periods, product)
        found.append(
            ProductMonth(
                product=product,
                title=titles.get(product, ""),
                low=low,
                low_before=low_before,
                stars=periods.mean_stars(product, is_after=True),
                stars_before=periods.mean_stars(product, is_after=False),
                share=None if low.is_little else wilson(low),
                reason=_reason(facts, product, is_little=low.is_little or low_before.is_little),
            )
        )
    return sorted(found, key=lambda one: (-wilson(one.low).lower, -one.low.total, one.product))


def _reason(facts: _Facts, product: str, *, is_little: bool) -> str:
    own = [move for move in facts.moves if move.product == product]
    told = [_tell_cause(facts.reader, move) for move in own if move.aspect]
    if not own:
        told.append("мало данных" if is_little else "случайность не исключена")
    elif not told:
        told.append(f"{'больше' if own[0].is_rise else 'меньше'} плохих отзывов; {_most_frequent(facts, product)}")
    if any(move.is_own is False for move in own):
        told.append("так же, как у других товаров")
    told += [
        f"начато изменение «{one.change.what}» (причиной это не доказано)"
        for one in facts.changes
        if product in one.change.products and one.began_in(facts.period)
    ]
    removed = sum(
        one.is_removed and one.kind[Part.PRODUCT] == product and facts.is_in(one.decided_at) for one in facts.filed
    )
    if removed:
        told.append(f"снято по обращениям: {removed}")
    return "; ".join(told)


def _most_frequent(facts: _Facts, product: str) -> str:
    """What low reviews speak of where no complaint moved for sure."""
    found = [(hits, aspect) for (one, aspect), hits in facts.periods.complaints_after.items() if one == product]
    if not found:
        return "слова причины не называют: прочитайте их"
    hits, aspect = max(found)
    title = facts.reader.lexicon.aspects[aspect].title
    return f"причина не ясна, чаще всего пишут «{title}» ({hits} из {facts.periods.after[product]})"


def _tell_cause(reader: Reader, move: Move) -> str:
    word = "больше" if move.is_rise else "меньше"
    counts = f"{move.before.hits} из {move.before.total} → {move.after.hits} из {move.after.total}"
    return f"{word} жалоб «{reader.lexicon.aspects[move.aspect].title}»: {counts}"


def _of_shop(reader: Reader, moves: Iterable[Move]) -> Iterable[str]:
    for move in moves:
        if move.product is None:
            what = reader.lexicon.aspects[move.aspect].title if move.aspect else "Плохие отзывы"
            yield f"{what}. {tell_move(move, {})}"


def _weeks(reader: Reader, period: Period, holes: Sequence[Hole]) -> Iterable[Point]:
    """The share of bad reviews by week up to the period's end; limits come from the weeks before the period."""
    starts = [period.last - timedelta(days=7 * back - 1) for back in range(WEEKS, -1, -1)]
    counts = dict.fromkeys(starts[:-1], Count(0, 0))
    for day, count in reader.low_by_day(starts[0]).items():
        if day <= period.last:
            counts[starts[(day - starts[0]).days // 7]] += count
    watched = read_watched(reader.tx, reader.account, Period(starts[0], period.last), reader.zone)
    usual = [count for week, count in counts.items() if week < period.first and not count.is_little]
    baseline = share_baseline(usual) if len(usual) >= _FEWEST_WEEKS else None
    for week, after in pairwise(starts):
        count, last = counts[week], after - timedelta(days=1)
        point = chart_share(baseline, count) if baseline is not None and not count.is_little else None
        yield Point(
            label=f"{week:%d.%m}",
            value=None if count.is_little else count.share,
            lower=point.lower if point else None,
            upper=point.upper if point else None,
            is_marked=bool(marked_between(reader.sales_days, week, last)),
            is_hole=watched.is_unread(week, last) or any(hole.touches(week, last) for hole in holes),
            told=f"{week:%d.%m} – {last:%d.%m}: {count.hits} из {count.total}",
        )


def _appeals(reader: Reader, period: Period, filed: Sequence[FiledAppeal], costs: InsightSection) -> AppealsOfMonth:
    sent = [one for one in filed if one.sent_at is not None and _is_in(one.sent_at, period, reader.zone)]
    results = [one.result for one in sent]
    hours = None
    if costs.review_minutes is not None or costs.appeal_minutes is not None:
        since, until = start_of(period.first, reader.zone), start_of(period.last + timedelta(days=1), reader.zone)
        judged = reader.tx.appeal_stream.judged(reader.account, since=since, until=until)
        hours = round((judged * (costs.review_minutes or 0) + len(sent) * (costs.appeal_minutes or 0)) / 60, 1)
    kinds = weigh(filed, [Part.GROUND])
    return AppealsOfMonth(
        sent=len(sent),
        accepted=results.count(Result.ACCEPTED),
        rejected=results.count(Result.REJECTED),
        waiting=results.count(Result.WAITING),
        unknown=results.count(Result.UNKNOWN),
        to_stop=tuple(one for one in kinds if one.advice is Advice.STOP),
        hours=hours,
    )


def _holes(reader: Reader, period: Period) -> Iterable[Hole]:
    zone = ZoneInfo(reader.zone)
    for one in reversed(reader.tx.incidents.history(reader.account, limit=_MOST_INCIDENTS)):
        if one.opened_at is None:
            continue
        since = one.first_at.astimezone(zone).date()
        until = one.closed_at.astimezone(zone).date() if one.closed_at else None
        if since <= period.last and (until is None or until >= period.first):
            yield Hole(INCIDENTS[one.kind].title, one.subject, since, until)


def _looks_ahead(period: Period, changes: Iterable[Standing], named: Sequence[str]) -> Iterable[str]:
    """Verdicts of the coming days: as many as the report tells of."""
    for one in changes:
        what = f"«{one.change.what}»"
        if one.look_on is None or not one.is_waited_for or any(what in step for step in named):
            continue
        if one.today < one.look_on <= one.today + timedelta(days=period.days):
            yield f"{one.look_on:%d.%m.%Y}: посмотреть итог изменения {what} (fairreview change check)"


def _to_stop(appeals: AppealsOfMonth, grounds: Mapping[str, str]) -> Iterable[str]:
    for kind in appeals.to_stop:
        ground, decided = kind.kind[0], kind.decided
        title = (
            f"основанию «{grounds[ground]}»"
            if ground in grounds
            else f"основанию, которого больше нет в правилах ({ground})"
        )
        yield f"Не подавать больше по {title}: удовлетворено {decided.hits} из {decided.total}"


def _to_mend(holes: Iterable[Hole]) -> Iterable[str]:
    if any(hole.until is None for hole in holes):
        yield "Закрыть сбой наблюдения, который ещё длится (fairreview health): без этого цифры неполные"


def _is_in(moment: datetime, period: Period, zone: str) -> bool:
    return period.first <= moment.astimezone(ZoneInfo(zone)).date() <= period.last

"""What one team should know: what buyers said, how often, what was changed, whether it helped, three things to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.insight.advising import TEAMS, advice_for
from monitor.insight.aspects import Lexicon
from monitor.insight.counting import LOW, Periods, ReviewRow
from monitor.insight.findings import Mix, Move, find_moves
from monitor.insight.periods import Period
from monitor.insight.quoting import quote
from monitor.insight.reading import periods_of, rows_of
from monitor.insight.shares import FEWEST, Count, Interval, wilson
from monitor.insight.showing import Showing, showings_of
from monitor.insight.standing import Done, Standing, chosen, standings_of, to_be_done
from monitor.insight.summing import low_by_day
from monitor.insight.watched import Watched, read_watched
from monitor.insight.words_file import Team
from monitor.schedule import MarkedDays, marked_between
from monitor.state.transaction import Transaction

MOST_ASPECTS = 4
MOST_QUOTES = 3
MOST_CHANGES = 4
TO_DO = 3
_LOOKED_THROUGH = 60
"""The newest complaints among which quotes are chosen."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A buyer's words, with whatever could name a person hidden."""

    product: str
    title: str
    stars: int | None
    day: date
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """One complaint in a period.

    Attributes:
        share: Its share of all reviews; None where there are too few to say one.
        moves: What moved by more than chance, in words.
        products: Where it is most frequent: product, its title, complaints among its reviews.
    """

    aspect: str
    title: str
    now: Count
    before: Count
    share: Interval | None
    moves: tuple[str, ...]
    products: tuple[tuple[str, str, Count], ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What one team is told of one period."""

    team: Team
    period: Period
    reviews: int
    watched: Watched
    said: tuple[Said, ...]
    done: tuple[Done, ...]
    more_done: int
    to_do: tuple[str, ...]
    marked: tuple[MarkedDays, ...]
    shown: tuple[Showing, ...]

    @property
    def title(self) -> str:
        """The team's title."""
        return TEAMS[self.team]


@dataclass(frozen=True)
class Reader:
    """Reads one account's reviews in words of one lexicon.

    Attributes:
        zone: In which days begin and end (IANA name).
        sales_days: Days to be marked.
    """

    tx: Transaction
    account: str
    lexicon: Lexicon
    zone: str
    sales_days: tuple[MarkedDays, ...] = ()

    def digest(self, team: Team, period: Period) -> Digest:
        """Builds a team's digest."""
        aspects = [code for code, aspect in self.lexicon.aspects.items() if aspect.team == team]
        periods = self.read(period)
        said = self.said(aspects, periods, period, limit=MOST_ASPECTS)
        changes = [one for one in self.standings() if one.change.aspect in {*aspects, ""}]
        return Digest(
            team=team,
            period=period,
            reviews=periods.after.total(),
            watched=read_watched(self.tx, self.account, period, self.zone),
            said=tuple(said),
            done=tuple(one.as_done() for one in chosen(changes, period)[:MOST_CHANGES]),
            more_done=max(0, len(changes) - MOST_CHANGES),
            to_do=self.to_do(said, [one for one in changes if one.change.aspect]),
            marked=marked_between(self.sales_days, period.before.first, period.last),
            shown=tuple(showings_of(self.tx, self.account, f"digest:{team}")[:3]),
        )

    def sheet(self, aspect: str, period: Period) -> Said:
        """What is told of one complaint for a training: with more quotes than in a digest."""
        periods = self.read(period)
        (said,) = self.said([aspect], periods, period, limit=1, quotes=6, with_none=True)
        return said

    def read(self, period: Period) -> Periods:
        """Counts a period and the one before."""
        before, end = period.before, period.last + timedelta(days=1)
        return periods_of(
            self.tx,
            [self.account],
            self.zone,
            self.lexicon,
            before=(before.first, period.first),
            after=(period.first, end),
        )

    def rows(self, since: date) -> Iterator[ReviewRow]:
        """The reviews from a day on, and some before it; texts are not there where they were read before."""
        return rows_of(self.tx, self.account, self.zone, since=since, by=self.lexicon, with_text=False)

    def low_by_day(self, since: date) -> dict[date, Count]:
        """Reviews of at most three stars, of all that are there, by day from one on."""
        if self._is_whole:
            return low_by_day(self.tx, self.account, since)
        found: dict[date, Count] = defaultdict(lambda: Count(0, 0))
        for row in self.rows(since):
            if row.day is not None and row.day >= since:
                found[row.day] += Count(int(row.rating is not None and row.rating <= LOW), 1)
        return found

    def said(
        self,
        aspects: Sequence[str],
        periods: Periods,
        period: Period,
        *,
        limit: int,
        quotes: int = MOST_QUOTES,
        with_none: bool = False,
    ) -> list[Said]:
        """What was said of some aspects in a period, the surest first; what nobody complained of only ``with_none``."""
        found = [move for move in find_moves(periods.cells(self.lexicon.aspects)) if move.is_found]
        titles = {product.sku: product.title for product in self.tx.products.all(self.account)}
        totals = (periods.after.total(), periods.before.total())
        counts = {
            code: (
                Count(_hits(periods.complaints_after, code), totals[0]),
                Count(_hits(periods.complaints_before, code), totals[1]),
            )
            for code in aspects
        }
        chosen = [code for code in aspects if counts[code][0].hits or with_none]
        chosen.sort(key=lambda code: (-wilson(counts[code][0]).lower, code))
        quoted = self._quotes(chosen[:limit], period, titles, quotes)
        return [
            Said(
                aspect=code,
                title=self.lexicon.aspects[code].title,
                now=counts[code][0],
                before=counts[code][1],
                share=None if counts[code][0].is_little else wilson(counts[code][0]),
                moves=tuple(tell_move(move, titles) for move in found if move.aspect == code),
                products=_worst(code, periods, titles),
                quotes=quoted[code],
            )
            for code in chosen[:limit]
        ]

    def standings(self) -> list[Standing]:
        """How the account's changes stand, the newest first."""
        return standings_of(self.tx, self.account, self.zone)

    def to_do(self, said: Sequence[Said], changes: Sequence[Standing]) -> tuple[str, ...]:
        """Three things to do: for each complaint the next step, then further steps for the surest one.

        Where a change for a complaint is on sale, the step is to wait for its day, and not to change more at once.
        """
        first: list[str] = []
        more: list[str] = []
        for one in said:
            waited = [change for change in changes if change.change.aspect == one.aspect and change.is_waited_for]
            if waited:
                first.append(f"{one.title}: {_wait_for(min(waited, key=_by_day))}")
                continue
            steps = [f"{one.title}: {step}" for step in advice_for(one.aspect)]
            first.append(steps[0])
            more += steps[1:]
        return tuple([*to_be_done(changes, first), *first, *more][:TO_DO])

    def _quotes(
        self, aspects: Sequence[str], period: Period, titles: dict[str, str], number: int
    ) -> dict[str, tuple[Quote, ...]]:
        """The newest complaints of each aspect, of as many products as there are."""
        by_aspect = self._kept_newest(aspects, period) if self._is_whole else self._newest(aspects, period)
        wanted = {row.review_id for rows in by_aspect.values() for row in rows}
        texts = self.tx.reviews.texts_of(self.account, sorted(wanted))
        for code, found in by_aspect.items():
            by_aspect[code] = [row._replace(text=texts[row.review_id]) for row in found if texts.get(row.review_id)]
        picked = {code: _spread(by_aspect[code], number) for code in aspects}
        authors = self.tx.reviews.get_many(self.account, [row.review_id for rows in picked.values() for row in rows])
        return {
            code: tuple(
                Quote(
                    row.product,
                    titles.get(row.product, ""),
                    row.rating,
                    row.day or date.min,
                    quote(row.text, author=authors[row.review_id].author_name if row.review_id in authors else ""),
                )
                for row in rows
            )
            for code, rows in picked.items()
        }

    @property
    def _is_whole(self) -> bool:
        return self.tx.told_aspects.is_whole(self.account, self.lexicon.digest)

    def _kept_newest(self, aspects: Sequence[str], period: Period) -> dict[str, list[ReviewRow]]:
        """The newest complaints of a period, of reviews that were read before: the store looks for them."""
        uncounted = {one.review_id for one in self.tx.told_aspects.uncounted(self.account)}
        days, limit = (period.first.isoformat(), period.last.isoformat()), _LOOKED_THROUGH + len(uncounted)
        return {
            code: [
                ReviewRow(one.review_id, one.product, one.variant, one.stars, date.fromisoformat(one.day), "")
                for one in self.tx.told_aspects.newest_of(self.account, code, limit=limit, day=days)
                if one.review_id not in uncounted
            ][:_LOOKED_THROUGH]
            for code in aspects
        }

    def _newest(self, aspects: Sequence[str], period: Period) -> dict[str, list[ReviewRow]]:
        """The same by reading the reviews of the period."""
        found: dict[str, list[ReviewRow]] = {code: [] for code in aspects}
        rows = [
            row for row in self.rows(period.first) if row.day is not None and period.first <= row.day <= period.last
        ]
        for row in sorted(rows, key=lambda row: (row.day, row.review_id), reverse=True):
            told = row.told or self.lexicon.read(row.text, row.rating)
            for code in told.complaints & found.keys():
                if len(found[code]) < _LOOKED_THROUGH:
                    found[code].append(row)
        return found


def _wait_for(change: Standing) -> str:
    what = f"«{change.change.what}»"
    if change.is_due:
        return f"пора посмотреть итог изменения {what}."
    day = f" до {change.look_on:%d.%m.%Y}" if change.look_on else ""
    return f"идёт изменение {what}. Довести его{day} и ничего не менять рядом."


def _by_day(change: Standing) -> date:
    return change.look_on or date.max


def tell_move(move: Move, titles: dict[str, str]) -> str:
    """What moved, as a sentence."""
    where = "По всему магазину" if move.product is None else f"«{titles.get(move.product) or move.product}»"
    word = "больше" if move.is_rise else "меньше"
    counts = f"было {move.before.hits} из {move.before.total}, стало {move.after.hits} из {move.after.total}"
    with_others = {True: ", сильнее, чем у других товаров", False: ", как и у других товаров", None: ""}[move.is_own]
    return f"{where}: жалоб {word} ({counts}){with_others}"


def tell_mix(mix: Mix) -> str:
    """How much of a move comes from other products being bought, never more than it explains."""
    before, after, alike = (f"{share * 100:.0f}" for share in (mix.before, mix.after, mix.after_as_before))
    head = f"Доля плохих отзывов была {before} %, стала {after} %"
    if mix.is_whole:
        return f"{head}: теперь покупают другие товары, при прежних долях товаров было бы {alike} %."
    return (
        f"{head}. Отчасти потому, что теперь покупают другие товары: это около {mix.explained * 100:.0f} % изменения, "
        f"при прежних долях товаров было бы {alike} %; остальное может быть случайным."
    )


def tell_share(said: Said) -> str:
    """How often, in words a shift leader reads."""
    if said.share is None:
        return f"{said.now.hits} из {said.now.total} отзывов: мало данных (меньше {FEWEST})"
    low, high = round(said.share.lower * 100), round(said.share.upper * 100)
    return f"{said.now.hits} из {said.now.total} отзывов (от {low} до {high} из 100)"


def _hits(complaints: dict[tuple[str, str], int], aspect: str) -> int:
    return sum(number for (_, code), number in complaints.items() if code == aspect)


def _worst(aspect: str, periods: Periods, titles: dict[str, str]) -> tuple[tuple[str, str, Count], ...]:
    found = [
        (product, titles.get(product, ""), Count(hits, periods.after[product]))
        for (product, code), hits in periods.complaints_after.items()
        if code == aspect and hits
    ]
    return tuple(sorted(found, key=lambda one: (-wilson(one[2]).lower, one[0]))[:3])


def _spread(rows: Sequence[ReviewRow], number: int) -> list[ReviewRow]:
    """The first rows of different products, then the rest; a text twice is told once."""
    once = list({row.text.strip().casefold(): row for row in reversed(rows)}.values())[::-1]
    firsts = list({row.product: row for row in reversed(once)}.values())[::-1]
    rest = [row for row in once if row not in firsts]
    return [*firsts, *rest][:number]

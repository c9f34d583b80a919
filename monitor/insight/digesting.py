"""What one team should know: what buyers said, how often, what was changed, whether it helped, three things to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.insight.advising import TEAMS, advice_for
from monitor.insight.aspects import Lexicon, Team
from monitor.insight.counting import Periods, ReviewRow, split
from monitor.insight.findings import Move, find_moves
from monitor.insight.quoting import quote
from monitor.insight.reading import rows_of
from monitor.insight.shares import FEWEST, Count, Interval, wilson
from monitor.insight.showing import Showing, showings_of
from monitor.schedule import MarkedDays, marked_between
from monitor.state.changes import ChangeRecord
from monitor.state.transaction import Transaction

MOST_ASPECTS = 4
MOST_QUOTES = 3
TO_DO = 3
_LOOKED_THROUGH = 60
"""The newest complaints among which quotes are chosen."""
_STANDS = {
    "planned": "задумано", "begun": "начато", "checked": "проверено", "kept": "оставлено", "taken_back": "отменено",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """Days that are told of, and as many before them; both ends are among them."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first:%d.%m.%Y} – {self.last:%d.%m.%Y}"


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
class Done:
    """One change, how it stands, and what may be said of it."""

    what: str
    products: tuple[str, ...]
    stands: str
    since: date | None
    told: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What one team is told of one period."""

    team: Team
    period: Period
    reviews: int
    said: tuple[Said, ...]
    done: tuple[Done, ...]
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
        periods, rows = self.read(period)
        said = self.said(aspects, periods, rows, limit=MOST_ASPECTS)
        changes = [one for one in self.tx.changes.of_account(self.account) if one.aspect in {*aspects, ""}]
        done = tuple(self.done(changes))
        return Digest(
            team=team,
            period=period,
            reviews=periods.after.total(),
            said=tuple(said),
            done=done,
            to_do=self.to_do(said, changes),
            marked=marked_between(self.sales_days, period.before.first, period.last),
            shown=tuple(showings_of(self.tx, self.account, f"digest:{team}")[:3]),
        )

    def sheet(self, aspect: str, period: Period) -> Said:
        """What is told of one complaint for a training: with more quotes than in a digest."""
        periods, rows = self.read(period)
        (said,) = self.said([aspect], periods, rows, limit=1, quotes=6, with_none=True)
        return said

    def read(self, period: Period) -> tuple[Periods, list[ReviewRow]]:
        """Counts a period and the one before; returns the later one's reviews too."""
        before = period.before
        end = period.last + timedelta(days=1)
        rows = [
            row for row in self.rows(before.first) if row.day is not None and before.first <= row.day <= period.last
        ]
        periods = split(rows, self.lexicon, (before.first, period.first), (period.first, end))
        return periods, [row for row in rows if row.day is not None and row.day >= period.first]

    def rows(self, since: date) -> Iterator[ReviewRow]:
        """The reviews from a day on, and some before it; texts are not there where they were read before."""
        return rows_of(self.tx, self.account, self.zone, since=since, by=self.lexicon, with_text=False)

    def said(
        self,
        aspects: Sequence[str],
        periods: Periods,
        rows: Iterable[ReviewRow],
        *,
        limit: int,
        quotes: int = MOST_QUOTES,
        with_none: bool = False,
    ) -> list[Said]:
        """What was said of some aspects, the surest first; those nobody complained of only ``with_none``."""
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
        quoted = self._quotes(chosen[:limit], rows, titles, quotes)
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

    def done(self, changes: Iterable[ChangeRecord]) -> Iterable[Done]:
        """What was changed, and the newest word about each that was kept by a look."""
        for change in changes:
            looks = [step for step in self.tx.changes.steps(change.id) if isinstance(step.result, dict)]
            told = str(looks[-1].result["sentence"]) if looks and isinstance(looks[-1].result, dict) else ""
            look_on, since = self.day(change.look_at), self.day(change.begins_at)
            waits = f"Итог смотрим {look_on:%d.%m.%Y}." if look_on else "День итога не назначен."
            if look_on and self.is_due(look_on):
                waits = f"Итог был назначен на {look_on:%d.%m.%Y}: пора посмотреть."
            yield Done(change.what, change.products, _STANDS[change.state], since, told or waits)

    def day(self, moment: datetime | None) -> date | None:
        """The day of a moment where the seller lives."""
        return None if moment is None else moment.astimezone(ZoneInfo(self.zone)).date()

    def is_due(self, look_on: date) -> bool:
        """Whether the day of a verdict has come."""
        return look_on <= self.tx.now().astimezone(ZoneInfo(self.zone)).date()

    def to_do(self, said: Sequence[Said], changes: Sequence[ChangeRecord]) -> tuple[str, ...]:
        """Three things to do: for each complaint the next step, then further steps for the surest one.

        Where a change for a complaint is under way, the step is to wait for its day, and not to change more at once.
        """
        waiting = {one.aspect: one for one in changes if one.aspect and one.state in {"planned", "begun"}}
        first: list[str] = []
        more: list[str] = []
        for one in said:
            change = waiting.get(one.aspect)
            if change is not None:
                look_on = self.day(change.look_at)
                if look_on and self.is_due(look_on):
                    first.append(f"{one.title}: пора посмотреть итог изменения «{change.what}».")
                    continue
                day = f" до {look_on:%d.%m}" if look_on else ""
                first.append(f"{one.title}: идёт изменение «{change.what}». Довести его{day} и ничего не менять рядом.")
                continue
            steps = [f"{one.title}: {step}" for step in advice_for(one.aspect)]
            first.append(steps[0])
            more += steps[1:]
        return tuple([*first, *more][:TO_DO])

    def _quotes(
        self, aspects: Sequence[str], rows: Iterable[ReviewRow], titles: dict[str, str], number: int
    ) -> dict[str, tuple[Quote, ...]]:
        """The newest complaints of each aspect, of as many products as there are."""
        by_aspect: dict[str, list[ReviewRow]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: (row.day or date.min, row.review_id), reverse=True):
            told = row.told or self.lexicon.read(row.text, row.rating)
            for code in told.complaints & set(aspects):
                if len(by_aspect[code]) < _LOOKED_THROUGH:
                    by_aspect[code].append(row)
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


def tell_move(move: Move, titles: dict[str, str]) -> str:
    """What moved, as a sentence."""
    where = "По всему магазину" if move.product is None else f"«{titles.get(move.product) or move.product}»"
    word = "больше" if move.is_rise else "меньше"
    counts = f"было {move.before.hits} из {move.before.total}, стало {move.after.hits} из {move.after.total}"
    with_others = {True: ", сильнее, чем у других товаров", False: ", как и у других товаров", None: ""}[move.is_own]
    return f"{where}: жалоб {word} ({counts}){with_others}"


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

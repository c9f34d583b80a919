"""What the seller changed, from planned to kept or taken back, and what may be said of it.

The day of the change and the day of the look are set when it is added, before anybody looks. Before that day no verdict
is given, only how many reviews there are; each look after it is kept, so that looking again and again can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from monitor.errors import UsageError
from monitor.insight.aspects import Lexicon
from monitor.insight.counting import split
from monitor.insight.effects import Answer, BeforeAfter, Effect, judge_effect
from monitor.insight.reading import rows_of
from monitor.insight.shares import FEWEST
from monitor.state.changes import ChangeRecord, ChangeState, ChangeStep
from monitor.state.text import JsonValue
from monitor.state.transaction import Transaction

LONGEST_DAYS = 3_650
_NEXT: dict[ChangeState, tuple[ChangeState, ...]] = {
    "planned": ("begun", "taken_back"),
    "begun": ("checked", "kept", "taken_back"),
    "checked": ("checked", "kept", "taken_back"),
    "kept": ("taken_back",),
    "taken_back": (),
}


@dataclass(frozen=True)
class Look:
    """What one look at a change found.

    Attributes:
        effect: None before the day that was set for the look.
        reviews_after: Reviews of the changed products since the change, without the lag.
        looks: The how manyth look with a verdict this is; 0 when it gives none.
        again_on: When it is worth looking again; None where that is not known, or not needed.
    """

    change: ChangeRecord
    effect: Effect | None
    others: tuple[str, ...]
    reviews_after: int
    looks: int
    again_on: date | None

    def sentence(self) -> str:
        """What may be said, in one or two sentences, without a causal word where nothing was compared."""
        if self.effect is None:
            return (
                f"Рано: проверка назначена на {self.again_on}. С начала изменения собрано отзывов: "
                f"{self.reviews_after}. До этого дня итога нет: кто смотрит каждый день, увидит то, чего нет."
            )
        return f"{_verdict(self.effect)}{self._again()}{self._looked()}"

    def _again(self) -> str:
        effect = self.effect
        if effect is None or effect.answer not in {Answer.TOO_FEW, Answer.CANNOT_TELL}:
            return ""
        if effect.more_reviews is None:
            return (
                " Сколько бы отзывов ни добавилось, снижение вдвое показать нельзя: "
                "мало отзывов до изменения или у товаров для сравнения."
            )
        if effect.more_reviews == 0:
            return " Отзывов хватило бы, чтобы увидеть снижение вдвое; меньшее могло остаться незамеченным."
        day = f", посмотрите снова {self.again_on}" if self.again_on else ""
        return f" Чтобы увидеть снижение вдвое, нужно ещё около {effect.more_reviews} отзывов{day}."

    def _looked(self) -> str:
        if self.looks <= 1:
            return ""
        return f" Это {self.looks}-й взгляд: с каждым растёт шанс увидеть то, чего нет (три взгляда: 10 %, не 5 %)."

    def data(self) -> dict[str, JsonValue]:
        """The look for programs and for the store: whole numbers and text only, shares in millionths."""
        effect = self.effect
        found: dict[str, JsonValue] = {
            "change": self.change.id,
            "answer": effect.answer.value if effect else "too_early",
            "sentence": self.sentence(),
            "reviews_after": self.reviews_after,
            "looks": self.looks,
            "again_on": self.again_on.isoformat() if self.again_on else None,
            "others": list(self.others),
        }
        if effect is not None:
            found["own"] = _counts(effect.own)
            found["compared_with"] = _counts(effect.others) if effect.others else None
            found["fall_millionths"] = [
                round(value * 1_000_000) for value in (effect.beyond.value, effect.beyond.lower, effect.beyond.upper)
            ]
            found["more_reviews"] = effect.more_reviews
        return found


def look(tx: Transaction, change: ChangeRecord, lexicon: Lexicon, *, now: datetime, zone: str) -> Look:
    """Looks at a change.

    Raises:
        UsageError: it has not begun.
    """
    if change.begins_at is None or change.begins_at > now:
        raise UsageError(
            "the change has not begun", where=change.id, hint="`fairreview change step ID begun --begins DAY` sets it."
        )
    began, today = _day(change.begins_at, zone), _day(now, zone)
    before = (began - timedelta(days=change.before_days), began)
    after = (began + timedelta(days=change.lag_days), today + timedelta(days=1))
    periods = split(
        rows_of(tx, change.account_id, zone, since=before[0], by=lexicon, with_text=False), lexicon, before, after
    )
    others = _others(tx, change, set(periods.before) | set(periods.after))
    own = BeforeAfter(*(periods.negatives(change.products, change.aspect, is_after=side) for side in (False, True)))
    if change.look_at is not None and now < change.look_at:
        return Look(change, None, others, own.after.total, 0, _day(change.look_at, zone))
    against = BeforeAfter(*(periods.negatives(others, change.aspect, is_after=side) for side in (False, True)))
    effect = judge_effect(own, against if others else None)
    looks = 1 + sum(1 for step in tx.changes.steps(change.id) if step.result is not None)
    return Look(change, effect, others, own.after.total, looks, _again_on(effect, today, (today - after[0]).days + 1))


def check(tx: Transaction, change: ChangeRecord, lexicon: Lexicon, *, by: str, zone: str) -> Look:
    """Looks, and keeps the look as a step where it gave a verdict."""
    found = look(tx, change, lexicon, now=tx.now(), zone=zone)
    if found.effect is not None:
        state: ChangeState = change.state if change.state in {"kept", "taken_back"} else "checked"
        tx.changes.step(change.id, state, by=by, result=found.data())
    return found


def move(
    tx: Transaction,
    change: ChangeRecord,
    state: ChangeState,
    *,
    by: str,
    note: str = "",
    begins_at: datetime | None = None,
    look_at: datetime | None = None,
) -> ChangeStep:
    """Moves a change on.

    Raises:
        UsageError: from where it stands it cannot go there, or its beginning is not known.
    """
    if state not in _NEXT[change.state]:
        steps = ", ".join(_NEXT[change.state]) or "nothing: it is at its end"
        raise UsageError(f"it is {change.state}", where=change.id, hint=f"From there it can become: {steps}.")
    if state == "begun":
        start = begins_at or change.begins_at
        if start is None:
            raise UsageError("its first day is not known", field="begins", hint="Write it as 2026-03-31.")
        changed = replace(change, begins_at=start, look_at=look_at or change.look_at)
        refuse_odd_days(changed)
        tx.changes.begin(change.id, at=start, look_at=changed.look_at)
    return tx.changes.step(change.id, state, by=by, note=note)


def refuse_odd_days(change: ChangeRecord) -> None:
    """Refuses days that cannot be meant.

    Raises:
        UsageError: a number of days is out of range, or the look comes before there can be a review.
    """
    for name, days, least in (("lag", change.lag_days, 0), ("before", change.before_days, 1)):
        if not least <= days <= LONGEST_DAYS:
            raise UsageError(f"{days} days cannot be meant", field=name, hint=f"From {least} to {LONGEST_DAYS}.")
    if change.begins_at and change.look_at and change.look_at <= change.begins_at + timedelta(days=change.lag_days):
        raise UsageError(
            "the look would come before the first review that counts",
            field="look_on",
            hint=f"Name a day more than {change.lag_days} days after the beginning, or a shorter lag.",
        )


def _others(tx: Transaction, change: ChangeRecord, seen: set[str]) -> tuple[str, ...]:
    if change.comparable:
        return change.comparable
    changed = {
        product
        for other in tx.changes.of_account(change.account_id)
        if other.begins_at is not None or other.id == change.id
        for product in other.products
    }
    return tuple(sorted(seen - changed))


def _again_on(effect: Effect, today: date, days: int) -> date | None:
    if effect.answer not in {Answer.TOO_FEW, Answer.CANNOT_TELL} or not effect.own.after.total:
        return None
    wanted = effect.more_reviews or (FEWEST - effect.own.after.total)
    if effect.more_reviews is None or wanted <= 0:
        return None
    ahead = wanted * days // effect.own.after.total + 1
    return today + timedelta(days=ahead) if ahead <= LONGEST_DAYS else None


def _verdict(effect: Effect) -> str:
    own = effect.own
    counts = f"{own.before.hits} из {own.before.total} до, {own.after.hits} из {own.after.total} после"
    if effect.answer is Answer.TOO_FEW:
        return f"Мало данных: {counts}; нужно не меньше {FEWEST} отзывов с каждой стороны."
    if effect.answer is Answer.CANNOT_TELL:
        return f"Пока сказать нельзя: {counts}."
    word = "меньше" if effect.answer is Answer.FELL else "больше"
    points = "; ".join(
        f"{abs(bound) * 100:.1f}" for bound in sorted((effect.beyond.lower, effect.beyond.upper), key=abs)
    )
    if not effect.is_compared:
        return (
            f"Жалоб стало {word} ({counts}; разница от и до, п. п.: {points}). Сравнить не с чем: "
            "изменение это или общий ход дел, сказать нельзя."
        )
    others = cast("BeforeAfter", effect.others)
    return (
        f"Жалоб стало {word}, чем было бы по ходу товаров без изменения ({counts}; у них {others.before.hits} из "
        f"{others.before.total} и {others.after.hits} из {others.after.total}; разница от и до, п. п.: {points})."
    )


def _counts(pair: BeforeAfter) -> list[JsonValue]:
    return [pair.before.hits, pair.before.total, pair.after.hits, pair.after.total]


def _day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)

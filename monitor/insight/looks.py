"""What one look at a change found, in words that hide nothing: all figures, their days, and what they allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.insight.effects import Answer, BeforeAfter, Effect
from monitor.insight.periods import Period, day_of_moment
from monitor.insight.shares import FEWEST, Count
from monitor.state.changes import ChangeRecord, ChangeStep
from monitor.state.text import JsonValue

_RESULT_OF_LOOK = "answer"
_DAYS_SET = "days_set"


@dataclass(frozen=True)
class Look:
    """What one look at a change found.

    Attributes:
        effect: None before the day that was set for the look.
        before, after: The days whose reviews were counted; the lag and the day of the look are not among them.
        reviews_after: Reviews of the changed products since the change, without the lag.
        looks: The how manyth look with a verdict this is; 0 when it gives none. Looking again at the same days is none.
        again_on: When it is worth looking again; None where that is not known, or not needed.
        afterwards: Which of its days were set when they had passed, in words; empty where none was.
    """

    change: ChangeRecord
    effect: Effect | None
    others: tuple[str, ...]
    before: Period
    after: Period
    reviews_after: int
    looks: int
    again_on: date | None
    afterwards: str

    def sentence(self) -> str:
        """Everything that may be said, without a causal word where nothing was compared."""
        if self.effect is None:
            return _joined(
                f"Рано: проверка назначена на {_day(self.again_on)}. С начала изменения собрано отзывов: "
                f"{self.reviews_after}. До этого дня итога нет: кто смотрит каждый день, увидит то, чего нет.",
                self.afterwards,
            )
        return _joined(
            self.verdict(),
            self._again(),
            self._looked(),
            self.afterwards,
            f"Дни: до {self.before}, после {self.after}.",
        )

    def verdict(self) -> str:
        """The figures of both sides and what they allow, without the days and the further looks."""
        if self.effect is None:
            return self.sentence()
        what = "Жалобы" if self.change.aspect else "Плохие отзывы"
        return f"{what}: {_figures(self.effect.own)}{_own_word(self.effect)}. {self._against(self.effect)}"

    def _against(self, effect: Effect) -> str:
        if effect.answer is Answer.TOO_FEW:
            return f"Мало данных: нужно не меньше {FEWEST} отзывов с каждой стороны."
        if effect.others is None and effect.answer is Answer.CANNOT_TELL:
            return "Помогло ли, пока сказать нельзя."
        if effect.others is None:
            why = "у товаров для сравнения мало отзывов" if self.others else "сравнить не с чем"
            return f"{why.capitalize()}: изменение это или общий ход дел, сказать нельзя."
        others = f"У товаров без изменения: {_figures(effect.others)}."
        if effect.answer is Answer.CANNOT_TELL:
            return f"{others} Из-за изменения ли это, пока сказать нельзя."
        word = "реже" if effect.answer is Answer.FELL else "чаще"
        bounds = sorted((effect.beyond.lower, effect.beyond.upper), key=abs)
        low, high = (f"{abs(bound) * 100:.1f}".replace(".", ",") for bound in bounds)
        return f"{others} Стало {word}, чем было бы по ходу товаров без изменения (разница от {low} до {high} п. п.)."

    def _again(self) -> str:
        effect = self.effect
        if effect is None or effect.answer not in {Answer.TOO_FEW, Answer.CANNOT_TELL}:
            return ""
        if effect.more_reviews is None:
            return (
                "Сколько бы отзывов ни добавилось, снижение вдвое показать нельзя: "
                "мало отзывов до изменения или у товаров для сравнения."
            )
        if effect.more_reviews == 0:
            return "Отзывов хватило бы, чтобы увидеть снижение вдвое; меньшее могло остаться незамеченным."
        day = f", посмотрите снова {_day(self.again_on)}" if self.again_on else ""
        return f"Чтобы увидеть снижение вдвое, нужно ещё около {effect.more_reviews} отзывов{day}."

    def _looked(self) -> str:
        if self.looks <= 1:
            return ""
        return f"Это {self.looks}-й взгляд: с каждым растёт шанс увидеть то, чего нет (три взгляда: 10 %, не 5 %)."

    def data(self) -> dict[str, JsonValue]:
        """The look for programs and for the store: whole numbers and text only, shares in millionths."""
        effect = self.effect
        found: dict[str, JsonValue] = {
            "change": self.change.id,
            _RESULT_OF_LOOK: effect.answer.value if effect else "too_early",
            "sentence": self.sentence(),
            "verdict": _joined(self.verdict(), self.afterwards),
            "before": [self.before.first.isoformat(), self.before.last.isoformat()],
            "after": [self.after.first.isoformat(), self.after.last.isoformat()],
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


def days_set(change: ChangeRecord) -> dict[str, JsonValue]:
    """What a step keeps that set the days of a change: so that it can be seen later when they were set."""
    begins, look_on = (one.isoformat() if one else None for one in (change.begins_at, change.look_at))
    return {_DAYS_SET: [begins, look_on]}


def looks_of(steps: Sequence[ChangeStep]) -> list[dict[str, JsonValue]]:
    """The looks that gave a verdict, in order."""
    return [step.result for step in steps if isinstance(step.result, dict) and _RESULT_OF_LOOK in step.result]


def tell_afterwards(change: ChangeRecord, steps: Sequence[ChangeStep], zone: str) -> str:
    """Says which days of a change had passed when they were set; empty where none had.

    A change that an older program moved on does not tell when its days were set: of it only what was so from the
    beginning is said.
    """
    setting = [step.at for step in steps if isinstance(step.result, dict) and _DAYS_SET in step.result]
    noted = day_of_moment(setting[-1] if setting else change.added_at, zone)
    told = []
    for name, moment in (("День начала", change.begins_at), ("День итога", change.look_at)):
        if moment is not None and (day := day_of_moment(moment, zone)) < noted:
            told.append(f"{name} ({_day(day)}) записан задним числом, {_day(noted)}")
    if not told:
        return ""
    return (
        f"{'; '.join(told)}: день, выбранный после того, как отзывы уже пришли, в трети случаев и чаще "
        "«находит» изменение там, где его нет."
    )


def _own_word(effect: Effect) -> str:
    """Whether the changed products' own share moved by more than chance, whatever the others did."""
    if effect.own.is_little:
        return ""
    fall = effect.own.fall
    if fall.spans_zero:
        return " – разница может быть случайной"
    return " – стало реже" if fall.value > 0 else " – стало чаще"


def _figures(pair: BeforeAfter) -> str:
    return f"{_of(pair.before)} до, {_of(pair.after)} после"


def _of(count: Count) -> str:
    share = "" if count.is_little else f" ({count.share * 100:.0f} %)"
    return f"{count.hits} из {count.total}{share}"


def _counts(pair: BeforeAfter) -> list[JsonValue]:
    return [pair.before.hits, pair.before.total, pair.after.hits, pair.after.total]


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day is not None else "?"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)

"""How the seller's changes stand today, and which of them a period's digest or report tells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.insight.changing import has_begun
from monitor.insight.looks import looks_of
from monitor.insight.periods import Period, day_of_moment
from monitor.state.changes import ChangeRecord, ChangeStep
from monitor.state.transaction import Transaction

_STANDS = {
    "planned": "задумано", "begun": "начато", "checked": "проверено", "kept": "оставлено", "taken_back": "отменено",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """One change, how it stands, and what may be said of it.

    Attributes:
        since: Its first day; None while it has not begun.
    """

    what: str
    products: tuple[str, ...]
    stands: str
    since: date | None
    told: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One change as it stands today.

    Attributes:
        begins, look_on: The days that were set.
        has_begun: It was ever on sale.
        is_looked: A verdict of its day, or of a later one, is kept.
    """

    change: ChangeRecord
    steps: tuple[ChangeStep, ...]
    begins: date | None
    look_on: date | None
    has_begun: bool
    is_looked: bool
    today: date

    @property
    def is_waited_for(self) -> bool:
        """Whether it is on sale and its verdict is still to come."""
        return self.has_begun and self.change.state in {"begun", "checked"} and not self.is_looked

    @property
    def is_due(self) -> bool:
        """Whether the day of its verdict has come and nobody looked."""
        return self.is_waited_for and self.look_on is not None and self.look_on <= self.today

    @property
    def is_late(self) -> bool:
        """Whether it was to begin by now and nobody noted that it did."""
        return self.change.state == "planned" and self.begins is not None and self.begins <= self.today

    def began_in(self, period: Period) -> bool:
        """Whether its first day lies in a period."""
        return self.has_begun and period.holds(self.begins)

    def as_done(self) -> Done:
        """What is told of it: the newest word of a look that is kept, else what it waits for."""
        looks = looks_of(self.steps)
        told = str(looks[-1].get("verdict") or looks[-1]["sentence"]) if looks else self._waits()
        stands = _STANDS[self.change.state]
        if self.change.state == "taken_back" and not self.has_begun:
            stands = "отменено до начала"
        return Done(self.change.what, self.change.products, stands, self.begins if self.has_begun else None, told)

    def _waits(self) -> str:
        if self.change.state in {"kept", "taken_back"}:
            return "Итог не смотрели." if self.has_begun else ""
        if not self.has_begun:
            if self.begins is None:
                return "День начала не назначен."
            late = ": отметьте, началось ли" if self.is_late else ""
            return f"Начало назначено на {self.begins:%d.%m.%Y}{late}."
        if self.look_on is None:
            return "День итога не назначен."
        if self.is_due:
            return f"Итог был назначен на {self.look_on:%d.%m.%Y}: пора посмотреть."
        return f"Итог смотрим {self.look_on:%d.%m.%Y}."

    def rank(self, period: Period) -> int:
        """Where it stands among those a period tells: its own first, then what has a verdict, then what runs."""
        days = [day_of_moment(step.at, "UTC") for step in self.steps if looks_of([step])]
        is_of_period = self.has_begun and any(map(period.holds, (self.begins, self.look_on, *days)))
        order = (is_of_period, bool(looks_of(self.steps)), self.is_waited_for, self.change.state == "planned", True)
        return order.index(True)


def standings_of(tx: Transaction, account: str, zone: str) -> list[Standing]:
    """How an account's changes stand, the newest first; what was planned twice in the same words stands once."""
    now = tx.now()
    found: dict[object, Standing] = {}
    for change in tx.changes.of_account(account):
        steps = tuple(tx.changes.steps(change.id))
        looked = [step.at for step in steps if looks_of([step])]
        one = Standing(
            change=change,
            steps=steps,
            begins=None if change.begins_at is None else day_of_moment(change.begins_at, zone),
            look_on=None if change.look_at is None else day_of_moment(change.look_at, zone),
            has_begun=has_begun(change, steps, now),
            is_looked=any(change.look_at is None or at >= change.look_at for at in looked),
            today=day_of_moment(now, zone),
        )
        key: object = change.id if one.has_begun else (change.what.casefold(), change.products, change.aspect)
        known = found.get(key)
        if known is None or (known.change.state, change.state) == ("taken_back", "planned"):
            found[key] = one
    return list(found.values())


def chosen(standings: Iterable[Standing], period: Period) -> list[Standing]:
    """The changes in the order in which a period tells them."""
    return sorted(standings, key=lambda one: one.rank(period))


def to_be_done(standings: Iterable[Standing], named: Sequence[str] = ()) -> list[str]:
    """What waits for a person: verdicts whose day has come, beginnings that nobody noted."""
    found = []
    for one in standings:
        what = f"«{one.change.what}»"
        if one.is_due and one.look_on is not None and not any(what in step for step in named):
            found.append(f"Пора посмотреть итог изменения {what}: он назначен на {one.look_on:%d.%m.%Y}.")
        elif one.is_late and one.begins is not None:
            found.append(f"Изменение {what} должно было начаться {one.begins:%d.%m.%Y}: отметить начало или отменить.")
    return found

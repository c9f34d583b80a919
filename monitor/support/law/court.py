"""A case in court as a person follows it: what happened at which stage, and which last day runs from it. Pure.

Dates come from the acts and are entered by a person; a term of a stage runs from an act of the stage before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from monitor.errors import LawUnknown
from monitor.support.law.calendar import WorkCalendar
from monitor.support.law.deadlines import Deadline, deadlines_of
from monitor.support.law.fees import Court
from monitor.support.law.rules import Body, Event, LawBook, Rule, Stage

_STAGES = tuple(Stage)


class CourtEntry(BaseModel):
    """Something that happened in court, as a person entered it.

    Attributes:
        court: Before which kind of court.
        stage: At which stage.
        event: What happened; None for something that starts no term, such as a hearing.
        is_filed: Our own paper for this stage went out, so its term is kept.
        day: The day of it, as it stands in the act or on the receipt.
        note: What and where: the paper, the court, the number, the proof of sending.
        by: Who entered it.
        at: When it was entered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    court: Court
    stage: Stage
    event: Event | None = None
    is_filed: bool = False
    day: date
    note: str = ""
    by: str
    at: datetime


class StageRow(BaseModel):
    """How one stage stands.

    Attributes:
        entries: What happened, oldest first.
        filed_on: When our paper for it went out; None while it did not.
        deadlines: Its last days, counted from the stage before; empty where nothing starts them.
        unknown: Why a last day cannot be told, in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: Stage
    entries: tuple[CourtEntry, ...]
    filed_on: date | None
    deadlines: tuple[Deadline, ...]
    unknown: tuple[str, ...]


def follow(entries: Sequence[CourtEntry], court: Court, *, book: LawBook, days: WorkCalendar) -> tuple[StageRow, ...]:
    """Says how each of the five stages stands.

    Args:
        entries: What a person entered, in any order and for any court.
        court: Whose stages.
        book: The rules.
        days: The working days.

    Returns:
        The five stages in their order.
    """
    own = sorted((one for one in entries if one.court is court), key=lambda one: (one.day, one.at))
    by_stage = {stage: tuple(one for one in own if one.stage is stage) for stage in _STAGES}
    rows = []
    for place, stage in enumerate(_STAGES):
        before = by_stage[_STAGES[place - 1]] if place else ()
        found, unknown = _last_days(stage, before, court, book, days)
        filed = [one.day for one in by_stage[stage] if one.is_filed]
        rows.append(
            StageRow(
                stage=stage,
                entries=by_stage[stage],
                filed_on=filed[0] if filed else None,
                deadlines=found,
                unknown=unknown,
            )
        )
    return tuple(rows)


def _last_days(
    stage: Stage, before: Sequence[CourtEntry], court: Court, book: LawBook, days: WorkCalendar
) -> tuple[tuple[Deadline, ...], tuple[str, ...]]:
    found: list[Deadline] = []
    unknown: list[str] = []
    for rule in _rules_of(stage, court, book):
        if rule.question:
            unknown.append(f"{rule.question}: не установлено")
        elif rule.deadline is not None:
            starts = [one.day for one in before if one.event is rule.deadline.counted_from]
            for day in starts[-1:]:  # a later act of the same kind is the one that counts
                try:
                    found += deadlines_of(rule, day, book, days)
                except LawUnknown as error:
                    unknown.append(str(error))
    return tuple(found), tuple(unknown)


def _rules_of(stage: Stage, court: Court, book: LawBook) -> list[Rule]:
    return [rule for rule in book.rules if rule.stage is stage and Body(court.value) in rule.applies_to]

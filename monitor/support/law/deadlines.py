"""The last day of a term: counted by the data of the law and the calendar, with every rule it rests on."""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from monitor.errors import LawUnknown
from monitor.language import gettext as _
from monitor.support.law.calendar import WorkCalendar
from monitor.support.law.marks import CAVEATS, Mark, Printing, least_sure
from monitor.support.law.rules import Body, LawBook, Rule, Term, Unit

_NEXT_DAY, _MOVED, _POSTED = "term-starts-next-day", "gk-193", "gk-194"
_COURT_DAYS = {Body.ARBITRAZH: "apk-113", Body.GENERAL: "gpk-107"}
_COURT_MONTHS = {Body.ARBITRAZH: "apk-114", Body.GENERAL: "gpk-108"}


class Deadline(BaseModel):
    """A last day.

    Attributes:
        rule: The rule that sets the term.
        event: The day it is counted from.
        counted: The day on which it would end if every day were worked.
        last_day: The last day on which it is kept; what is posted until midnight is in time.
        term: The term as it was counted.
        mark: How surely the day is known: as its weakest support.
        rests_on: The rules it rests on, by id.
        caveats: What has to be said beside the day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    event: date
    counted: date
    last_day: date
    term: Term
    mark: Mark
    rests_on: tuple[str, ...]
    caveats: tuple[str, ...]


def deadlines_of(rule: Rule, event: date, book: LawBook, days: WorkCalendar) -> tuple[Deadline, ...]:
    """Counts the last day of a rule's term.

    Args:
        rule: The rule.
        event: The day the term is counted from.
        book: All rules, for those of counting.
        days: The working days.

    Returns:
        One; two where no source says which days are meant, the earlier first, neither chosen.

    Raises:
        LawUnknown: the rule sets no term, is not printed, does not count on that day, or a year is not loaded.
    """
    if rule.deadline is None:
        raise LawUnknown(
            _("rule {id} sets no term that anybody has seen").format(id=rule.id)
            + (f": {rule.question}" if rule.question else ""),
            where=rule.id,
            hint=_("`fairreview law list --deadlines` shows the rules that do."),
        )
    if rule.prints is Printing.NEVER or not rule.is_valid_on(event):
        raise LawUnknown(
            _("rule {id} does not count on {event}").format(id=rule.id, event=event),
            where=rule.id,
            hint=_("`fairreview law show {id}` says when it does.").format(id=rule.id),
        )
    if rule.deadline.unit is not Unit.DAYS:
        return (_count(rule, rule.deadline, event, book, days),)
    kinds = (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS)
    found = [_count(rule, rule.deadline.model_copy(update={"unit": unit}), event, book, days) for unit in kinds]
    unsaid = "какие дни имеются в виду, календарные или рабочие, не установлено"
    return tuple(one.model_copy(update={"caveats": (*one.caveats, unsaid)}) for one in found)


def end_of_term(term: Term, event: date, days: WorkCalendar) -> tuple[date, date]:
    """Counts a term of known units.

    Args:
        term: The term.
        event: The day it is counted from; the first day that counts is the next one.
        days: The working days.

    Returns:
        The day on which it ends, and the working day to which that end moves.

    Raises:
        LawUnknown: a year is not loaded.
    """
    if term.unit is Unit.MONTHS:
        counted = _months_after(event, term.number)
    elif term.unit is Unit.WORKING_DAYS:
        counted = _working_days_after(event, term.number, days)
    else:
        counted = event + timedelta(days=term.number)
    return counted, days.next_working(counted)


def _count(rule: Rule, term: Term, event: date, book: LawBook, days: WorkCalendar) -> Deadline:
    counted, last_day = end_of_term(term, event, days)
    used = [rule, book.rule(_NEXT_DAY)]
    court = next((body for body in rule.applies_to if body in _COURT_DAYS), None)
    if court is not None and term.unit is Unit.WORKING_DAYS:
        used.append(book.rule(_COURT_DAYS[court]))
    if court is not None and term.unit is Unit.MONTHS:
        used.append(book.rule(_COURT_MONTHS[court]))
    if last_day != counted:
        used.append(book.rule(_MOVED))
    if not term.is_theirs:
        used.append(book.rule(_POSTED))
    years = [days.year(year) for year in range(event.year, last_day.year + 1)]
    own = [caveat for caveat in (CAVEATS[rule.mark], rule.doubt) if caveat]
    return Deadline(
        rule=rule.id,
        event=event,
        counted=counted,
        last_day=last_day,
        term=term,
        mark=least_sure(rule.mark, *(year.mark for year in years)),
        rests_on=tuple(one.id for one in used),
        caveats=(*own, *(year.caveat for year in years if year.caveat)),
    )


def _months_after(day: date, number: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _working_days_after(day: date, number: int, days: WorkCalendar) -> date:
    left = number
    while left:
        day += timedelta(days=1)
        left -= days.is_working(day)
    return day

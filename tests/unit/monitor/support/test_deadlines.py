"""Last days: the calendar's own rows, the rules they rest on, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from monitor.errors import LawUnknown
from monitor.support.law.calendar import WorkCalendar, Year, load_calendar
from monitor.support.law.deadlines import deadlines_of, end_of_term
from monitor.support.law.marks import Mark
from monitor.support.law.reminders import calendar_file
from monitor.support.law.rules import Event, Term, Unit, load_law
from tests.unit.monitor.support.deadline_rows import ROWS

KNOWN = [
    # (event, number, unit, the day it ends by itself, the last day): ../shared/facts/support-and-law.md, section 10
    (date(2026, 12, 14), 15, Unit.WORKING_DAYS, date(2027, 1, 13), date(2027, 1, 13)),
    (date(2026, 12, 14), 15, Unit.CALENDAR_DAYS, date(2026, 12, 29), date(2026, 12, 29)),
    (date(2026, 11, 30), 15, Unit.WORKING_DAYS, date(2026, 12, 21), date(2026, 12, 21)),
    (date(2027, 2, 17), 5, Unit.WORKING_DAYS, date(2027, 2, 25), date(2027, 2, 25)),
    (date(2026, 12, 1), 30, Unit.CALENDAR_DAYS, date(2026, 12, 31), date(2027, 1, 11)),
    (date(2027, 1, 31), 1, Unit.MONTHS, date(2027, 2, 28), date(2027, 3, 1)),
    (date(2026, 12, 6), 1, Unit.MONTHS, date(2027, 1, 6), date(2027, 1, 11)),
]


def term(number: int, unit: Unit) -> Term:
    return Term(number=number, unit=unit, counted_from=Event.RECEIVED)


@pytest.mark.parametrize(("event", "number", "unit", "counted", "last_day"), KNOWN)
def test_a_term_ends_on_the_day_that_was_worked_out_elsewhere(
    event: date, number: int, unit: Unit, counted: date, last_day: date
) -> None:
    assert end_of_term(term(number, unit), event, load_calendar()) == (counted, last_day)


def test_a_naive_count_is_wrong_in_most_of_them() -> None:
    naive = [event + timedelta(days=30 if unit is Unit.MONTHS else number) for event, number, unit, *_ in KNOWN]
    assert sum(day != row[4] for day, row in zip(naive, KNOWN, strict=True)) >= 5


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}+{row[1]}{row[2]}")
def test_terms_worked_out_by_somebody_who_had_only_the_rules(row: tuple[str, int, str, str]) -> None:
    event, number, unit, last_day = row
    assert end_of_term(term(number, Unit(unit)), date.fromisoformat(event), load_calendar())[1] == date.fromisoformat(
        last_day
    )


def test_a_naive_count_fails_them() -> None:
    naive = [
        date.fromisoformat(event) + timedelta(days=n * 30 if unit == "months" else n) for event, n, unit, _ in ROWS
    ]
    wrong = sum(day != date.fromisoformat(row[3]) for day, row in zip(naive, ROWS, strict=True))
    assert len(ROWS) == len(set(ROWS)) == 200
    assert wrong >= 100


def test_a_last_day_names_every_rule_it_rests_on() -> None:
    book = load_law()
    (moved,) = deadlines_of(book.rule("apk-259"), date(2027, 1, 31), book, load_calendar())
    assert moved.rests_on == ("apk-259", "term-starts-next-day", "apk-114", "gk-193", "gk-194")
    (kept,) = deadlines_of(book.rule("gpk-321"), date(2026, 11, 30), book, load_calendar())
    assert kept.last_day == date(2026, 12, 30)
    assert kept.rests_on == ("gpk-321", "term-starts-next-day", "gpk-108", "gk-194")


def test_a_day_is_as_sure_as_its_weakest_support() -> None:
    book = load_law()
    (sure,) = deadlines_of(book.rule("gpk-376-1"), date(2026, 9, 1), book, load_calendar())
    assert sure.mark is Mark.UNDATED  # the rule is V, the calendar of 2026 V-
    assert sure.caveats == ("календарь 2026 года: проверьте редакцию",)
    (unsure,) = deadlines_of(book.rule("gpk-321"), date(2026, 12, 30), book, load_calendar())
    assert unsure.mark is Mark.PRACTICE
    assert "календарь 2027 года: по вторичному источнику, проверьте" in unsure.caveats


def test_days_of_no_known_kind_are_counted_both_ways_and_neither_is_chosen() -> None:
    book = load_law()
    found = deadlines_of(book.rule("fz-289-complaint"), date(2026, 12, 14), book, load_calendar())
    assert [one.last_day for one in found] == [date(2026, 12, 29), date(2027, 1, 13)]
    assert all(any("не установлено" in caveat for caveat in one.caveats) for one in found)


def test_a_doubt_about_a_rule_is_said_beside_its_day() -> None:
    book = load_law()
    (told,) = deadlines_of(book.rule("claim-to-platform"), date(2026, 12, 1), book, load_calendar())
    assert "срок по договору российского продавца не установлен: возьмите его из своего договора" in told.caveats


def test_the_others_term_is_no_term_of_ours() -> None:
    book = load_law()
    (theirs,) = deadlines_of(book.rule("claim-to-platform"), date(2026, 12, 1), book, load_calendar())
    assert theirs.term.is_theirs
    assert "gk-194" not in theirs.rests_on


@pytest.mark.parametrize(
    ("rule", "event", "words"),
    [
        ("apk-308-1-term", date(2026, 12, 1), "sets no term"),
        ("gk-193", date(2026, 12, 1), "sets no term"),
        ("fz-289-complaint", date(2026, 9, 30), "does not count on 2026-09-30"),
        ("gpk-376-1", date(2024, 8, 31), "does not count"),
        ("apk-259", date(2027, 12, 10), "calendar of 2028 is not known"),
    ],
)
def test_what_is_not_known_is_refused(rule: str, event: date, words: str) -> None:
    book = load_law()
    with pytest.raises(LawUnknown, match=words):
        deadlines_of(book.rule(rule), event, book, load_calendar())


def test_a_year_refuses_days_that_are_none() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        WorkCalendar((Year(year=2026, mark=Mark.DATED, source="x", seen_on=date(2026, 1, 1), off=("02-03..02-01",)),))
    with pytest.raises(ValueError, match="day"):
        WorkCalendar((Year(year=2026, mark=Mark.DATED, source="x", seen_on=date(2026, 1, 1), off=("02-30",)),))


def test_a_calendar_file_has_the_day_its_reason_and_alarms_and_the_same_name_each_time() -> None:
    book = load_law()
    rule = book.rule("apk-259")
    found = deadlines_of(rule, date(2027, 1, 31), book, load_calendar())
    moment = datetime(2026, 11, 30, 12, tzinfo=UTC)
    files = [calendar_file(book, found, now=moment + timedelta(days=n)) for n in (0, 3)]
    first, second = (Calendar.from_ical(file) for file in files)
    (entry,) = first.walk("VEVENT")
    assert entry.decoded("dtstart") == date(2027, 3, 1)
    assert "АПК РФ, ст. 259" in str(entry.decoded("description"))
    assert "28.02.2027 нерабочий, перенесено" in str(entry.decoded("description"))
    assert [alarm.decoded("trigger") for alarm in entry.walk("VALARM")] == [timedelta(days=-7), timedelta(days=-1)]
    assert entry["UID"] == next(iter(second.walk("VEVENT")))["UID"]

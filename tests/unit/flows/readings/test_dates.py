"""Dates: the true instant always lies in the interval, and no interval is narrower than what was printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.readings.dates import DateReader, read_unix_seconds, read_uuid7_time
from tests.unit.flows.readings.date_table import LANGUAGES, RU, SEEN, ZONES, printed

MOSCOW = ZoneInfo("Europe/Moscow")
NEW_YEAR = datetime(2027, 1, 1, 9, 0, tzinfo=MOSCOW)


def reader(seen_at: datetime | None = NEW_YEAR) -> DateReader:
    return DateReader(RU, MOSCOW, seen_at)


def test_the_true_instant_always_lies_in_the_interval() -> None:
    table = list(printed())
    wrong = []
    for row in table:
        found = DateReader(LANGUAGES[row.language], row.zone, row.seen_at).read(row.text)
        if found.earliest is None or found.latest is None or not found.earliest <= row.truth <= found.latest:
            wrong.append((row, found))

    assert wrong == []
    assert len({row.text for row in table}) >= 400
    assert len(ZONES) * len(SEEN) == 48


def test_the_interval_is_the_same_whatever_zone_the_clock_is_kept_in() -> None:
    here, there = NEW_YEAR, NEW_YEAR.astimezone(ZoneInfo("Pacific/Apia"))

    assert [reader(here).read(text) for text in ("вчера", "3 дня назад")] == [
        reader(there).read(text) for text in ("вчера", "3 дня назад")
    ]


@pytest.mark.parametrize("text", ["31 декабря", "31 дек.", "31\u00a0декабря", "31\u202fдекабря"])
@pytest.mark.parametrize("day", [1, 2])
def test_a_date_without_a_year_at_new_year_is_last_years(text: str, day: int) -> None:
    found = reader(datetime(2027, 1, day, 9, 0, tzinfo=MOSCOW)).read(text)

    assert found.earliest == datetime(2026, 12, 31, tzinfo=MOSCOW)
    assert found.latest == datetime(2027, 1, 1, tzinfo=MOSCOW) - timedelta(microseconds=1)


def test_a_page_printed_just_before_midnight_and_read_just_after_is_not_misread() -> None:
    found = reader(datetime(2027, 1, 1, 0, 3, tzinfo=MOSCOW)).read("сегодня в 23:58")

    assert found.earliest is not None
    assert found.latest is not None
    assert found.earliest <= datetime(2026, 12, 31, 23, 58, tzinfo=MOSCOW) <= found.latest


def test_an_hour_that_happens_twice_covers_both() -> None:
    found = DateReader(LANGUAGES["de"], ZoneInfo("Europe/Berlin"), SEEN[5] + timedelta(days=1)).read(
        "25. Oktober 2026 um 02:30 Uhr"
    )

    assert found.earliest == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert found.latest == datetime(2026, 10, 25, 1, 30, 59, 999999, tzinfo=UTC)


def test_a_leap_day_without_a_year_is_the_last_leap_day() -> None:
    assert reader().read("29 февраля").earliest == datetime(2024, 2, 29, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "32 марта 2026", "30 февраля 2026", "12 мартобря", "март", "12", "2026", "12 марта 2026 2025",
        "вчера вечером", "в 12:30", "12:30", "25:00", "вчера в 25:00", "12/03/2026", "3 дня", "назад",
        "много дней назад", "-3 дня назад", "١٢ марта 2026", "12 марта 0026", "12 марта 9999", "1 января 2099",
        "2026-13-01", "2026-02-30T10:00:00Z", "3 года вперёд", "12 марта 13 апреля", "марта марта 2026",
        "99999999 дней назад", "отзыв", "12 марта 2026 года в сумерках",
    ],
)  # fmt: skip
def test_what_is_not_understood_stays_raw_and_unparsed(text: str) -> None:
    found = reader().read(text)

    assert (found.raw, found.basis, found.earliest, found.latest) == (text, "unparsed", None, None)


@pytest.mark.parametrize("text", ["сегодня", "3 дня назад", "только что", "12 марта"])
def test_without_knowing_when_a_page_was_seen_relative_texts_stay_unparsed(text: str) -> None:
    assert reader(None).read(text).basis == "unparsed"
    assert reader(None).read("12 марта 2026").basis == "date_text"


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    found = reader().read(text)

    assert found.raw == text
    assert found.earliest is None or found.latest is None or found.earliest <= found.latest


def test_a_long_text_is_cut_before_it_is_looked_at() -> None:
    assert len(reader().read("1 " * 1_000_000).raw) == 200


@pytest.mark.parametrize("value", [True, -1, 1.5, "12 марта", 10**13, 2**63, [], "1e9", float("nan"), "٣"])
def test_odd_time_stamps_stay_unparsed(value: object) -> None:
    found = read_unix_seconds(value)

    assert found is not None
    assert found.basis == "unparsed"


def test_a_time_stamp_is_the_whole_second() -> None:
    found = read_unix_seconds("1790500000")

    assert found is not None
    assert found.earliest == datetime(2026, 9, 27, 9, 6, 40, tzinfo=UTC)
    assert found.latest == datetime(2026, 9, 27, 9, 6, 40, 999999, tzinfo=UTC)


def test_no_time_stamp_is_no_time() -> None:
    assert read_unix_seconds(None) is None


def test_a_version_seven_uuid_carries_its_time() -> None:
    found = read_uuid7_time("01a0e82c-4659-7aa4-9fa8-000000000101")

    assert found is not None
    assert found.earliest == datetime(2026, 9, 28, 13, 20, 10, 841000, tzinfo=UTC)


@pytest.mark.parametrize("review_id", ["", "1", "00000000-0000-4000-8000-000000000101", "x" * 36])
def test_other_ids_carry_no_time(review_id: str) -> None:
    assert read_uuid7_time(review_id) is None

"""What a digest and a report say of changes, of days nobody watched, and of days without reviews."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.readings.models import Coverage, ListingRead, PageHealth
from monitor.cli.digests import read_period
from monitor.clock import ManualClock
from monitor.errors import SettingsError
from monitor.insight.aspects import load_lexicon
from monitor.insight.digesting import Reader
from monitor.insight.periods import Period
from monitor.insight.recounting import recount
from tests.unit.monitor.insight.shop import ACCOUNT, TODAY, Shop, make_shop, many
from tests.unit.monitor.insight.test_digests import BOX, LAST, MONTH, Capture, report_of, shop

__all__ = ["shop"]


def change(shop: Shop, what: str, *more: str, begins: int, look_on: int | None = None) -> None:
    """Notes a change; days are so many days ago."""
    days = [(TODAY - timedelta(days=ago)).date().isoformat() for ago in (begins, look_on or 0)]
    look = ("--look-on", days[1]) if look_on is not None else ()
    shop.run("change", "add", what, "--product", "1001", "--lag", "1", "--begins", days[0], *look, *more)


def test_a_planned_change_is_not_told_as_running_and_pushes_nothing_out(shop: Shop) -> None:
    shop.store(many("1001", bad=12, good=28, days_ago=3, text=BOX))
    change(shop, "Плотная коробка", "--aspect", "packaging", begins=-10)
    found = report_of(shop)
    with shop.installation.state.read() as tx:
        digest = Reader(tx, ACCOUNT, load_lexicon(), "Europe/Moscow").digest("packing", MONTH)

    assert not any("идёт изменение" in step for step in (*digest.to_do, *found.next_steps))
    assert len(digest.to_do) == 3
    (done,) = digest.done
    assert (done.stands, done.since) == ("задумано", None)
    assert done.told == f"Начало назначено на {TODAY + timedelta(days=10):%d.%m.%Y}."
    assert not any("начато изменение" in one.reason for one in found.products)
    ahead = Period(TODAY.date(), TODAY.date() + timedelta(days=30))
    assert not any("начато изменение" in one.reason for one in report_of(shop, ahead).products)


def test_the_period_s_own_changes_and_verdicts_come_first_and_the_rest_is_counted(shop: Shop) -> None:
    change(shop, "Важное", begins=20, look_on=2)
    with shop.installation.state.read() as tx:
        (record,) = tx.changes.of_account(ACCOUNT)
    shop.run("change", "check", record.id)
    for number in range(5):
        change(shop, f"Задумка {number}", begins=-10 - number)
    found = report_of(shop)

    assert found.done[0].what == "Важное"
    assert (len(found.done), found.more_done) == (4, 2)


def test_a_look_that_was_made_or_long_ago_is_no_thing_to_do(shop: Shop) -> None:
    shop.store([*many("1001", bad=4, good=40, days_ago=30), *many("1001", bad=4, good=40, days_ago=4)])
    change(shop, "Смотрели", begins=20, look_on=1)
    with shop.installation.state.read() as tx:
        (record,) = tx.changes.of_account(ACCOUNT)
    assert any("Пора посмотреть итог изменения «Смотрели»" in step for step in report_of(shop).next_steps)
    shop.run("change", "check", record.id)
    change(shop, "Впереди", begins=20, look_on=-5)
    change(shop, "Давно", begins=2000, look_on=1900)
    steps = " ".join(report_of(shop).next_steps)
    past = " ".join(report_of(shop, Period(TODAY.date() - timedelta(1930), TODAY.date() - timedelta(1901))).next_steps)

    assert "Смотрели" not in steps
    assert f"{TODAY + timedelta(days=5):%d.%m.%Y}: посмотреть итог изменения «Впереди»" in steps
    assert f"итог изменения «Давно»: он назначен на {TODAY - timedelta(days=1900):%d.%m.%Y}" in past


def poll(shop: Shop, *days_ago: int) -> None:
    """Stores a reading of product 1001 on each of these days."""
    with shop.installation.state.transaction() as tx:
        for ago in days_ago:
            at = TODAY - timedelta(days=ago)
            coverage = Coverage(
                sku="1001", way="rendered_page", started_at=at, finished_at=at, pages_read=1, rows_seen=3,
                site_total=3, first_review_id=None, last_review_id=None, stop="all", is_complete=True,
            )  # fmt: skip
            read = ListingRead(health=PageHealth.HEALTHY, reviews=(), coverage=coverage)
            tx.polls.add(ACCOUNT, read, visit_id=f"v{ago}", is_baseline=False, listing="1001")


def watched_lines(shop: Shop, period: Period = MONTH) -> str:
    report_of(shop)
    recount(shop.installation.state, ACCOUNT, load_lexicon(), "Europe/Moscow")
    return " ".join(report_of(shop, period).watched.lines())


def test_what_was_never_watched_is_not_told_as_watched_without_a_break(shop: Shop, tmp_path: Path) -> None:
    shop.store(many("1001", bad=4, good=16, days_ago=5))
    assert "программа ни разу не читала отзывы" in watched_lines(shop)
    month = f"{TODAY - timedelta(days=5):%Y-%m}"
    shop.run("insight", "report", "--month", month, "--out", tmp_path / "report.html")
    assert "не прерывалось" not in (tmp_path / "report.html").read_text("utf-8")


def test_days_before_watching_began_and_days_without_a_reading_are_told(shop: Shop) -> None:
    shop.store(many("1001", bad=4, good=16, days_ago=5))
    poll(shop, *range(1, 8), *range(11, 21))
    told = watched_lines(shop)
    stretch = " – ".join(f"{TODAY - timedelta(days=ago):%d.%m.%Y}" for ago in (10, 8))

    assert f"Наблюдение началось {TODAY - timedelta(days=20):%d.%m.%Y}" in told
    assert f"Отзывы не читались: {stretch}." in told
    assert [point.is_hole for point in report_of(shop).weeks[-2:]] == [True, False]
    assert "оно началось" in watched_lines(shop, Period(LAST - timedelta(days=70), LAST - timedelta(days=40)))


def test_a_month_watched_every_day_with_data_to_compare_says_so(shop: Shop) -> None:
    shop.store(many("1001", bad=4, good=16, days_ago=5))
    poll(shop, *range(90))

    assert watched_lines(shop) == ""


def test_data_that_begin_within_the_days_compared_with_are_told(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    shop.store([*many("1001", bad=4, good=16, days_ago=5), *many("1001", bad=1, good=9, days_ago=40)])
    poll(shop, *range(40))

    assert f"Самый ранний сохранённый отзыв – {TODAY - timedelta(days=40):%d.%m.%Y}: сравнение с" in watched_lines(shop)


def test_no_reviews_are_not_told_as_no_complaints(shop: Shop, capsys: Capture, tmp_path: Path) -> None:
    shop.run("insight", "digest", "--team", "packing")
    message = capsys.readouterr().out
    for command in (("digest", "--team", "packing"), ("sheet", "packaging"), ("report",)):
        shop.run("insight", *command, "--out", tmp_path / f"{command[0]}.html")
    pages = {path.stem: path.read_text("utf-8") for path in tmp_path.glob("*.html")}

    assert set(pages) == {"digest", "sheet", "report"}
    for told in (message, *pages.values()):
        assert "Отзывов за эти дни нет: судить не по чему." in told
        assert not re.search("Жалоб по вашей|Срочного нет|никто не пожаловался|Никто не", told)


def test_a_month_that_is_not_over_says_so_and_one_to_come_is_refused(shop: Shop) -> None:
    clock, settings = ManualClock(datetime(2026, 11, 20, 9, tzinfo=UTC)), shop.installation.settings

    assert str(read_period(settings, clock, 7, "2026-11")) == "01.11.2026 – 19.11.2026, месяц не закончен"
    assert str(read_period(settings, clock, 7, "2026-10")) == "01.10.2026 – 31.10.2026"
    with pytest.raises(SettingsError, match="2026-12 has no day that is over"):
        read_period(settings, clock, 7, "2026-12")

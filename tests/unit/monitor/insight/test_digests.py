"""``insight digest``, ``sheet``, ``report`` and ``shown``: what is told, that it is right, and that nobody is named."""

from __future__ import annotations

import json
import random
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.closed_lists.incident_kinds import IncidentKind
from monitor.errors import SettingsError, UsageError
from monitor.incidents import report_bad
from monitor.insight import digesting
from monitor.insight.aspects import load_lexicon
from monitor.insight.digesting import Reader
from monitor.insight.owner import OwnerReport, build_report
from monitor.insight.periods import Period
from monitor.schedule import MarkedDays
from tests.unit.monitor.insight.appeals_of_shop import Sent, send
from tests.unit.monitor.insight.shop import ACCOUNT, TODAY, Shop, Written, make_shop, many
from tests.unit.monitor.insight.test_quoting import AUTHOR, CANARIES

Capture = pytest.CaptureFixture[str]
BOX = "Коробка мятая"
LAST = TODAY.date() - timedelta(days=1)
MONTH = Period(LAST - timedelta(days=29), LAST)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    found = make_shop(tmp_path)
    found.store(Written(f"{sku}-old", sku, "Всё отлично", 5, 300) for sku in ("1001", "1002", "1003"))
    return found


def report_of(shop: Shop, period: Period = MONTH) -> OwnerReport:
    with shop.installation.state.read() as tx:
        reader = Reader(tx, ACCOUNT, load_lexicon(), "Europe/Moscow", shop.installation.settings.insight.sales_days)
        return build_report(reader, period, shop.installation.settings.insight, grounds={"obscene": "Брань"})


def configure(shop: Shop, *changes: tuple[str, str]) -> None:
    config = shop.installation.home.config
    content = config.read_text("utf-8")
    for before, after in changes:
        assert before in content
        content = content.replace(before, after)
    config.write_text(content, "utf-8")


def test_a_digest_tells_how_often_in_whose_words_and_what_to_do(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=12, good=28, days_ago=3, text=BOX), *many("1002", bad=2, good=38, days_ago=12)])
    shop.run("insight", "digest", "--team", "packing", "--days", "10")
    told = capsys.readouterr().out

    assert "Упаковка: 12 из 40 отзывов (от 18 до 45 из 100); до этого 0 из 40" in told
    assert f"«{BOX}»" in told
    assert len(re.findall(r"^\d\. ", told, re.MULTILINE)) == 3
    assert "«1001»: жалоб больше (было 0" not in told  # nothing to compare with: it had no reviews before


def test_a_digest_holds_only_what_the_team_can_do(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=12, good=28, days_ago=3, text=BOX)])
    shop.run("insight", "digest", "--team", "support", "--days", "10")

    assert "Жалоб по вашей части нет." in capsys.readouterr().out


def test_below_the_floor_no_share_is_said(shop: Shop, capsys: Capture) -> None:
    shop.store(many("1001", bad=2, good=3, days_ago=3, text=BOX))
    shop.run("insight", "digest", "--team", "packing", "--days", "10")

    assert "Упаковка: 2 из 5 отзывов: мало данных" in capsys.readouterr().out


def test_a_change_under_way_is_waited_for_and_not_doubled(shop: Shop, capsys: Capture) -> None:
    shop.store(many("1001", bad=12, good=28, days_ago=3, text=BOX))
    look_on = (TODAY + timedelta(days=20)).date()
    days = ("--begins", (TODAY - timedelta(days=20)).date().isoformat(), "--look-on", look_on.isoformat())
    shop.run("change", "add", "Плотная коробка", "--product", "1001", "--aspect", "packaging", *days, "--lag", "3")
    capsys.readouterr()
    shop.run("insight", "digest", "--team", "packing", "--days", "10")
    told = capsys.readouterr().out

    assert f"1. Упаковка: идёт изменение «Плотная коробка». Довести его до {look_on:%d.%m}" in told
    assert f"Изменили: Плотная коробка. Итог смотрим {look_on:%d.%m.%Y}." in told


def test_a_change_whose_day_has_come_is_to_be_looked_at(shop: Shop, capsys: Capture) -> None:
    shop.store(many("1001", bad=12, good=28, days_ago=3, text=BOX))
    days = [f"{TODAY - timedelta(days=ago):%Y-%m-%d}" for ago in (20, 1)]
    added = ("--product", "1001", "--aspect", "packaging", "--begins", days[0], "--look-on", days[1], "--lag", "3")
    shop.run("change", "add", "Плотная коробка", *added)
    capsys.readouterr()
    shop.run("insight", "digest", "--team", "packing", "--days", "10")
    told = capsys.readouterr().out

    assert "1. Упаковка: пора посмотреть итог изменения «Плотная коробка»." in told
    assert f"Итог был назначен на {TODAY - timedelta(days=1):%d.%m.%Y}: пора посмотреть." in told


def test_what_was_shown_is_noted_and_stands_on_the_next_digest_and_sheet(
    shop: Shop, capsys: Capture, tmp_path: Path
) -> None:
    assert shop.run("insight", "shown", "--team", "packing", "--to", "смена А", "--note", "новая лента") == 0
    shop.run("insight", "shown", "--aspect", "packaging", "--to", "смена Б")
    capsys.readouterr()
    shop.run("insight", "shown", "--json")
    noted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    shop.run("insight", "digest", "--team", "packing", "--out", tmp_path / "digest.html")
    shop.run("insight", "sheet", "packaging", "--out", tmp_path / "sheet.html")
    with shop.installation.state.read() as tx:
        logged = tx.journal.of_action("insight.shown")

    assert [(one["what"], one["to"], one["note"]) for one in noted] == [
        ("sheet:packaging", "смена Б", None),
        ("digest:packing", "смена А", "новая лента"),
    ]
    assert len(logged) == 2
    assert "смена А" in (tmp_path / "digest.html").read_text("utf-8")
    assert "смена Б" in (tmp_path / "sheet.html").read_text("utf-8")


def documents(shop: Shop, folder: Path, capsys: Capture) -> dict[str, str]:
    """Everything that is told of a shop, by name; sheets of what nobody complained of hold no words."""
    capsys.readouterr()
    for team in ("packing", "cards", "purchasing", "supplier", "support"):
        shop.run("insight", "digest", "--team", team, "--out", folder / f"{team}.html")
        shop.run("insight", "digest", "--team", team)
    messages = capsys.readouterr().out
    lexicon = load_lexicon()
    for aspect in sorted(set().union(*(lexicon.read(words, 1).complaints for words, _ in CANARIES.values()))):
        shop.run("insight", "sheet", aspect, "--out", folder / f"{aspect}.html")
    shop.run("insight", "report", "--month", f"{TODAY - timedelta(days=3):%Y-%m}", "--out", folder / "report.html")
    shop.run("insight", "appeals")
    return {path.stem: path.read_text("utf-8") for path in folder.glob("*.html")} | {"messages": messages}


def leaks(found: dict[str, str]) -> set[str]:
    """Canaries that stand open in something that is told."""
    whole = "".join(found.values())
    return {name for name, (_, canary) in CANARIES.items() if canary in whole} | (
        {AUTHOR} if AUTHOR in whole else set()
    )


def test_no_person_is_named_in_anything_that_is_told(
    shop: Shop, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.store(
        Written(f"c{number}", f"{1001 + number % 3}", words, 1, 3, author=AUTHOR)
        for number, (words, _) in enumerate(CANARIES.values())
    )
    (tmp_path / "told").mkdir()
    assert leaks(documents(shop, tmp_path / "told", capsys)) == set()

    # The control: the same documents without the masking name them.
    monkeypatch.setattr(digesting, "quote", lambda text, **_: text)
    (tmp_path / "open").mkdir()
    assert len(leaks(documents(shop, tmp_path / "open", capsys))) > 5


def test_hostile_words_stay_words_in_a_page(shop: Shop, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> коробка мятая \u202eтекст"
    shop.store([Written("h1", "1001", hostile, 1, 3), *many("1001", bad=0, good=9, days_ago=3)])
    with shop.installation.state.transaction() as tx:
        tx.connection.execute(text("UPDATE products SET title = '<img src=x onerror=alert(1)>'"))
    shop.run("insight", "digest", "--team", "packing", "--out", tmp_path / "digest.html")
    page = (tmp_path / "digest.html").read_text("utf-8")

    assert "коробка мятая" in page
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page


def test_a_planted_defect_is_named_as_the_reason_and_others_are_not(shop: Shop) -> None:
    shop.store(
        [*many("1001", bad=3, good=57, days_ago=40, text=BOX), *many("1001", bad=25, good=35, days_ago=5, text=BOX)]
    )
    for sku in ("1002", "1003"):
        shop.store([*many(sku, bad=6, good=54, days_ago=40), *many(sku, bad=7, good=53, days_ago=5)])
    reasons = {one.product: one.reason for one in report_of(shop).products}

    assert reasons["1001"] == "больше жалоб «Упаковка»: 3 из 60 → 25 из 60"
    assert {reasons["1002"], reasons["1003"]} == {"случайность не исключена"}


def test_a_report_about_nothing_names_no_reason(shop: Shop) -> None:
    named = 0
    for seed in range(12):
        draw = random.Random(seed)
        first = 40 + 200 * seed
        for sku in ("1001", "1002", "1003"):
            for days_ago in (first, first + 45):
                bad = sum(draw.random() < 0.15 for _ in range(40))
                shop.store(many(sku, bad=bad, good=40 - bad, days_ago=days_ago))
        last = TODAY.date() - timedelta(days=first - 10)
        found = report_of(shop, Period(last - timedelta(days=29), last))
        named += any("жалоб" in one.reason or "плохих" in one.reason for one in found.products)

    assert named <= 2


def test_money_is_what_the_seller_says_and_not_told_otherwise(shop: Shop, tmp_path: Path) -> None:
    shop.store(many("1001", bad=4, good=16, days_ago=5))
    assert report_of(shop).money is None
    configure(shop, ("# bad_review_costs =", "bad_review_costs = 1500"))
    shop.run("insight", "report", "--month", f"{TODAY - timedelta(days=5):%Y-%m}", "--out", tmp_path / "report.html")

    assert "6\u00a0000\u00a0₽" in (tmp_path / "report.html").read_text("utf-8")


def test_a_hole_in_the_data_stands_beside_the_figures(shop: Shop) -> None:
    shop.store(many("1001", bad=4, good=16, days_ago=5))
    assert report_of(shop).holes == ()
    with shop.installation.state.transaction() as tx:
        report_bad(tx, ACCOUNT, IncidentKind.ACCOUNT_STOPPED, detail="x")
        began = (TODAY - timedelta(days=4)).strftime("%Y-%m-%d %H:%M:%S.%f")
        tx.connection.execute(text("UPDATE incidents SET first_at = :at"), {"at": began})
    found = report_of(shop)

    assert [(hole.since, hole.until) for hole in found.holes] == [((TODAY - timedelta(days=4)).date(), None)]
    assert found.weeks[-1].is_hole
    assert not found.weeks[-3].is_hole
    assert any("Закрыть сбой" in step for step in found.next_steps)


def test_marked_days_are_marked_and_explain_nothing(shop: Shop) -> None:
    shop.store([*many("1001", bad=3, good=57, days_ago=40), *many("1001", bad=4, good=56, days_ago=5)])
    day = (TODAY - timedelta(days=5)).date()
    configure(shop, ("# sales_days = []", f'sales_days = ["{day} Распродажа"]'))
    with shop.installation.state.read() as tx:
        reader = Reader(tx, ACCOUNT, load_lexicon(), "UTC", make_days(day))
        found = build_report(reader, MONTH, shop.installation.settings.insight, grounds={})

    assert [one.name for one in found.marked] == ["Распродажа"]
    assert [point.is_marked for point in found.weeks].count(True) == 1
    assert {one.reason for one in found.products} == {"случайность не исключена"}


def make_days(day: date) -> tuple[MarkedDays, ...]:
    return (MarkedDays(day, day, "Распродажа"),)


def test_appeals_of_the_month_and_what_to_stop_are_told(shop: Shop) -> None:
    shop.store(Written(f"r{number:02}", "1001", "Плохо", 1, 60) for number in range(20))
    send(
        shop, *(Sent(f"r{at:02}", moderation="rejected") for at in range(14)), Sent("r14", "accepted", ground="insult")
    )
    then = Period(TODAY.date() - timedelta(days=50), TODAY.date() - timedelta(days=21))
    found = report_of(shop, then)

    assert (found.appeals.sent, found.appeals.accepted, found.appeals.rejected) == (15, 1, 14)
    assert report_of(shop).appeals.sent == 0
    assert "Не подавать больше по основанию «Брань»: удовлетворено 0 из 14" in found.next_steps


def test_ten_reviews_say_little(shop: Shop, tmp_path: Path) -> None:
    shop.store(many("1001", bad=1, good=4, days_ago=5))
    assert (
        shop.run("insight", "report", "--month", f"{TODAY - timedelta(days=5):%Y-%m}", "--out", tmp_path / "r.html")
        == 0
    )
    found = report_of(shop)

    assert [one.reason for one in found.products] == ["мало данных"]
    assert all(point.value is None for point in found.weeks)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("digest", "--team", "nope"), "is no team"),
        (("digest", "--team", "packing", "--out", "digest.doc"), "is no ending"),
        (("digest", "--team", "packing", "--month", "2026-13"), "is not a month"),
        (("digest", "--team", "packing", "--out", "none/such/digest.html"), "no such folder"),
        (("sheet", "nope", "--out", "sheet.html"), "is no complaint"),
        (("shown", "--to", "смена А"), "is not said"),
        (("shown", "--team", "packing", "--to", " "), "nobody is named"),
        (("shown", "--team", "packing", "--aspect", "size"), "one at a time"),
    ],
)
def test_what_cannot_be_is_refused(shop: Shop, command: tuple[str, ...], told: str) -> None:
    with pytest.raises((SettingsError, UsageError), match=told):
        shop.run("insight", *command)


def test_a_file_that_is_there_is_kept(shop: Shop, tmp_path: Path) -> None:
    out = tmp_path / "digest.html"
    out.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        shop.run("insight", "digest", "--team", "packing", "--out", out)

    assert out.read_text() == "mine"


def test_marked_days_stand_in_what_the_commands_say(shop: Shop, capsys: Capture) -> None:
    day = (TODAY - timedelta(days=5)).date()
    configure(shop, ("# sales_days = []", f'sales_days = ["{day} Распродажа", "2020-01-01 Давно"]'))
    shop.store([*many("1001", bad=3, good=57, days_ago=40), *many("1001", bad=4, good=56, days_ago=5)])
    days = ("--begins", (TODAY - timedelta(days=20)).date().isoformat(), "--lag", "3")
    shop.run("change", "add", "Плотная коробка", "--product", "1001", *days)
    change = capsys.readouterr().out.strip()
    told = []
    for command in (("insight", "moves"), ("change", "check", change), ("insight", "show", "--by", "week")):
        shop.run(*command)
        told.append(capsys.readouterr().out)
    shop.run("insight", "show", "--by", "month", "--json")
    groups = json.loads(capsys.readouterr().out)["groups"]

    assert all("Распродажа" in one for one in told)
    assert not any("Давно" in one for one in told)
    assert {one["group"] for one in groups if one["marked"]} == {f"{day:%Y-%m}"}

"""``change``: planned, begun, looked at on its day, kept or taken back; and what is said of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import SettingsError, UsageError
from tests.unit.monitor.insight.shop import TODAY, Shop, Written, make_shop, many

Capture = pytest.CaptureFixture[str]


def day(days_ago: int) -> str:
    """A day for an option; in UTC, as the shop's zone is asked for with."""
    return (TODAY - timedelta(days=days_ago)).date().isoformat()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    found = make_shop(tmp_path)
    found.store(Written(f"{sku}-old", sku, "Всё отлично", 5, 300) for sku in ("1001", "1002", "1003"))
    return found


def add(shop: Shop, capsys: Capture, *more: str, begins: int = 60, look_on: int = 1) -> str:
    """Adds a change to product 1001 and returns its id."""
    options = ("--product", "1001", "--aspect", "defect", "--begins", day(begins), "--look-on", day(look_on))
    assert shop.run("change", "add", "Новая ручка", *options, "--lag", "7", *more) == 0
    return capsys.readouterr().out.strip()


def check(shop: Shop, capsys: Capture, change: str) -> dict[str, object]:
    """Looks at a change."""
    assert shop.run("change", "check", change, "--json") == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_fix_is_told_against_products_that_did_not_change(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=40, good=60, days_ago=100), *many("1001", bad=5, good=95, days_ago=20)])
    for sku in ("1002", "1003"):
        shop.store([*many(sku, bad=20, good=80, days_ago=100), *many(sku, bad=20, good=80, days_ago=20)])
    found = check(shop, capsys, add(shop, capsys))

    assert (found["answer"], found["others"]) == ("fell", ["1002", "1003"])
    assert "чем было бы по ходу товаров без изменения" in str(found["sentence"])


def test_without_comparable_products_no_causal_word_is_said(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=40, good=60, days_ago=100), *many("1001", bad=5, good=95, days_ago=20)])
    found = check(shop, capsys, add(shop, capsys))

    assert found["answer"] == "fell"
    assert "Сравнить не с чем" in str(found["sentence"])


def test_a_season_is_not_put_down_to_the_change(shop: Shop, capsys: Capture) -> None:
    for sku in ("1001", "1002", "1003"):
        shop.store([*many(sku, bad=40, good=60, days_ago=100), *many(sku, bad=12, good=88, days_ago=20)])

    assert check(shop, capsys, add(shop, capsys))["answer"] == "cannot_tell"


def test_too_few_is_said_with_how_many_more_and_when_to_look_again(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=100, good=300, days_ago=100), *many("1001", bad=3, good=20, days_ago=20)])
    found = check(shop, capsys, add(shop, capsys))

    assert found["answer"] == "cannot_tell"
    assert isinstance(found["more_reviews"], int)
    assert found["more_reviews"] > 0
    assert "нужно ещё около" in str(found["sentence"])
    assert str(found["again_on"]) > day(0)


def test_below_the_floor_only_that_there_is_little_is_said(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=4, good=40, days_ago=100), *many("1001", bad=1, good=6, days_ago=20)])

    assert check(shop, capsys, add(shop, capsys))["answer"] == "too_few"


def test_before_its_day_no_verdict_is_given_and_no_look_is_kept(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=40, good=60, days_ago=100), *many("1001", bad=5, good=95, days_ago=20)])
    found = check(shop, capsys, add(shop, capsys, look_on=-30))

    assert (found["answer"], found["reviews_after"], found["looks"]) == ("too_early", 100, 0)
    assert (found["own"], found["fall"]) == (None, None)


def test_looks_are_counted_and_said(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=40, good=60, days_ago=100), *many("1001", bad=5, good=95, days_ago=20)])
    change = add(shop, capsys)
    check(shop, capsys, change)
    again = check(shop, capsys, change)
    assert shop.run("change", "check", change, "--until", day(0), "--json") == 0
    found = json.loads(capsys.readouterr().out)

    assert again["looks"] == 1
    assert found["looks"] == 2
    assert "Это 2-й взгляд" in str(found["sentence"])


def test_a_verdict_does_not_depend_on_when_it_is_asked_for(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=40, good=60, days_ago=100), *many("1001", bad=5, good=95, days_ago=20)])
    change = add(shop, capsys, look_on=10)
    first = check(shop, capsys, change)
    shop.store(many("1001", bad=90, good=1, days_ago=10))  # of the day of the look, and so of a further one
    second = check(shop, capsys, change)

    assert (first["answer"], first["own"]) == (second["answer"], second["own"]) == ("fell", counts(40, 100, 5, 100))
    assert (second["before"], second["after"]) == (
        {"first": day(150), "last": day(61)}, {"first": day(53), "last": day(11)},
    )  # fmt: skip
    assert f"после {TODAY - timedelta(days=53):%d.%m.%Y} – {TODAY - timedelta(days=11):%d.%m.%Y}" in str(
        second["sentence"]
    )
    assert shop.run("change", "check", change, "--until", day(9), "--json") == 0
    later = json.loads(capsys.readouterr().out)
    assert (later["looks"], later["own"]["after"]) == (2, {"hits": 95, "total": 191})
    shop.run("change", "list", "--json")
    (line,) = capsys.readouterr().out.splitlines()
    assert [step["state"] for step in json.loads(line)["steps"]] == ["begun", "checked", "checked"]


def counts(*numbers: int) -> dict[str, dict[str, int]]:
    """Before and after as JSON tells them."""
    before, of_before, after, of_after = numbers
    return {"before": {"hits": before, "total": of_before}, "after": {"hits": after, "total": of_after}}


@pytest.mark.parametrize(("until", "told"), [(-1, "has not come"), (20, "the day of the verdict is")])
def test_a_further_look_comes_after_the_verdict_and_not_tomorrow(
    shop: Shop, capsys: Capture, until: int, told: str
) -> None:
    change = add(shop, capsys, look_on=10)
    with pytest.raises(UsageError, match=told):
        shop.run("change", "check", change, "--until", day(until))


def test_the_figures_of_both_sides_stand_in_the_verdict(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=8, good=68, days_ago=100), *many("1001", bad=11, good=16, days_ago=20)])
    shop.store([*many("1002", bad=5, good=300, days_ago=100), *many("1002", bad=4, good=109, days_ago=20)])
    found = check(shop, capsys, add(shop, capsys))

    assert found["answer"] == "cannot_tell"
    assert (
        "Жалобы: 8 из 76 (11 %) до, 11 из 27 (41 %) после – стало чаще. "
        "У товаров без изменения: 5 из 305 (2 %) до, 4 из 113 (4 %) после. "
        "Из-за изменения ли это, пока сказать нельзя."
    ) in str(found["sentence"])


def test_days_set_afterwards_are_told_when_added_and_at_every_look(shop: Shop, capsys: Capture) -> None:
    days = ("--begins", day(60), "--look-on", day(1), "--lag", "7")
    assert shop.run("change", "add", "Новая ручка", "--product", "1001", *days) == 0
    added = capsys.readouterr()
    begins, look_on, today = (f"{TODAY - timedelta(days=ago):%d.%m.%Y}" for ago in (60, 1, 0))
    told = f"День начала ({begins}) записан задним числом, {today}; День итога ({look_on}) записан задним числом"

    assert told in added.err
    assert told in str(check(shop, capsys, added.out.strip())["sentence"])


def test_days_set_by_a_step_are_told_and_days_set_before_are_not(shop: Shop, capsys: Capture) -> None:
    shop.run("change", "add", "Новая ручка", "--product", "1001", "--begins", day(-1), "--look-on", day(-30))
    early = capsys.readouterr()
    shop.run("change", "step", early.out.strip(), "begun", "--begins", day(40), "--look-on", day(-30), "--note", "x")
    late = capsys.readouterr()
    found = check(shop, capsys, early.out.strip())

    assert "задним числом" not in early.err
    assert "День начала" in late.err
    assert "День итога" not in late.err
    assert (found["answer"], "задним числом" in str(found["sentence"])) == ("too_early", True)


def test_only_changes_that_have_begun_take_a_product_from_the_comparison(shop: Shop, capsys: Capture) -> None:
    for sku in ("1001", "1002", "1003"):
        shop.store([*many(sku, bad=40, good=60, days_ago=100), *many(sku, bad=12, good=88, days_ago=20)])
    shop.run("change", "add", "Только план", "--product", "1002", "--begins", day(-10))
    shop.run("change", "add", "Начато", "--product", "1003", "--begins", day(90))
    capsys.readouterr()

    assert check(shop, capsys, add(shop, capsys))["others"] == ["1002"]


def test_the_same_change_is_not_noted_twice(shop: Shop, capsys: Capture) -> None:
    change = add(shop, capsys)
    with pytest.raises(UsageError, match=f"noted already as {change}"):
        add(shop, capsys)
    shop.run("change", "step", change, "taken-back")
    capsys.readouterr()

    assert add(shop, capsys) != change


def test_reviews_within_the_lag_are_left_out(shop: Shop, capsys: Capture) -> None:
    shop.store([*many("1001", bad=9, good=1, days_ago=58), *many("1001", bad=1, good=19, days_ago=20)])
    found = check(shop, capsys, add(shop, capsys))

    assert found["reviews_after"] == 20


def test_a_change_goes_from_planned_to_taken_back(shop: Shop, capsys: Capture) -> None:
    shop.run("change", "add", "Новая ручка", "--product", "1001", "--why", "ломается", "--owner", "Пётр")
    change = capsys.readouterr().out.strip()
    with pytest.raises(UsageError, match="has not begun"):
        shop.run("change", "check", change)
    with pytest.raises(UsageError, match="first day is not known"):
        shop.run("change", "step", change, "begun")
    shop.run("change", "step", change, "begun", "--begins", day(30), "--look-on", day(1))
    shop.run("change", "step", change, "taken-back", "--note", "дорого")
    capsys.readouterr()
    shop.run("change", "list", "--json")
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)

    assert [step["state"] for step in found["steps"]] == ["planned", "begun", "taken_back"]
    assert (found["why"], found["owner"], found["steps"][-1]["note"]) == ("ломается", "Пётр", "дорого")
    with pytest.raises(UsageError, match="it is taken_back"):
        shop.run("change", "step", change, "kept")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--product", "9"), "is not a product"),
        (("--product", "1001", "--compare", "9"), "is not a product"),
        (("--product", "1001", "--compare", "1001"), "compared with itself"),
        (("--product", "1001", "--aspect", "nope"), "is no aspect"),
        (("--product", "1001", "--begins", "2026-13-01"), "is not a day"),
        (("--product", "1001", "--lag", "-1"), "cannot be meant"),
        (("--product", "1001", "--begins", "2026-03-01", "--look-on", "2026-03-05"), "before the first review"),
        (("--product", "1001", "--review", "none-such"), "no stored review"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(
    shop: Shop, capsys: Capture, options: tuple[str, ...], told: str
) -> None:
    with pytest.raises((SettingsError, UsageError), match=told) as caught:
        shop.run("change", "add", "Новая ручка", *options)
    assert not caught.value.where.startswith("--") or caught.value.where == options[-2]
    shop.run("change", "list", "--json")

    assert capsys.readouterr().out == ""

"""The owner's report and a team's digest as a reader has them: two sheets of paper, a phone, light and dark."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from flows.browser import BrowserHandle
from flows.printing import print_pdf
from tests.unit.monitor.insight.appeals_of_shop import Sent, send
from tests.unit.monitor.insight.shop import TODAY, Written, make_shop, many

WORST = "Коробка мятая, крышка протекла, всё мокрое и в пятнах, привезли на неделю позже обещанного. " * 6
READABLE = 10
"""Pixels that a chart's letters are high at least: drawn small, they cannot be read."""
MOVED_SIDEWAYS = """[...document.querySelectorAll("body *")].filter(
    (one) => one.getClientRects().length && one.scrollWidth > one.clientWidth + 1
        && getComputedStyle(one).overflowX !== "visible").map((one) => one.className || one.tagName)"""
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A month of a shop with much to tell: many products with long names, long words, appeals, changes."""
    folder = tmp_path_factory.mktemp("paper")
    shop = make_shop(folder)
    for product in range(1001, 1031):
        shop.store(many(str(product), bad=3, good=20, days_ago=35))
        shop.store(many(str(product), bad=9, good=9, days_ago=3, text=WORST))
    shop.store(Written(f"a{number:02}", "1001", "Плохо", 1, 35) for number in range(16))
    send(shop, *(Sent(f"a{number:02}", moderation="rejected") for number in range(16)))
    for number in range(6):
        name = f"Изменение {number} с длинным названием, которое рассказывает обо всём, что было сделано на складе"
        shop.run("change", "add", name, "--product", "1001", "--aspect", "packaging")
    month = f"{TODAY - timedelta(days=3):%Y-%m}"
    shop.run("insight", "report", "--month", month, "--out", folder / "report.html")
    shop.run("insight", "digest", "--team", "packing", "--days", "30", "--out", folder / "digest.html")
    return {name: Path(folder / f"{name}.html").read_text("utf-8") for name in ("report", "digest")}


@pytest.mark.parametrize(("name", "most"), [("report", 2), ("digest", 2)])
def test_on_paper_it_takes_two_pages_at_most(pages: dict[str, str], browser: Browser, name: str, most: int) -> None:
    printed = print_pdf(BrowserHandle.adopt(browser), pages[name])

    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) <= most


@pytest.mark.parametrize("name", ["report", "digest"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    pages: dict[str, str], browser: Browser, name: str, scheme: str
) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.set_content(pages[name])
    width = page.evaluate("document.documentElement.scrollWidth")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.body).color")
    moved = page.evaluate(MOVED_SIDEWAYS)
    charts = page.locator("svg:visible")
    letters = charts.locator("text").first.bounding_box() if charts.count() else None
    shown = charts.count()
    context.close()

    assert width <= PHONE["width"]
    assert moved == []
    assert shown == (name == "report")
    assert letters is None or letters["height"] >= READABLE
    assert (brightness(ground) > brightness(ink)) == (scheme == "light")


def brightness(colour: str) -> int:
    """The sum of a colour's three parts."""
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

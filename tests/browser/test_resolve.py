"""Catalog entries on a live page: the right element, the order of candidates, and nothing unsafe for writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flows.catalog import PageCatalog, load_site
from flows.catalog.resolve import Finder
from flows.errors import SelectorBroken

if TYPE_CHECKING:
    from playwright.sync_api import Page

LISTING = """
<div data-widget="webListReviews">
 <div data-review-uuid="r1"><button aria-label="Ещё">…</button><p>Первый</p></div>
 <article data-uuid="r2"><button>Ещё</button><p>Второй</p></article>
</div>
<div role="dialog" aria-label="Укажите причину" data-review-uuid="r1">
 <label><input type="radio" name="r">Спам или реклама</label><label><input type="radio" name="r">Спам</label>
 <textarea placeholder="Опишите причину подробнее"></textarea>
 <button>Отправить жалобу</button><button>Отправить жалобу позже</button>
</div>
"""


@pytest.fixture
def listing(page: Page) -> Page:
    page.set_content(LISTING)
    return page


def finder(page: Page, name: str) -> Finder:
    return Finder(page, load_site("ozon").page(name), timeout_ms=500)


@pytest.mark.parametrize(("review_id", "text"), [("r1", "Первый"), ("r2", "Второй")])
def test_a_card_is_found_by_its_review_in_either_layout(review_id: str, text: str, listing: Page) -> None:
    found = finder(listing, "reviews")

    assert text in found.one("card", review_id=review_id).inner_text()
    assert found.one("card_menu", review_id=review_id).is_visible()


def test_a_fallback_is_recorded(listing: Page) -> None:
    found = finder(listing, "reviews")
    found.one("card", review_id="r1")
    found.one("card", review_id="r2")

    assert [match.is_fallback for match in found.matches] == [False, True]


def test_names_match_exactly(listing: Page) -> None:
    found = finder(listing, "report_dialog")

    assert found.one("reason", reason="Спам").is_enabled()
    assert found.one("send").inner_text() == "Отправить жалобу"


def test_a_doubled_button_is_never_pressed(listing: Page) -> None:
    listing.evaluate(
        "document.querySelector('[role=dialog]').insertAdjacentHTML('beforeend', '<button>Отправить жалобу</button>')"
    )

    with pytest.raises(SelectorBroken, match="role#0: 2"):
        finder(listing, "report_dialog").one("send")


@pytest.mark.parametrize("review_id", ["r3", 'r1"] , body [x="', "r1\\", "*", "", "r1'"])
def test_a_hostile_value_finds_nothing(review_id: str, listing: Page) -> None:
    assert finder(listing, "reviews").maybe("card", review_id=review_id) is None


def test_a_late_element_is_waited_for(listing: Page) -> None:
    listing.evaluate("setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<div role=menu>m</div>'), 200)")

    assert Finder(listing, load_site("ozon").page("reviews"), timeout_ms=5_000).one("menu").inner_text() == "m"


def test_waiting_says_which_of_several_came(listing: Page) -> None:
    listing.evaluate("document.querySelector('[role=dialog]').insertAdjacentHTML('beforeend', '<p role=alert>нет</p>')")

    assert finder(listing, "report_dialog").wait("success", "error") == "error"


def test_a_prefix_is_plain_text_not_a_pattern(page: Page) -> None:
    page.set_content("<p>a.b (c)</p><p>axb</p>")
    candidate = {"by": "text", "text": "a.b (", "match": "starts_with"}
    entry = {"why": "for the test", "verified": "test", "candidates": [candidate]}
    catalog = PageCatalog.model_validate({"schema": 1, "page": "p", "title": "p", "entries": {"x": entry}})

    assert Finder(page, catalog, timeout_ms=500).one("x").inner_text() == "a.b (c)"

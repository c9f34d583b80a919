"""Another site, with other markup, words and paging, is read by data alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.catalog import Site, load_site
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html
from flows.readings.merge import PagePlan, PollMerger
from flows.readings.models import ListingPage, PageHealth
from mock_site.skins import CATALOGS

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OPINION = (
    '<div class="opinion" id="op-{id}"><meter value="{stars}" max="5"></meter><p>{text}</p>'
    '<footer><span class="by">{by}</span> on <time>{date}</time></footer><a href="#">Flag this opinion</a></div>'
)
PAGES = [
    [("77", 1, "Broke at once", "Kim", "yesterday"), ("76", 5, "Lovely", "A customer", "November 3, 2026")],
    [("75", 2, "Too small", "Lee", "edited 1 Feb 2026")],
]
SIGNED_IN, GUEST = '<span class="who">Kim</span>', '<span class="guest">Sign in</span>'


@pytest.fixture(scope="module")
def site() -> Site:
    found = load_site("shopette", folder=CATALOGS)
    return found.model_copy(update={"listing": found.listing.model_copy(update={"per_page": 2})})


def page(number: int, *, header: str = GUEST, total: int = 3) -> str:
    rows = "".join(
        OPINION.format(id=key, stars=stars, text=text, by=by, date=date)
        for key, stars, text, by, date in PAGES[number - 1]
    )
    links = f'<nav><a href="/item/k9/opinions/from/{number * 2}">more</a></nav>' if number < len(PAGES) else ""
    opinions = f'<section class="opinions"><h2>{total} opinions</h2>{rows}</section>'
    return f'<html lang="en"><header>{header}</header>{opinions}{links}'


def read(site: Site, html: str, number: int = 1, *, name: str = "") -> ListingPage:
    url = f"https://shopette.example/item/k9/opinions/from/{number * 2 - 2}"
    expected = Expected(sku="k9", identity="buyer" if name else None, account_name=name)
    return read_listing_html(html, site, seen_at=NOW, url=url, expected=expected)


def test_its_whole_listing_is_read_and_merged(site: Site) -> None:
    merger = PollMerger(sku="k9", way="rendered_page", started_at=NOW, plan=PagePlan(is_newest_first=True))
    while (asked := merger.next_request()) is not None:
        merger.add(read(site, page(asked.page), asked.page))

    found = merger.result(NOW)

    assert [(row.review_id, row.rating, row.text, row.author_name) for row in found.reviews] == [
        ("77", 1, "Broke at once", "Kim"),
        ("76", 5, "Lovely", ""),
        ("75", 2, "Too small", "Lee"),
    ]
    assert [row.is_edited for row in found.reviews] == [False, False, True]
    assert all(row.published.basis == "date_text" for row in found.reviews)
    assert found.coverage.is_complete


def test_its_own_words_and_witnesses_decide(site: Site) -> None:
    empty = '<html lang="en"><section class="opinions"><p>Be the first to write an opinion</p></section>'

    assert read(site, empty).health is PageHealth.EMPTY
    assert read(site, empty.replace("first", "next")).health is PageHealth.BROKEN
    assert read(site, page(1, total=9)).health is PageHealth.HEALTHY
    assert read(site, page(2, total=9), 2).health is PageHealth.PARTIAL
    assert read(site, page(1, header=SIGNED_IN), name="Kim").health is PageHealth.HEALTHY
    assert read(site, page(1), name="Kim").health is PageHealth.SIGNED_OUT
    assert read(site, "<title>Are you human?</title>").health is PageHealth.WALL
    assert read(site, '<html lang="en"><form action="/account/sign-in"></form>').health is PageHealth.SIGNED_OUT

"""Every recorded page reads as it did, and both layouts tell the same."""

from __future__ import annotations

import json

import pytest

from flows.catalog import Site, load_site
from flows.readings.listing import read_listing_html
from flows.readings.models import ListingPage
from flows.readings.text import comparable
from qa.recorded import Case
from qa.recorded import read_case as read
from tests.recorded.reading import case, cases

LISTINGS = ("layout_a", "layout_a_without_state", "layout_b", "layout_b_without_state")


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site("ozon")


def listing(site: Site, name: str) -> ListingPage:
    recorded = case(f"reviews/{name}")
    return read_listing_html(
        recorded.source, site, seen_at=recorded.seen_at, url=recorded.meta["url"], expected=recorded.wanted
    )


@pytest.mark.parametrize("recorded", cases(), ids=lambda recorded: recorded.name)
def test_a_recorded_page_reads_as_expected(recorded: Case, site: Site) -> None:
    expected = json.loads((recorded.folder / "expected.json").read_text(encoding="utf-8"))

    assert read(recorded, site) == expected


PAIRS = [*((LISTINGS[0], name) for name in LISTINGS[1:]), ("layout_c", "layout_c_without_state")]


@pytest.mark.parametrize(("one", "name"), PAIRS)
def test_layouts_and_sources_tell_the_same_reviews(one: str, name: str, site: Site) -> None:
    first, other = listing(site, one), listing(site, name)

    assert [row.review_id for row in other.reviews] == [row.review_id for row in first.reviews]
    assert [comparable(row.text) for row in other.reviews] == [comparable(row.text) for row in first.reviews]
    assert [row.rating for row in other.reviews] == [row.rating for row in first.reviews]
    assert [row.author_name for row in other.reviews] == [row.author_name for row in first.reviews]
    assert [row.variants for row in other.reviews] == [row.variants for row in first.reviews]
    assert [row.published.earliest for row in other.reviews] == [row.published.earliest for row in first.reviews]


@pytest.mark.parametrize("page", ["orders", "order_details", "appeals", "appeal_details", "author"])
def test_both_layouts_of_an_account_page_tell_the_same(page: str, site: Site) -> None:
    assert read(case(f"{page}/layout_a"), site) == read(case(f"{page}/layout_b"), site)

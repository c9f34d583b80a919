"""Merging the pages of one poll: nothing lost, nothing doubled, and no claim of completeness that is not so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.readings.merge import PagePlan, PageRequest, PollMerger, unchanged_read
from flows.readings.models import ListingPage, PageHealth
from tests.unit.flows.readings.simulated_listing import START, SimulatedSite, SimulatedStore, poll

CHANGES = st.lists(st.sampled_from(["add", "add", "edit", "delete", "reorder", "expire"]), max_size=25)


def truth(site: SimulatedSite) -> dict[str, int]:
    return {row.review_id: row.version for row in site.rows.values()}


@settings(max_examples=2_000, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    order=st.sampled_from(["newest", "useful"]),
    start=st.integers(0, 23),
    during=CHANGES,
    between=CHANGES,
)
def test_after_the_site_rests_the_stored_reviews_are_the_sites_reviews(
    seed: int, order: str, start: int, during: list[str], between: list[str]
) -> None:
    site, store = SimulatedSite(seed, order=order), SimulatedStore()
    for _ in range(start):
        site.change("add")
    poll(site, store, order=order, changes=[])
    while during:
        poll(site, store, order=order, changes=during)
    for change in between:
        site.change(change)

    last = poll(site, store, order=order, changes=[])

    assert last.coverage.is_complete
    assert store.live == truth(site)


@settings(max_examples=500, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.sampled_from(["newest", "useful"]), start=st.integers(0, 40))
def test_a_quiet_listing_is_read_to_its_end_without_doubles(seed: int, order: str, start: int) -> None:
    site, store = SimulatedSite(seed, order=order), SimulatedStore()
    for _ in range(start):
        site.change("add")

    read = poll(site, store, order=order, changes=[])

    assert len({review.review_id for review in read.reviews}) == len(read.reviews) == start
    assert read.coverage.is_complete
    assert read.health is (PageHealth.HEALTHY if start else PageHealth.EMPTY)


def test_newest_first_stops_at_known_reviews_when_the_counter_agrees() -> None:
    site, store = SimulatedSite(1, order="newest"), SimulatedStore()
    for _ in range(20):
        site.change("add")
    poll(site, store, order="newest", changes=[])
    site.change("add")

    read = poll(site, store, order="newest", changes=[])

    assert read.coverage.stop == "known"
    assert read.coverage.pages_read == 2
    assert read.coverage.is_complete


def test_known_reviews_do_not_end_the_reading_when_the_counter_disagrees() -> None:
    site, store = SimulatedSite(1, order="newest"), SimulatedStore()
    for _ in range(20):
        site.change("add")
    poll(site, store, order="newest", changes=[])
    del site.rows["r1"]

    read = poll(site, store, order="newest", changes=[])

    assert read.coverage.stop == "all"
    assert "r1" not in store.live


def test_edits_on_a_later_page_are_read_too() -> None:
    site, store = SimulatedSite(1, order="newest"), SimulatedStore()
    for _ in range(20):
        site.change("add")
    poll(site, store, order="newest", changes=[])
    for review_id in [f"r{number}" for number in range(1, 9)]:
        site.edit(review_id)

    read = poll(site, store, order="newest", changes=[])

    assert read.coverage.stop == "known"
    assert store.live == truth(site)


def test_another_order_never_stops_at_known_reviews() -> None:
    site, store = SimulatedSite(1, order="useful"), SimulatedStore()
    for _ in range(20):
        site.change("add")
    poll(site, store, order="useful", changes=[])

    assert poll(site, store, order="useful", changes=[]).coverage.pages_read == 4


def test_an_insertion_while_reading_starts_the_pass_over() -> None:
    site, store = SimulatedSite(1, order="newest"), SimulatedStore()
    for _ in range(12):
        site.change("add")

    read = poll(site, store, order="newest", changes=["add"])

    assert len(read.reviews) == 13
    assert read.coverage.is_complete
    assert any("counter went" in problem or "repeats" in problem for problem in read.coverage.problems)


def test_an_empty_page_in_mid_listing_starts_again_at_the_first_page() -> None:
    site, store = SimulatedSite(1, order="newest"), SimulatedStore()
    for _ in range(12):
        site.change("add")

    read = poll(site, store, order="newest", changes=["expire"])

    assert read.coverage.is_complete
    assert any("mid listing" in problem for problem in read.coverage.problems)


def test_a_listing_that_never_rests_is_not_called_complete() -> None:
    site, store = SimulatedSite(1, order="newest"), SimulatedStore()
    for _ in range(12):
        site.change("add")

    read = poll(site, store, order="newest", changes=["expire"] * 20)

    assert not read.coverage.is_complete
    assert read.coverage.stop == "problem"
    assert read.health is PageHealth.PARTIAL


def test_the_page_limit_ends_the_reading_and_says_so() -> None:
    site = SimulatedSite(1, order="useful")
    for _ in range(12):
        site.change("add")
    merger = PollMerger(sku="1", way="fetch_json", started_at=START, plan=PagePlan(page_limit=2))
    while (asked := merger.next_request()) is not None:
        merger.add(site.page(asked.page, asked.cursor))

    coverage = merger.result(START).coverage

    assert (coverage.stop, coverage.pages_read, coverage.is_complete) == ("limit", 2, False)


@pytest.mark.parametrize("health", [PageHealth.BROKEN, PageHealth.WALL, PageHealth.SIGNED_OUT, PageHealth.OFFLINE])
def test_trouble_on_a_later_page_keeps_what_was_read_and_is_told(health: PageHealth) -> None:
    site = SimulatedSite(1, order="useful")
    for _ in range(12):
        site.change("add")
    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    merger.add(site.page(1, None))
    merger.add(ListingPage(health=health, problems=("why",)))

    read = merger.result(START)

    assert (read.health, len(read.reviews), read.coverage.stop) == (health, 5, "problem")
    assert not read.coverage.is_complete


def test_fewer_rows_than_the_counter_says_are_never_complete() -> None:
    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    page = SimulatedSite(1, order="useful")
    page.change("add")
    merger.add(page.page(1, None).model_copy(update={"total": 40}))

    coverage = merger.result(START).coverage

    assert (coverage.stop, coverage.is_complete) == ("limit", False)


def test_nothing_is_taken_after_the_end() -> None:
    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    assert merger.next_request() == PageRequest(1)
    merger.add(ListingPage(health=PageHealth.EMPTY, total=0))

    with pytest.raises(ValueError, match="over"):
        merger.add(ListingPage(health=PageHealth.EMPTY, total=0))


def test_an_unchanged_product_is_complete_only_where_its_first_page_stands_for_all() -> None:
    read = unchanged_read(
        sku="1", way="fetch_json", started_at=START, finished_at=START, site_total=90, covers_all=False
    )

    assert read.is_unchanged
    assert not read.coverage.is_complete

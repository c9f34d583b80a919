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


def pages(count: int, *, end: ListingPage, total: int = 30) -> PollMerger:
    """Reads pages of five, the last of which leads on to ``end`` whenever it is asked for."""
    plan = PagePlan(reachable_rows=None)
    merger = PollMerger(sku="1", way="fetch_json", started_at=START, plan=plan)
    while (asked := merger.next_request()) is not None:
        merger.add(end if asked.page > count else full(asked.page, total=total))
    return merger


def full(number: int, *, total: int, has_next: bool = True) -> ListingPage:
    site = SimulatedSite(1, order="useful")
    for _ in range(40):
        site.change("add")
    changes = {"total": total, "has_next": has_next, "next_cursor": "one for all"}
    return site.page(number, "0").model_copy(update=changes)


EMPTY_PAGE = ListingPage(health=PageHealth.PARTIAL, total=30, has_next=True, next_cursor="one for all")


def test_a_capped_product_ends_with_an_empty_page_that_still_leads_on() -> None:
    coverage = pages(3, end=EMPTY_PAGE).result(START).coverage

    assert (coverage.stop, coverage.cut, coverage.is_complete) == ("limit", "site_limit", False)
    assert (coverage.site_total, coverage.pages_read) == (30, 8)


def test_where_the_limit_is_known_an_empty_page_behind_it_is_not_asked_for_twice() -> None:
    plan = PagePlan(reachable_rows=15)
    merger = PollMerger(sku="1", way="fetch_json", started_at=START, plan=plan)
    while (asked := merger.next_request()) is not None:
        merger.add(EMPTY_PAGE if asked.page > 3 else full(asked.page, total=30))

    coverage = merger.result(START).coverage

    assert (coverage.cut, coverage.pages_read) == ("site_limit", 4)


def test_a_last_page_short_of_the_counter_is_the_sites_limit() -> None:
    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    merger.add(full(1, total=30))
    merger.add(full(2, total=30, has_next=False))

    coverage = merger.result(START).coverage

    assert (coverage.stop, coverage.cut, coverage.is_complete) == ("limit", "site_limit", False)


@pytest.mark.parametrize("has_rows", [True, False])
def test_the_guests_wall_ends_a_listing_short(has_rows: bool) -> None:
    wall = {"has_guest_wall": True, "has_next": False}
    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    merger.add(full(1, total=30))
    merger.add((full(2, total=30) if has_rows else EMPTY_PAGE).model_copy(update=wall))

    read = merger.result(START)

    assert (read.coverage.cut, read.coverage.is_complete, read.health) == ("sign_in_wall", False, PageHealth.HEALTHY)
    assert len(read.reviews) == (10 if has_rows else 5)


def test_a_complete_reading_and_one_of_nothing_are_not_cut() -> None:
    site = SimulatedSite(1, order="useful")
    assert poll(site, SimulatedStore(), order="useful", changes=[]).coverage.cut == ""

    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    merger.add(ListingPage(health=PageHealth.BROKEN, problems=("x",)))
    assert merger.result(START).coverage.cut == ""


def test_our_own_limit_and_an_unread_row_are_named() -> None:
    merger = PollMerger(sku="1", way="fetch_json", started_at=START, plan=PagePlan(page_limit=1))
    merger.add(full(1, total=30))
    assert merger.result(START).coverage.cut == "page_limit"

    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    merger.add(full(1, total=6, has_next=False).model_copy(update={"health": PageHealth.PARTIAL, "bad_rows": 1}))
    assert merger.result(START).coverage.cut == "site_limit"


def test_a_page_of_several_portions_leads_to_the_one_after_them() -> None:
    merger = PollMerger(sku="1", way="fetch_json", started_at=START)
    merger.add(full(1, total=30).model_copy(update={"portions": 3}))

    assert merger.next_request() == PageRequest(4, "one for all")

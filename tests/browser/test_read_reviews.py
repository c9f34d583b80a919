"""Polling in real Chromium, compared with what the mock knows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Literal

import pytest

from flows.errors import SignInRequired, WallMet
from flows.library.read_reviews import PollOptions, PollResult, ProductPoll, read_reviews
from flows.readings.models import PageHealth
from mock_site.switches import Latency, PageVariant, Wall
from mock_site.world.changes import Action, Change, Event
from tests.browser.conftest import impatient

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.workbench import Workbench
    from mock_site.server import MockSite
    from mock_site.world.models import Product, Review

Stored = dict[str, tuple[int, str]]
ANSWERS = {PageHealth.HEALTHY, PageHealth.EMPTY}
ODD_VARIANTS = [
    "challenge_200",
    "incident_json_200",
    "login_wall_200",
    "redirect_home",
    "maintenance_200",
    "empty_200",
    "app_shell_only",
    "cut_list",
    "no_rows_but_a_total",
    "empty_without_witness",
    "renamed_widget",
    "another_product",
    "english",
    "half_rendered",
    "cards_and_state_disagree",
]
GOOD_VARIANTS = ["layout_b", "no_state_a", "no_state_b", "popup_over_it", "proven_empty", "single_review"]


def poll_of(mock: MockSite, product: Product, last: PollResult | None = None, *, is_full: bool = False) -> ProductPoll:
    known = {review.review_id: review.version for review in last.read.reviews} if last is not None else {}
    url = mock.origins["www"] + product.path
    memory = last.memory if last is not None else None
    return ProductPoll(sku=product.sku, url=url, memory=memory, known=known, is_full=is_full)


def polls(mock: MockSite) -> list[ProductPoll]:
    return [poll_of(mock, product) for product in mock.world.products()]


def one(bench: Workbench, poll: ProductPoll, *, is_rendered: bool = False) -> PollResult:
    (result,) = read_reviews(bench, [poll], options=PollOptions(is_rendered=is_rendered))
    return result


def truth(mock: MockSite, product: Product) -> Stored:
    published = [review for review in mock.world.reviews(product) if review.state == "published"]
    return {review.uuid: (review.version, review.text) for review in published}


def stored(result: PollResult, before: Stored) -> Stored:
    """What a store would hold after this reading: replaced by a whole one, added to by one that met known reviews."""
    if result.read.is_unchanged:
        return before
    seen = {review.review_id: (review.version, review.text) for review in result.read.reviews}
    return seen if result.read.coverage.stop == "all" else {**before, **seen}


@pytest.mark.parametrize("layout", ["A", "B"])
def test_poll_by_json_reads_every_review(
    mock: MockSite, bench: Workbench, layout: str, round_number: int, unsteady: Callable[..., None]
) -> None:
    unsteady(round_number, layout)

    results = {result.sku: result for result in read_reviews(bench, polls(mock))}

    for product in mock.world.products():
        read = results[product.sku].read
        assert (read.health, read.coverage.is_complete, read.coverage.way) == (PageHealth.HEALTHY, True, "fetch_json")
        assert stored(results[product.sku], {}) == truth(mock, product)


@pytest.mark.parametrize("layout", ["A", "B"])
def test_rendered_pages_give_the_same_reviews(
    mock: MockSite, bench: Workbench, layout: str, round_number: int, unsteady: Callable[..., None]
) -> None:
    unsteady(round_number, layout)
    product = mock.world.product_at(0)

    result = one(bench, poll_of(mock, product), is_rendered=True)

    assert (result.read.coverage.way, result.read.coverage.is_complete) == ("rendered_page", True)
    assert stored(result, {}) == truth(mock, product)


def test_json_that_says_nothing_falls_back_to_the_page(mock: MockSite, bench: Workbench) -> None:
    mock.switches.variants = [PageVariant(name="json_states_missing", path="/api/*")]
    product = mock.world.product_at(0)

    result = one(bench, poll_of(mock, product))

    assert (result.read.coverage.way, result.read.coverage.is_complete) == ("rendered_page", True)
    assert any(problem.startswith("JSON: ") for problem in result.read.coverage.problems)
    assert stored(result, {}) == truth(mock, product)


@pytest.mark.parametrize("conditional", [True, False])
def test_unchanged_products_cost_one_request_each(mock: MockSite, bench: Workbench, conditional: bool) -> None:
    mock.switches.conditional = conditional
    first = {result.sku: result for result in read_reviews(bench, polls(mock))}
    mock.ledger.clear()

    again = [poll_of(mock, product, first[product.sku]) for product in mock.world.products()]
    results = list(read_reviews(bench, again))

    assert all(result.read.is_unchanged and result.read.coverage.is_complete for result in results)
    assert mock.ledger.count("/api/*") == len(again)


def test_known_product_that_changed_is_opened_for_real(mock: MockSite, bench: Workbench) -> None:
    product = mock.world.product_at(0)
    first = one(bench, poll_of(mock, product))
    added = mock.world.add_review(product)

    result = one(bench, poll_of(mock, product, first))

    assert (result.read.coverage.way, result.read.coverage.stop) == ("rendered_page", "known")
    assert added.uuid in {review.review_id for review in result.read.reviews}


def test_wall_stops_and_nothing_more_is_asked(mock: MockSite, bench: Workbench) -> None:
    mock.switches.walls = [Wall(kind="rate_limited", path="/api/*", retry_after_s=7)]
    with pytest.raises(WallMet) as caught:
        list(read_reviews(bench, polls(mock)))
    before = len(mock.ledger.entries)

    with pytest.raises(WallMet):
        list(read_reviews(bench, polls(mock)))

    assert caught.value.retry_after == 7.0
    assert len(mock.ledger.entries) == before


def test_what_was_read_before_a_wall_is_kept(mock: MockSite, bench: Workbench) -> None:
    mock.switches.walls = [Wall(kind="captcha", path="/api/*", after=6)]
    read: list[PollResult] = []

    with pytest.raises(WallMet):
        read.extend(read_reviews(bench, polls(mock), options=PollOptions(batch=3)))
    assert len(read) <= 6


def test_one_slow_answer_is_asked_for_again(mock: MockSite, bench: Workbench) -> None:
    mock.switches.latency = [Latency(kind="uniform", mean_ms=80, spread_ms=80)]
    mock.switches.variants = [PageVariant(name="gateway_504", path="*" + mock.world.product_at(1).slug + "*")]

    results = {result.sku: result.read.health for result in read_reviews(bench, polls(mock))}

    assert set(results) == {product.sku for product in mock.world.products()}


@pytest.mark.parametrize("way", ["json", "rendered"])
@pytest.mark.parametrize("variant", ODD_VARIANTS)
def test_odd_page_is_never_read_as_no_reviews(
    mock: MockSite, bench: Workbench, variant: str, way: Literal["json", "rendered"]
) -> None:
    mock.switches.variants = [PageVariant(name=variant, path="*/reviews/*"), PageVariant(name=variant, path="/api/*")]
    poll = poll_of(mock, mock.world.product_at(0))

    try:
        result = one(impatient(bench, hydration_seconds=0.8), poll, is_rendered=way == "rendered")
    except (WallMet, SignInRequired):
        return

    if way == "json" and variant in {"half_rendered", "cards_and_state_disagree"}:
        assert result.read.coverage.is_complete  # the JSON of these is sound
    else:
        assert result.read.health not in ANSWERS
        assert not result.read.coverage.is_complete


@pytest.mark.parametrize("variant", GOOD_VARIANTS)
def test_healthy_page_in_another_shape_is_read(mock: MockSite, bench: Workbench, variant: str) -> None:
    mock.switches.variants = [PageVariant(name=variant, path="*/reviews/*")]

    result = one(bench, poll_of(mock, mock.world.product_at(0)), is_rendered=True)

    assert result.read.health in ANSWERS, result.read.coverage.problems


@pytest.mark.parametrize("seed", range(30))
def test_stored_reviews_equal_the_sites_after_changes_while_reading(
    mock: MockSite, bench: Workbench, seed: int
) -> None:
    rng = random.Random(seed)
    product = mock.world.product_at(0)
    mock.world.schedule(*(change(rng, mock.world.reviews(product), number) for number in range(rng.randrange(1, 5))))

    first = one(bench, poll_of(mock, product))
    second = one(bench, poll_of(mock, product, first, is_full=not first.read.coverage.is_complete))
    kept = stored(second, stored(first, {}))
    quiet = one(bench, poll_of(mock, product, second, is_full=True))

    assert quiet.read.coverage.is_complete
    assert stored(quiet, kept) == truth(mock, product)
    if second.read.coverage.is_complete and mock.world.pending_changes() == 0 and second.read.coverage.stop == "all":
        assert second.read.coverage.site_total is not None


def change(rng: random.Random, reviews: list[Review], number: int) -> Change:
    after = Event(name="listing_read", product=0, count=rng.randrange(1, 5))
    actions: list[Action] = ["add_review", "edit_review", "delete_review"]
    action = rng.choice(actions)
    if action == "add_review":
        return Change(after=after, action=action, label=f"added-{number}")
    return Change(after=after, action=action, review=rng.choice(reviews).uuid, text=f"Иначе {number}")


@pytest.mark.parametrize("is_rendered", [False, True])
def test_the_wall_that_guests_meet_is_named_and_what_came_before_it_is_kept(
    mock: MockSite, bench: Workbench, is_rendered: bool
) -> None:
    product = mock.world.products()[0]
    for _ in range(100 - len(truth(mock, product))):
        mock.world.add_review(product)
    mock.switches.guest_rows = 40

    read = one(bench, poll_of(mock, product), is_rendered=is_rendered).read

    assert (read.health, read.coverage.cut, read.coverage.is_complete) == (PageHealth.HEALTHY, "sign_in_wall", False)
    assert (len(read.reviews), read.coverage.site_total) == (40, 100)


@pytest.mark.parametrize("is_rendered", [False, True])
def test_a_product_that_the_site_cuts_ends_with_an_empty_page_that_leads_on(
    mock: MockSite, bench: Workbench, is_rendered: bool
) -> None:
    product = mock.world.products()[0]
    for _ in range(100 - len(truth(mock, product))):
        mock.world.add_review(product)
    mock.switches.listing_max_pages = 2
    mock.switches.capped_leads_on = True

    read = one(bench, poll_of(mock, product), is_rendered=is_rendered).read

    assert (read.health, read.coverage.cut, read.coverage.is_complete) == (PageHealth.HEALTHY, "site_limit", False)
    assert (len(read.reviews), read.coverage.site_total) == (60, 100)


def test_a_shortened_text_is_opened_and_read_whole(mock: MockSite, bench: Workbench) -> None:
    product = mock.world.product_at(0)
    mock.switches.variants = [PageVariant(name="cut_texts", path="/product/*")]

    read = one(bench, poll_of(mock, product), is_rendered=True).read

    assert {row.origin("text") for row in read.reviews} == {"text"}
    assert {row.review_id: row.text for row in read.reviews} == {
        review_id: text for review_id, (_, text) in truth(mock, product).items()
    }


def test_a_text_that_does_not_open_stays_marked_as_cut(mock: MockSite, bench: Workbench) -> None:
    product = mock.world.product_at(0)
    mock.switches.variants = [PageVariant(name="texts_stay_cut", path="/product/*")]

    read = one(impatient(bench, hydration_seconds=1), poll_of(mock, product), is_rendered=True).read

    assert read.health is PageHealth.HEALTHY
    whole = truth(mock, product)
    cut = [row for row in read.reviews if row.origin("text") == "cut"]
    assert cut
    assert all(whole[row.review_id][1].startswith(row.text.rstrip("…")) for row in cut)

"""The world: the same seed gives the same world, and every change shows where it must."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from mock_site.world import Change, Event, Filing, Moderation, NewReview, World, WorldOptions
from mock_site.world.models import SourceName

EPOCH = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def make(**options: object) -> World:
    return World(WorldOptions.model_validate({"epoch": EPOCH, "frozen_clock": True, **options}))


def told(world: World) -> list[object]:
    return [(p, world.counters(p), world.reviews(p)) for p in world.products()]


def test_the_same_seed_gives_the_same_world() -> None:
    assert told(make(seed=7)) == told(make(seed=7))


def test_another_seed_gives_another_world() -> None:
    assert told(make(seed=7)) != told(make(seed=8))


def test_counters_agree_with_the_reviews_they_count() -> None:
    world = make(spread=0.5)
    for product in world.products():
        before = world.counters(product)
        assert before.total == len(world.listing(product))
        stars = [review.rating for review in world.reviews(product)]
        assert before.stars == tuple(stars.count(value) for value in range(1, 6))


def test_counters_of_a_large_world_write_no_review() -> None:
    world = make(products=10_000, reviews_per_product=100)
    assert sum(world.counters(product).total for product in world.products(0, 500)) == 50_000
    assert not world._shelves


def test_ids_carry_the_time_four_seconds_before_publication() -> None:
    world = make()
    fresh = world.add_review(0)
    made = uuid.UUID(fresh.uuid)
    assert made.version == 7
    assert (made.int >> 80) // 1000 == fresh.published_at - 4


def test_an_edit_keeps_the_id_and_moves_the_dates() -> None:
    world = make()
    review = world.listing(world.product_at(0))[0]
    born = review.created_at
    world.clock.advance(60)
    edited = world.edit_review(review.uuid, text="иначе", rating=1)
    assert (edited.uuid, edited.version, edited.is_edited) == (review.uuid, review.version, True)
    assert edited.created_at == edited.published_at == world.clock.unix() > born
    assert edited.updated_at == edited.published_at - 4


def test_a_deleted_review_leaves_listing_and_counters_until_restored() -> None:
    world = make()
    product = world.product_at(3)
    review = world.listing(product)[0]
    before = world.counters(product)
    world.delete_review(review.uuid)
    assert review.uuid not in {one.uuid for one in world.listing(product)}
    assert world.counters(product).total == before.total - 1
    world.restore_review(review.uuid)
    assert world.counters(product) == before


def test_a_review_is_found_by_its_id_alone() -> None:
    world = make(products=500)
    wanted = world.listing(world.product_at(321))[5]
    assert world.review(wanted.uuid) == wanted
    own = world.add_review(2, NewReview(uuid="chosen-by-a-test"))
    assert world.review("chosen-by-a-test") is own
    assert world.review("nobody") is None


def test_changed_products_survive_when_unchanged_ones_are_forgotten() -> None:
    world = make(products=800, reviews_per_product=2)
    added = world.add_review(0)
    for product in world.products():
        world.listing(product)
    assert len(world._shelves) < 800
    assert world.review(added.uuid) is added


@pytest.mark.parametrize("sort", ["usefulness_desc", "score_desc", "score_asc", "published_at_desc"])
def test_every_order_lists_every_review_once(sort: str) -> None:
    world = make()
    product = world.product_at(1)
    listed = [review.uuid for review in world.listing(product, sort)]
    assert sorted(listed) == sorted({review.uuid for review in world.reviews(product)})


def test_a_scheduled_change_happens_at_its_second() -> None:
    world = make()
    world.schedule(Change(at=5, action="add_review", product=0, label="late"))
    world.clock.advance(4.9)
    world.tick()
    assert world.labels == {}
    world.clock.advance(0.2)
    world.tick()
    assert world.review(world.labels["late"]) is not None


def test_a_change_after_an_event_waits_for_that_product_and_count() -> None:
    world = make()
    world.schedule(Change(after=Event(name="listing_read", product=2, count=2), action="add_review", label="seen"))
    for index in (1, 2, 1):
        world.emit("listing_read", world.product_at(index))
        world.tick()
    assert world.pending_changes() == 1
    world.emit("listing_read", world.product_at(2))
    world.tick()
    assert "seen" in world.labels


def test_a_change_needs_exactly_one_moment() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Change(action="kill_sessions")


@pytest.mark.parametrize(
    ("kind", "state", "status"), [("advert", "removed", "accepted"), ("fair_negative", "published", "rejected")]
)
def test_the_moderator_decides_by_the_true_kind(kind: str, state: str, status: str) -> None:
    world = make()
    review = world.add_review(0, NewReview(kind=kind))  # type: ignore[arg-type]
    appeal = world.file(world.accounts[0], Filing("order_appeal", review.uuid, "Реклама или спам", "текст"))
    world.clock.advance(1)
    world.tick()
    assert (appeal.status, review.state) == ("in_review", "published")
    world.clock.advance(1)
    world.tick()
    assert (appeal.status, review.state) == (status, state)


def test_a_moderator_who_asks_first_decides_after_the_answer() -> None:
    world = make()
    world.filings.moderation = Moderation(delay_s=2, asks_first=True)
    review = world.add_review(0, NewReview(kind="obscene"))
    appeal = world.file(world.accounts[0], Filing("order_appeal", review.uuid, "Причина", "текст"))
    for seconds in (2, 1, 1):
        world.clock.advance(seconds)
        world.tick()
        if seconds == 2:
            world.filings.reply(appeal, "вот снимок", (), world.clock.now())
    steps = ["received", "needs_information", "in_review", "accepted"]
    assert [entry.status for entry in appeal.history] == steps
    assert review.state == "removed"


def test_two_filings_about_one_review_are_two() -> None:
    world = make()
    review = world.add_review(0)
    for _ in range(2):
        world.file(world.accounts[0], Filing("public_report", review.uuid, "Спам или реклама", ""))
    assert world.filings.per_review() == {review.uuid: 2}
    assert len(world.stored_appeals) == 2
    assert world.is_reported(world.accounts[0], review)
    assert not world.is_reported(world.accounts[1], review)


def test_generated_texts_vary() -> None:
    world = make()
    texts = [review.text for product in world.products() for review in world.reviews(product)]
    assert len(set(texts)) > 300
    assert not any("{" in text for text in texts)


def test_an_added_review_has_an_order_that_came_before_it() -> None:
    world = make()
    review = world.add_review(0)
    order = world.order_of(review.uuid)
    assert order is not None
    assert order.delivered_at is not None
    assert order.ordered_at < order.delivered_at < world.clock.now()
    assert world.orders.find(order.number) is order


def test_an_edit_waits_until_the_review_it_means_is_written() -> None:
    world = make()
    world.schedule(
        Change(at=1, action="edit_review", review="late", text="иначе"), Change(at=5, action="add_review", label="late")
    )
    for _ in range(3):
        world.clock.advance(2)
        world.tick()
    world.tick()
    edited = world.review(world.labels["late"])
    assert edited is not None
    assert (edited.version, edited.text) == (1, "иначе")


def test_an_item_of_another_seller_is_in_the_pool_and_in_no_list_of_the_seller() -> None:
    plain, world = make(), make(strangers=1)
    product = world.product_at(0)
    (stranger,) = product.strangers
    about = [one.uuid for one in world.listing(product) if one.item_id == stranger.item_id]
    assert about, "some generated reviews are about it"
    added = world.add_review(0, NewReview(item_id=stranger.item_id, with_order=False)).uuid
    assert added in {one.uuid for one in world.listing(product)}
    sources: tuple[SourceName, ...] = ("cabinet", "api")
    for source in sources:
        listed = {review.uuid for _, review in world.listed(source)}
        assert listed
        assert not listed & {*about, added}, source
    assert world.product(stranger.item_id) is None, "it is no product of this shop"
    assert product.item(stranger.item_id).title not in {"", product.title}
    assert plain.product_at(0).strangers == ()

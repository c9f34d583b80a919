"""What a page says, read by the same page objects that the program itself uses."""

from datetime import UTC, datetime

import pytest
from starlette.responses import HTMLResponse

from flows.errors import SelectorBroken, WallMet
from flows.readings.models import PageHealth
from mock_site.switches import Wall


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def reviews(mock_site, reviews_page):
    product = mock_site.world.product_at(0)
    return reviews_page(sku=product.sku, slug=product.slug)


@pytest.mark.parametrize("layout", ["A", "B"])
def test_both_layouts_tell_the_same_reviews(mock_site, reviews, layout):
    mock_site.switches.layout = layout

    listing = reviews.open().read(seen_at=now())

    assert listing.health is PageHealth.HEALTHY
    assert (len(listing.reviews), listing.total) == (30, 35)
    assert {review.rating for review in listing.reviews} <= {1, 2, 3, 4, 5}


def test_a_wall_is_an_error_of_its_own(mock_site, reviews):
    mock_site.switches.walls = [Wall(kind="captcha", path="/product/*")]

    with pytest.raises(WallMet):
        reviews.open()


def test_a_page_that_lost_its_list_is_broken_not_empty(mock_site, reviews):
    mock_site.set_route("/product/*", lambda _: HTMLResponse("<html lang='ru'><h1>Отзывы</h1></html>"))

    with pytest.raises(SelectorBroken):
        reviews.open()


def test_the_product_card_is_what_the_world_sells(mock_site, product_page):
    product = mock_site.world.product_at(1)

    card = product_page(sku=product.sku, slug=product.slug).open().read()

    assert (card.title, card.sku, card.problems) == (product.title, product.sku, ())

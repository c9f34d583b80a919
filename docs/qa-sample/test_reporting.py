"""Forms, as far as one goes without sending them."""

import pytest

from flows.errors import SignInRequired


@pytest.fixture
def review(mock_site):
    return next(one for one in mock_site.world.reviews(mock_site.world.product_at(0)) if one.rating <= 2)


def test_the_report_form_is_about_the_review_it_was_opened_for(mock_site, signed_in_page, reviews_page, review):
    product = mock_site.world.product(review.sku)
    page = reviews_page(sku=product.sku, slug=product.slug).open_review(review.uuid)

    dialog = page.open_report_dialog(review.uuid)
    dialog.choose_reason("Спам или реклама")
    form = dialog.read()

    assert (form.review_id, form.chosen_reason) == (review.uuid, "Спам или реклама")
    assert form.unknown_required == ()
    assert mock_site.ledger.submits == []


def test_orders_are_for_who_is_signed_in(mock_site, orders_page):
    with pytest.raises(SignInRequired):
        orders_page().open()


def test_opening_the_orders_asks_for_their_list(mock_site, signed_in_page, orders_page):
    with mock_site.expect_request("/my/orderlist") as asked:
        orders_page().open()

    assert asked.value.method == "GET"

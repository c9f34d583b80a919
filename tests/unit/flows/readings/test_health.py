"""What kind of page was met: each check has a page that only this check can refuse, and none refuses a healthy one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.catalog import Site, load_site
from flows.readings.appeals import merge_appeal_pages, read_appeal_details, read_appeal_list
from flows.readings.document import Document
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html
from flows.readings.models import AppealListReading, ListingPage, PageHealth
from flows.readings.orders import read_order, read_order_list
from flows.readings.product_card import read_product_card
from flows.readings.storefront import read_storefront_html
from flows.readings.witnesses import read_account
from tests.recorded.reading import case

SITE: Site = load_site("ozon")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
LISTING = case("reviews/layout_a")
CARDS_ONLY = case("reviews/layout_a_without_state")
APPEALS = case("appeals/layout_a")
NAME = LISTING.meta["account_name"]


def read(html: str, *, url: str = LISTING.meta["url"], status: int | None = 200, **expected: str) -> ListingPage:
    return read_listing_html(html, SITE, seen_at=NOW, url=url, status_code=status, expected=Expected(**expected))


def test_a_review_that_quotes_a_stop_page_is_a_review() -> None:
    quote = "Нам нужно убедиться, что вы не робот. Технические работы. Такой страницы не существует. Инцидент: fab_"
    text = LISTING.source.replace("&nbsp;</span>", f" {quote}&nbsp;</span>")

    assert text != LISTING.source
    assert read(text).health is PageHealth.HEALTHY


def test_a_review_that_says_there_are_no_reviews_is_a_review() -> None:
    text = LISTING.source.replace("&nbsp;</span>", "</span><span>У этого товара пока нет отзывов</span>")

    assert read(text).health is PageHealth.HEALTHY


@pytest.mark.parametrize(
    "hiding", ["hidden", 'style="display: none"', 'aria-hidden="true"', 'style="visibility:hidden"']
)
def test_hidden_words_of_emptiness_prove_nothing(hiding: str) -> None:
    page = read(f'<div data-widget="webListReviews"><p {hiding}>У этого товара пока нет отзывов</p></div>')

    assert page.health is PageHealth.BROKEN


@pytest.mark.parametrize("tag", ["script", "template", "style"])
def test_words_of_emptiness_in_code_prove_nothing(tag: str) -> None:
    page = read(f'<div data-widget="webListReviews"></div><{tag}>У этого товара пока нет отзывов</{tag}>')

    assert page.health is PageHealth.BROKEN


def test_shown_words_of_emptiness_are_a_witness() -> None:
    page = read('<div data-widget="webListReviews"><p>У этого товара пока нет отзывов.</p></div>')

    assert (page.health, page.witnesses) == (PageHealth.EMPTY, ("empty_text",))


@pytest.mark.parametrize(
    ("url", "health"),
    [
        ("https://sso.ozon.ru/auth/ozonid?redirect=x", PageHealth.SIGNED_OUT),
        ("https://www.ozon.ru/", PageHealth.BROKEN),
        ("https://www.ozon.ru/product/other-1/reviews/", PageHealth.BROKEN),
        ("https://www.ozon.ru.evil.example/product/x-1600000001/reviews/", PageHealth.BROKEN),
        ("http://www.ozon.ru/product/x-1600000001/reviews/", PageHealth.BROKEN),
        ("https://api.ozon.ru/challenge.html?x", PageHealth.WALL),
    ],
)
def test_a_page_from_elsewhere_is_refused(url: str, health: PageHealth) -> None:
    assert read(LISTING.source, url=url, sku=LISTING.meta["sku"]).health is health


@pytest.mark.parametrize(
    ("status", "health"),
    [
        (None, PageHealth.OFFLINE),
        (408, PageHealth.OFFLINE),
        (500, PageHealth.OFFLINE),
        (503, PageHealth.OFFLINE),
        (401, PageHealth.WALL),
        (403, PageHealth.WALL),
        (429, PageHealth.WALL),
        (404, PageHealth.BROKEN),
        (418, PageHealth.BROKEN),
        (206, PageHealth.HEALTHY),
    ],
)
def test_the_status_of_the_answer_counts(status: int | None, health: PageHealth) -> None:
    assert read(LISTING.source, status=status).health is health


def test_the_account_expected_must_be_shown() -> None:
    identity = "site_profile"
    nobody = LISTING.source.replace("profileMenu", "somethingElse")

    assert read(LISTING.source, identity=identity, account_name=NAME).health is PageHealth.HEALTHY
    assert read(LISTING.source, identity=identity, account_name="Другой Продавец").problems == (
        "wrong account: somebody else is signed in",
        f"at {LISTING.meta['url']}",
    )
    assert read(nobody, identity=identity, account_name=NAME).health is PageHealth.BROKEN
    signed_out = read(case("reviews/fourteen_layout_a").source, url="", identity=identity, account_name=NAME)
    assert signed_out.health is PageHealth.SIGNED_OUT


def test_an_account_is_told_by_its_id_where_both_know_it() -> None:
    seen = read_account(Document(LISTING.source), SITE, "site_profile")

    assert seen.is_account(name="Новое Имя", account_id=seen.account_id)
    assert not seen.is_account(name=seen.name, account_id="another")
    assert read_account(Document(CARDS_ONLY.source), SITE, "site_profile").name == NAME


@pytest.mark.parametrize(
    ("old", "new"),
    [('<html lang="ru"', '<html lang="en"'), ('<html lang="ru"', '<html lang="kk-KZ"')],
)
def test_another_language_is_not_misread(old: str, new: str) -> None:
    assert read(LISTING.source.replace(old, new)).health is PageHealth.BROKEN


def test_another_currency_is_not_misread() -> None:
    price = """<div id="state-webPrice-1" data-state='{"price":"12 345 ₸"}'></div></main>"""

    assert read(LISTING.source.replace("</main>", price)).health is PageHealth.BROKEN


@pytest.mark.parametrize(
    "marker",
    ['<div class="abt-challenge"></div>', '<div id="captcha-box"></div>', '<div data-widget="userAdultModal"></div>'],
)
def test_a_wall_over_a_healthy_page_is_a_wall(marker: str) -> None:
    assert read(LISTING.source.replace("</main>", marker + "</main>")).health is PageHealth.WALL
    assert read(LISTING.source.replace("</main>", marker.replace("<div ", "<div hidden ") + "</main>")).health is (
        PageHealth.HEALTHY
    )


def test_cards_that_the_state_does_not_know_are_a_contradiction() -> None:
    page = read(LISTING.source.replace('div data-review-uuid="', 'div data-review-uuid="x'))

    assert (page.health, page.reviews) == (PageHealth.BROKEN, ())


def test_when_the_state_is_gone_the_cards_are_read() -> None:
    page = read(LISTING.source.replace('id="state-webListReviews', 'id="state-renamed'))

    assert page.health is PageHealth.HEALTHY
    assert {review.source for review in page.reviews} == {"dom_attributes"}


def test_when_attributes_are_gone_too_the_visible_text_is_read() -> None:
    page = read(CARDS_ONLY.source.replace("publishedat=", "renamed="))

    assert {review.source for review in page.reviews} == {"dom_text"}
    assert all(review.published.basis == "date_text" for review in page.reviews)


def test_cards_without_any_date_are_broken() -> None:
    text = CARDS_ONLY.source.replace("publishedat=", "renamed=").replace("2026", "26")

    assert read(text).health is PageHealth.BROKEN


def test_an_appeal_list_without_rows_needs_the_sites_word() -> None:
    page = "<html lang='ru'><main><h1>Мои обращения</h1>{}</main>"

    assert read_appeal_list(page.format(""), SITE).health is PageHealth.BROKEN
    assert read_appeal_list(page.format("<p>Всего обращений: 3</p>"), SITE).health is PageHealth.BROKEN
    assert read_appeal_list(page.format("<p>Всего обращений: 0</p>"), SITE).health is PageHealth.EMPTY


def test_an_unknown_wording_of_a_status_is_never_guessed() -> None:
    read_rows = read_appeal_list(APPEALS.source.replace("Отклонено", "Отклонено частично"), SITE).rows

    assert [row.status for row in read_rows] == ["unknown", "received"]
    assert read_rows[0].status_raw == "Отклонено частично"


def test_appeal_pages_are_complete_only_when_the_counter_agrees() -> None:
    page = read_appeal_list(APPEALS.source, SITE)
    short = page.model_copy(update={"total": 3})
    wall = AppealListReading(health=PageHealth.WALL, problems=("x",))

    assert merge_appeal_pages([page]).is_complete
    assert merge_appeal_pages([page, page]).is_complete
    assert not merge_appeal_pages([short]).is_complete
    assert not merge_appeal_pages([page, short]).is_complete
    assert merge_appeal_pages([page, wall]).health is PageHealth.WALL
    assert merge_appeal_pages([]).health is PageHealth.BROKEN


def test_other_pages_are_not_read_as_what_they_are_not() -> None:
    listing = LISTING.source

    assert read_appeal_details(listing, SITE) is None
    assert not read_order_list(listing, SITE).is_list
    assert read_order(listing, SITE).problems
    assert read_product_card(listing, SITE, url=LISTING.meta["url"]).problems
    assert read_storefront_html(listing, SITE).health is PageHealth.BROKEN

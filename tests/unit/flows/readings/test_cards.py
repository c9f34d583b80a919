"""Review cards without a state: what the author wrote, and what the site and others wrote beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from flows.catalog import load_site
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html, read_listing_json
from flows.readings.models import ListingPage, PageHealth, ReviewReading

SITE = load_site("ozon")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ID = "01a0e82c-4659-7aa4-9fa8-000000000101"
URL = "https://www.ozon.ru/product/chaynik-505/reviews/"
INLINE = ['style="color: var(--graphicRating);"', 'style="color: #E5E5E5;"']
CLASSES = ['class="s1 x9_on"', 'class="s1"']
BODY = "<div><span>Громкий чайник.&nbsp;</span></div>"


def stars(rating: int, marks: list[str] = INLINE) -> str:
    return "<div>" + "".join(f"<svg {marks[place >= rating]}><path/></svg>" for place in range(5)) + "</div>"


def card(
    body: str = BODY,
    *,
    number: int = 101,
    date: str = " 16 февраля 2025",
    drawn: str | None = None,
    attributes: str = 'statusid="5"',
) -> str:
    drawn = stars(2) if drawn is None else drawn
    head = f"<div><span>И</span><span>Имя Ф.</span></div><div><div>{date}</div>{drawn}</div>"
    return f'<div data-review-uuid="{ID[:-3]}{number}" {attributes}>{head}{body}</div>'


def page(*cards: str, total: int | None = None, extra: str = "") -> ListingPage:
    count = len(cards) if total is None else total
    html = (
        "<html lang='ru'><div data-widget='webProductTabs'>"
        f"<a href='/product/chaynik-505/reviews'>Отзывы {count}</a></div>"
        f"<div data-widget='webListReviews'>{''.join(cards)}</div>{extra}</html>"
    )
    return read_listing_html(html, SITE, seen_at=NOW, url=URL, expected=Expected(sku="505"))


def only(body: str = BODY, **more: Any) -> ReviewReading:
    found = page(card(body, **more))
    assert found.health is PageHealth.HEALTHY, found.problems
    return found.reviews[0]


def test_a_plain_card_says_where_each_value_was_read() -> None:
    review = only()

    assert (review.text, review.author_name, review.rating) == ("Громкий чайник.", "Имя Ф.", 2)
    assert dict(review.origins) == {
        "rating": "attribute",
        "text": "text",
        "author": "text",
        "published": "text",
        "edited": "text",
        "status": "attribute",
    }


@pytest.mark.parametrize(
    "heading", ["Ответ продавца", "Ответ продавца:", "Ответ продавца · ООО Пример", "Официальный ответ (3 марта 2025)"]
)
def test_what_the_seller_answers_is_not_what_the_buyer_wrote(heading: str) -> None:
    answer = f"<div><b>{heading}</b><p>Позвоните нам: +7 900 000-00-00</p></div>"

    assert only(BODY + answer).text == "Громкий чайник."


def test_a_buyer_may_write_about_the_sellers_answer() -> None:
    body = "<div><span>Ответ продавца меня не устроил</span></div>"

    assert only(body).text == "Ответ продавца меня не устроил"


@pytest.mark.parametrize("opener", ["<button>Читать полностью</button>", "<span>Показать весь отзыв</span>"])
def test_a_text_that_was_cut_does_not_count_as_whole(opener: str) -> None:
    review = only(f"<div><span>Громкий чайник, и ещё…</span>{opener}</div>")

    assert (review.text, review.origin("text"), review.was_read("text")) == ("Громкий чайник, и ещё…", "cut", False)


@pytest.mark.parametrize("rating", [1, 2, 3, 4])
@pytest.mark.parametrize("marks", [INLINE, CLASSES], ids=["inline", "class"])
def test_stars_are_read_however_they_are_filled(rating: int, marks: list[str]) -> None:
    assert only(drawn=stars(rating, marks)).rating == rating


def test_five_stars_of_one_class_are_read_where_another_card_shows_which_is_the_filled_one() -> None:
    five, three = card(drawn=stars(5, CLASSES)), card(drawn=stars(3, CLASSES), number=102)

    assert [review.rating for review in page(five, three).reviews] == [5, 3]
    alone = page(five, card(drawn=stars(5, CLASSES), number=102))
    told = "drift: 2 of 2 rows do not tell their 'rating'; not understood: «stars drawn in an unknown way»"
    assert (alone.health, alone.problems[0]) == (PageHealth.BROKEN, told)


@pytest.mark.parametrize(
    "drawn",
    [
        stars(2).replace("<svg", "<b", 1),
        stars(2).replace(INLINE[0], "", 1),
        stars(2) + stars(3),
        "".join(reversed(stars(2).partition("</svg>"))),
        "<div>" + f"<svg {INLINE[1]}></svg><svg {INLINE[0]}></svg>" + f"<svg {INLINE[1]}></svg>" * 3 + "</div>",
        "<div>" + f"<svg {CLASSES[0]}></svg><svg {CLASSES[1]}></svg><svg class='other'></svg>" * 2 + "</div>",
        "",
    ],
)
def test_stars_that_are_not_understood_are_no_rating(drawn: str) -> None:
    review = page(card(drawn=drawn), *(card(number=200 + i) for i in range(4))).reviews[0]

    assert (review.rating, review.unread) == (None, ("rating",))


def test_an_attribute_and_stars_that_disagree_are_no_rating() -> None:
    drawn = f'<i aria-label="Оценка: 5 из 5"></i>{stars(1)}'

    assert page(card(drawn=drawn), *(card(number=200 + i) for i in range(4))).reviews[0].unread == ("rating",)


def test_the_sites_questions_are_no_words_of_the_author() -> None:
    questions = "<div><span>Качество звука</span><span>Хорошее</span></div>"

    review = only(questions + BODY)

    assert review.text == "Громкий чайник."
    assert [(one.question, one.answer) for one in review.questions] == [("Качество звука", "Хорошее")]


@pytest.mark.parametrize(
    "line", ["<div>Цвет товара: синий</div>", '<a href="/product/chaynik-777/">Цвет товара: синий</a>']
)
def test_a_variant_line_followed_by_buttons_only_is_no_text(line: str) -> None:
    review = only(f"{BODY}{line}<div><button>Да 1</button><button>Нет 0</button></div>")

    assert review.text == "Громкий чайник."
    assert [(one.name, one.value) for one in review.variants] == [("Цвет товара", "синий")]


def test_the_link_of_the_variant_says_which_item_was_bought() -> None:
    review = only(f'{BODY}<a href="/product/chaynik-777/">Цвет товара: синий</a>')

    assert (review.item_id, review.origin("item")) == ("777", "attribute")


def test_a_last_line_of_the_author_that_looks_like_a_variant_stays_his() -> None:
    body = "<div><b>Недостатки</b><span>Итог: брак</span></div><div><button>Да 1</button></div>"

    assert only(body).text == "Итог: брак"


@pytest.mark.parametrize(
    ("shown", "is_edited", "day"),
    [
        ("Отредактирован 19 марта 2025", True, 18),
        ("изменен 19 марта 2025", True, 18),
        ("19 марта 2025, отредактирован", True, 18),
        ("19\u200b марта\u200e 2025", False, 18),
        ("\u200e19 марта 2025 г.", False, 18),
    ],
)
def test_dates_of_edits_and_dates_with_invisible_signs_are_read(shown: str, is_edited: bool, day: int) -> None:
    review = only(date=shown)

    assert review.published.earliest == datetime(2025, 3, day, 21, tzinfo=UTC)
    assert (review.is_edited, review.text) == (is_edited, "Громкий чайник.")


def test_whether_a_review_was_edited_is_not_told_by_a_date_that_is_not_understood() -> None:
    _, odd = page(card(), card(number=102, date="Поправлено 19 марта 2025")).reviews

    assert (odd.origin("published"), odd.origin("edited"), odd.has_unread_mark) == ("unread", None, True)
    assert not only().has_unread_mark


def test_half_a_year_ago_is_about_six_months() -> None:
    published = only(date="полгода назад").published

    assert published.earliest is not None
    assert published.latest is not None
    assert published.earliest < datetime(2026, 5, 20, tzinfo=UTC) < published.latest


def test_a_date_that_is_not_read_is_said() -> None:
    review = page(card(date="в прошлом веке"), *(card(number=200 + i) for i in range(4))).reviews[0]

    assert "published" in review.unread


def test_two_dates_of_one_card_that_disagree_are_said() -> None:
    assert "dates_disagree" in only(attributes='publishedat="1790500000"').flags


@pytest.mark.parametrize(
    "tabs",
    ["<div data-widget='webReviewTabs'><button>Отзывы о товаре 3 368</button></div>",
     "<div data-widget='webReviewTabs'><a href='#'>3368 отзывов</a></div>"],
)  # fmt: skip
def test_the_counter_of_the_review_tabs_counts(tabs: str) -> None:
    html = f"<html lang='ru'>{tabs}<div data-widget='webListReviews'>{card()}</div></html>"

    found = read_listing_html(html, SITE, seen_at=NOW, url=URL)

    assert (found.total, found.health) == (3368, PageHealth.PARTIAL)


WORDS = "Войдите или зарегистрируйтесь, чтобы посмотреть больше отзывов"
WALL = f"<div data-widget='buttonWidget'><button>{WORDS}</button></div>"


def test_the_guests_wall_has_a_word_and_is_no_cut_list() -> None:
    found = page(card(), total=3368, extra=WALL)

    assert (found.health, found.has_guest_wall, found.has_next) == (PageHealth.HEALTHY, True, False)
    assert not page(card()).has_guest_wall


def test_a_reviewer_cannot_put_up_the_guests_wall() -> None:
    assert not page(card(f"<div>{WORDS}</div>")).has_guest_wall


def test_a_page_of_the_guests_wall_alone_is_no_end_of_the_listing() -> None:
    found = page(total=3368, extra=WALL)

    assert (found.health, found.has_guest_wall) == (PageHealth.PARTIAL, True)
    assert "signed-in people only" in found.problems[0]


def test_the_guests_wall_is_known_in_the_page_json_too() -> None:
    states = {
        "buttonWidget-1-default-1": json.dumps({"button": {"text": WORDS}}),
        "webListReviews-1-default-1": json.dumps({"reviews": [], "paging": {"total": 300, "nextButton": "?page=5"}}),
    }

    found = read_listing_json(json.dumps({"widgetStates": states}), SITE, seen_at=NOW)

    assert (found.health, found.has_guest_wall) == (PageHealth.PARTIAL, True)


def test_a_pager_that_shows_the_first_pages_only_is_no_end() -> None:
    cards = [card(number=100 + number) for number in range(30)]

    assert page(*cards, total=3368).has_next
    arrow = "<a rel='next' aria-disabled='true'>Дальше</a>"
    assert not page(*cards, total=3368, extra=arrow).has_next


def test_several_lists_of_one_page_are_portions_of_one_listing() -> None:
    first, second = ("".join(card(number=base + number) for number in range(30)) for base in (100, 200))
    html = (
        f"<html lang='ru'><div data-widget='webReviewTabs'><button>Отзывы 60</button></div>"
        f"<div data-widget='webListReviews'>{first}</div><div data-widget='skuGrid'></div>"
        f"<div data-widget='webListReviews'>{second}</div></html>"
    )

    found = read_listing_html(html, SITE, seen_at=NOW, url=URL)

    assert (found.health, len(found.reviews), found.portions) == (PageHealth.HEALTHY, 60, 2)

"""Values that a hostile or broken site may send: each costs itself at most, never the page."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.catalog import Site, load_site
from flows.readings.listing import read_listing_html, read_listing_json
from flows.readings.models import ListingPage, PageHealth, ReviewReading
from flows.readings.reviews_state import read_state
from tests.recorded.reading import case

SITE: Site = load_site("ozon")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PAGE = json.loads(case("reviews/page_json").source)
STATE_ID = next(key for key in PAGE["widgetStates"] if key.startswith("webListReviews-"))
Row = dict[str, object]


def listing(change: Callable[[list[Row]], object]) -> ListingPage:
    """Reads the recorded listing after a change to its rows."""
    page = copy.deepcopy(PAGE)
    state = json.loads(page["widgetStates"][STATE_ID])
    change(state["reviews"])
    page["widgetStates"][STATE_ID] = json.dumps(state)
    return read_listing_json(json.dumps(page), SITE, seen_at=NOW)


def first(**changes: object) -> ReviewReading:
    """Reads the first row after changes to it; ``content__x`` reaches into a part."""

    def change(rows: list[Row]) -> None:
        for name, value in changes.items():
            part, _, inner = name.partition("__")
            if inner:
                found = rows[0][part]
                assert isinstance(found, dict)
                found[inner] = value
            else:
                rows[0][part] = value

    page = listing(change)
    assert page.health is PageHealth.HEALTHY
    return page.reviews[0]


@pytest.mark.parametrize(
    ("score", "raw"),
    [(0, "0"), (6, "6"), ("4,7", "4,7"), ("★★★★", "★★★★"), (None, ""), (4.7, "4.7"), (-1, "-1"), (True, ""), ([], ""),
     (2**63, str(2**63)), ("", "")],
)  # fmt: skip
def test_a_rating_that_is_none_stays_raw_and_is_flagged(score: object, raw: str) -> None:
    review = first(content__score=score)

    assert (review.rating, review.rating_raw) == (None, raw)
    assert (review.unread, review.was_read("rating")) == (("rating",), False)


@pytest.mark.parametrize("score", [1, "1", 1.0])
def test_a_rating_may_come_as_number_or_digits(score: object) -> None:
    assert first(content__score=score).rating == 1


@pytest.mark.parametrize(
    "review_id", [None, "", " ", "../x", "a/b", "x" * 65, "a\0", "\ud800", "ид", -1, 1.5, True, [], {}, "a b", 10**70]
)
def test_a_row_without_a_usable_id_is_counted_and_the_others_are_kept(review_id: object) -> None:
    page = listing(lambda rows: rows[0].update(uuid=review_id))

    assert (page.health, page.bad_rows, len(page.reviews)) == (PageHealth.PARTIAL, 1, 2)


@pytest.mark.parametrize(
    ("review_id", "kept"), [("__proto__", "__proto__"), ("0012", "0012"), (12, "12"), (2**63, str(2**63))]
)
def test_odd_but_usable_ids_are_kept_as_they_are(review_id: object, kept: str) -> None:
    assert first(uuid=review_id, sharing={}).review_id == kept


def test_a_row_that_names_two_ids_is_counted_and_not_kept() -> None:
    page = listing(lambda rows: rows[0].update(uuid=rows[0]["itemId"]))

    assert (page.health, page.bad_rows, len(page.reviews)) == (PageHealth.PARTIAL, 1, 2)


@pytest.mark.parametrize("row", [None, 1, "x", [], True, {}])
def test_a_row_that_is_no_row_is_counted(row: object) -> None:
    page = listing(lambda rows: rows.__setitem__(1, cast("Row", row)))

    assert (page.bad_rows, len(page.reviews)) == (1, 2)


def test_a_doubled_row_is_kept_once_in_its_highest_version() -> None:
    def change(rows: list[Row]) -> None:
        rows.append({**rows[0], "version": 7})

    page = listing(change)

    assert page.reviews[0].version == 7
    assert len(page.reviews) == 3


def test_text_that_stores_cannot_hold_is_replaced_and_flagged() -> None:
    review = first(content__comment="пло\0хо \ud800", content__positive="", content__negative="")

    assert review.text == "пло\ufffdхо \ufffd"
    assert {"nul", "lone_surrogate"} <= set(review.flags)


def test_a_megabyte_of_text_is_kept_whole() -> None:
    assert len(first(content__comment="я" * 1_000_000, content__positive="", content__negative="").text) == 1_000_000


def test_a_very_long_name_is_cut_and_flagged() -> None:
    review = first(author__firstName="И" * 10_000)

    assert len(review.author_name) == 500
    assert "author_cut" in review.flags


@pytest.mark.parametrize("value", ["вчера", -5, 10**15, True, [], 1.5])
def test_a_publication_time_that_is_none_stays_raw_and_is_flagged(value: object) -> None:
    review = first(publishedAt=value)

    assert review.published.basis == "unparsed"
    assert review.unread == ("published",)


@pytest.mark.parametrize("value", [-1, "много", 1.5, [], 10**12, True])
def test_counts_that_are_none_are_zero_and_flagged(value: object) -> None:
    review = first(usefulness__useful=value)

    assert review.useful == 0
    assert review.unread == ("votes",)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:image/svg+xml,x", "//host/x", "", None, 5, "https://x/" + "a" * 3000]
)
def test_media_with_odd_addresses_are_left_out_and_flagged(url: object) -> None:
    review = first(content__photos=[{"url": url, "UUID": "1"}, {"url": "https://ir.ozone.ru/a.jpeg", "UUID": "2"}])

    assert [photo.media_id for photo in review.photos] == ["2"]
    assert review.unread == ("photos",)


@pytest.mark.parametrize("url", ["https://evil.example/x", "javascript:x", "http://www.ozon.ru/x", "//www.ozon.ru", 5])
def test_a_link_to_another_site_is_not_kept(url: object) -> None:
    assert first(sharing__url=url).url == ""


def test_a_review_of_an_item_that_the_listing_does_not_name_has_an_unread_item() -> None:
    review = first(itemId="999")

    assert (review.item_id, review.item_name, review.unread) == ("999", "", ("item", "variants"))


def test_the_item_that_was_bought_is_named() -> None:
    assert first().item_name == "Наушники вкладыши Bluetooth Тонара К91"


def test_entities_in_a_text_are_the_characters_they_stand_for() -> None:
    review = first(content__comment="Звук &quot;так себе&quot; &#128078; &amp;lt; R&D", author__firstName="O&#39;Нил")

    assert review.text.startswith('Звук "так себе" 👎 &lt; R&D')
    assert review.author_name == "O'Нил"
    assert "entities" in review.flags


def test_the_answers_to_the_sites_questions_are_no_part_of_the_text() -> None:
    review = first(content__contextQuestions=[{"question": "Качество звука", "answer": "Хорошее"}])

    assert [(one.question, one.answer) for one in review.questions] == [("Качество звука", "Хорошее")]
    assert "Хорошее" not in review.text


@pytest.mark.parametrize("name", ["isReportable", "isAbuseReported"])
def test_nobody_who_is_signed_out_has_reported_anything(name: str) -> None:
    review = first(**{name: True})

    assert (review.is_reported, review.is_reportable, review.unread) == (None, None, ("marks",))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("text", lambda row: row["content"].update(commentText=row["content"].pop("comment"))),
        ("text", lambda row: row["content"].update(comment=[row["content"]["comment"]])),
        ("rating", lambda row: row["content"].update(rating=row["content"].pop("score"))),
        ("published", lambda row: row.update(publishedAt=int(row["publishedAt"]) * 1000)),
        ("author", lambda row: row.update(writer=row.pop("author"))),
        ("item", lambda row: row.update(item=row.pop("itemId"))),
        ("version", lambda row: row.update(v=row.pop("version"))),
    ],
)
def test_a_vital_value_that_every_row_lost_breaks_the_page(path: str, value: Callable[[Any], object]) -> None:
    page = listing(lambda rows: [value(row) for row in rows])

    assert (page.health, page.reviews) == (PageHealth.BROKEN, ())
    assert page.problems[0].startswith("drift: 3 of 3 rows do not tell their")
    assert repr(path) in page.problems[0]


def test_the_same_text_twice_is_two_reviews() -> None:
    def change(rows: list[Row]) -> None:
        rows[1]["content"] = rows[0]["content"]

    assert len(listing(change).reviews) == 3


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(field=st.sampled_from(sorted(json.loads(PAGE["widgetStates"][STATE_ID])["reviews"][0])), junk=JUNK)
def test_no_value_of_any_field_stops_the_page(field: str, junk: object) -> None:
    page = listing(lambda rows: rows[0].update({field: junk}))

    assert len(page.reviews) >= 2
    assert page.health in {PageHealth.HEALTHY, PageHealth.PARTIAL}


@settings(max_examples=200, deadline=None)
@given(JUNK)
def test_no_state_makes_the_reader_fail(junk: object) -> None:
    assert read_state(junk, SITE).reviews == ()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_no_body_makes_a_listing_reader_fail_or_believe_in_zero(body: str | bytes) -> None:
    for read in (read_listing_json, read_listing_html):
        assert read(body, SITE, seen_at=NOW).health not in {PageHealth.HEALTHY, PageHealth.EMPTY}


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, "NaN", '{"widgetStates": NaN}', "9" * 10_000])
def test_json_bombs_are_broken_pages(body: str) -> None:
    assert read_listing_json(body, SITE, seen_at=NOW).health is PageHealth.BROKEN


def test_a_hundred_thousand_nested_elements_are_a_broken_page() -> None:
    assert read_listing_html("<div>" * 100_000, SITE, seen_at=NOW).health is PageHealth.BROKEN

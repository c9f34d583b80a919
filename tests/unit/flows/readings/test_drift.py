"""A page that changed is not an edit, an edit is not a changed page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from flows.readings.drift import ID, find_lost_value, judge_drift
from flows.readings.models import (
    ListingPage,
    Origin,
    PageHealth,
    Photo,
    ReviewReading,
    TimeReading,
    ValueName,
    Variant,
)
from flows.readings.opened_texts import put_opened_texts

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
Origins = dict[ValueName, Origin]
STATE: Origins = dict.fromkeys(get_args(ValueName), "state")


def moment(shift: timedelta = timedelta()) -> TimeReading:
    at = NOON + shift
    return TimeReading(raw=str(int(at.timestamp())), earliest=at, latest=at, basis="unix_seconds")


def review(number: int = 0, **changes: Any) -> ReviewReading:
    values: dict[str, Any] = {
        "site": "ozon",
        "review_id": f"01a10ef9-4ab4-71d6-ab96-{number:012d}",
        "item_id": "1600000003",
        "item_name": "Наушники",
        "rating": 1 + number % 5,
        "text": f"Текст {number}",
        "author_name": f"Анна {number}",
        "author_id": f"guid-{number}",
        "published": moment(-timedelta(hours=number)),
        "variants": (Variant(name="Цвет", value="синий"),),
        "origins": STATE,
    }
    return ReviewReading(**{**values, **changes})


def unread(name: ValueName) -> Origins:
    return {**STATE, name: "unread"}


def heads(*readings: ReviewReading) -> dict[str, ReviewReading]:
    return {reading.review_id: reading for reading in readings}


PAGE = [review(number) for number in range(10)]


def test_the_same_reading_is_the_same() -> None:
    verdict = judge_drift(heads(*PAGE), PAGE)

    assert (verdict.drifted_in, verdict.problem, verdict.edited, dict(verdict.flags)) == (None, "", frozenset(), {})
    assert verdict.compared == 10


def test_a_new_version_with_another_text_is_an_edit() -> None:
    edited = review(3, version=1, text="Передумал", published=moment(timedelta(hours=1)), is_edited=True)

    verdict = judge_drift(heads(*PAGE), [*PAGE[:3], edited, *PAGE[4:]])

    assert verdict.edited == {edited.review_id}
    assert not verdict.flags


def test_even_the_edit_of_every_row_at_once_is_an_edit() -> None:
    rows = [review(i, version=1, text=f"Новое {i}", published=moment(timedelta(hours=1))) for i in range(10)]

    assert judge_drift(heads(*PAGE), rows).edited == {row.review_id for row in rows}


def test_another_text_in_the_same_version_is_a_flag_and_no_edit() -> None:
    verdict = judge_drift(heads(*PAGE), [review(3, text="Другой"), *PAGE[4:]])

    assert verdict.drifted_in is None
    assert not verdict.edited
    assert dict(verdict.flags) == {PAGE[3].review_id: ("text_changed",)}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("text", {"text": "Цвет синий"}),
        ("rating", {"rating": 5}),
        ("published", {"published": moment(timedelta(days=9))}),
        ("author", {"author_id": "one and the same"}),
        ("item", {"item_id": "5"}),
        ("version", {"version": 4}),
    ],
)
def test_rows_that_contradict_their_heads_as_a_body_are_drift(name: str, change: dict[str, Any]) -> None:
    verdict = judge_drift(heads(*PAGE), [review(i, **change) for i in range(10)])

    assert verdict.drifted_in == name
    assert f"another {name!r} than before" in verdict.problem
    assert not verdict.edited


@pytest.mark.parametrize(("count", "is_drift"), [(1, False), (4, False), (5, True), (10, True)])
def test_half_of_the_rows_are_a_body(count: int, is_drift: bool) -> None:
    rows = [review(i, text="x") if i < count else PAGE[i] for i in range(10)]

    assert (judge_drift(heads(*PAGE), rows).drifted_in == "text") is is_drift


def test_one_known_review_alone_is_flagged_and_no_body() -> None:
    verdict = judge_drift(heads(PAGE[0]), [review(0, text="Другой")])

    assert (verdict.drifted_in, list(verdict.flags.values())) == (None, [("text_changed",)])


def test_a_grown_version_with_nothing_else_changed_is_no_edit() -> None:
    verdict = judge_drift(heads(*PAGE), [review(0, version=1), *PAGE[1:]])

    assert not verdict.edited
    assert verdict.flags[PAGE[0].review_id] == ("version_changed",)


def test_who_wrote_it_does_not_change_with_an_edit() -> None:
    stranger = review(0, version=1, text="Другой", author_id="somebody", published=moment(timedelta(hours=1)))

    verdict = judge_drift(heads(*PAGE), [stranger, *PAGE[1:]])

    assert not verdict.edited
    assert verdict.flags[stranger.review_id] == ("author_changed",)


@pytest.mark.parametrize("name", ["text", "rating", "published", "author", "version", "item"])
def test_a_vital_value_that_was_not_read_never_makes_a_version(name: ValueName) -> None:
    row = review(0, version=1, text="Новое", published=moment(timedelta(hours=1)), origins=unread(name))

    verdict = judge_drift(heads(*PAGE), [row, *PAGE[1:]])

    assert not verdict.edited
    assert f"{name}_unread" in verdict.flags[row.review_id]


@pytest.mark.parametrize("name", ["text", "rating", "published", "author", "version", "item"])
def test_rows_that_lose_a_vital_value_at_once_are_drift(name: ValueName) -> None:
    rows = [review(i, origins=unread(name)) for i in range(5)]

    assert repr(name) in find_lost_value(rows)
    assert not find_lost_value([rows[0], *PAGE[1:]])
    assert repr(name) in find_lost_value(rows[:1])


def test_an_unread_picture_does_not_hide_an_edit() -> None:
    row = review(0, version=1, text="Новое", published=moment(timedelta(hours=1)), origins=unread("photos"))

    verdict = judge_drift(heads(*PAGE), [row])

    assert verdict.edited == {row.review_id}
    assert verdict.flags[row.review_id] == ("photos_unread",)


def test_pictures_that_change_without_a_new_version_are_flagged() -> None:
    row = review(0, photos=(Photo(media_id="1", url="https://ir.ozone.ru/1.jpeg"),))

    assert judge_drift(heads(*PAGE), [row]).flags[row.review_id] == ("photos_changed",)


def test_a_person_may_change_the_name_without_writing_anew() -> None:
    verdict = judge_drift(heads(*PAGE), [review(i, author_name=f"Иван {i}") for i in range(10)])

    assert verdict.drifted_in is None
    assert set(verdict.flags.values()) == {("author_renamed",)}


def test_ids_of_another_form_than_the_stored_ones_are_drift() -> None:
    verdict = judge_drift(heads(*PAGE), [review(i, review_id=f"16000000{i:02d}") for i in range(10)])

    assert verdict.drifted_in == ID


def test_one_new_id_of_another_form_is_flagged() -> None:
    odd = review(0, review_id="NEW")

    assert judge_drift(heads(*PAGE), [odd, *PAGE[1:]]).flags == {"NEW": ("id_changed",)}


CARD: Origins = {"rating": "attribute", "text": "text", "published": "attribute"}


def test_cards_say_the_same_as_the_state_they_stand_in_for() -> None:
    rows = [
        review(i, origins=CARD, source="dom_attributes", author_id="", variants=(), item_name="") for i in range(10)
    ]

    assert not judge_drift(heads(*PAGE), rows).flags


def test_without_version_numbers_a_later_publication_shows_an_edit() -> None:
    stored = review(0, origins=CARD, source="dom_attributes")
    later = review(0, origins=CARD, source="dom_attributes", text="Новое", published=moment(timedelta(days=2)))

    assert judge_drift(heads(stored), [later]).edited == {stored.review_id}
    assert not judge_drift(heads(stored), [review(0, origins=CARD, source="dom_attributes", text="Новое")]).edited


def test_the_mark_of_an_edit_counts_where_only_the_day_is_shown() -> None:
    day = TimeReading(raw="20 ноября 2026", earliest=NOON, latest=NOON + timedelta(hours=12), basis="date_text")
    stored = review(0, origins=CARD, source="dom_text", published=day)
    marked = review(0, origins=CARD, source="dom_text", published=day, text="Новое", is_edited=True)

    assert judge_drift(heads(stored), [marked]).edited == {stored.review_id}


@pytest.mark.parametrize(
    "origins", [{**CARD, "published": "unread"}, {**CARD, "published": "unread", "edited": "text"}]
)
def test_a_mark_that_could_not_be_read_before_is_no_edit(origins: Origins) -> None:
    day = TimeReading(raw="edited 20 Nov 2026", earliest=NOON, latest=NOON + timedelta(hours=12), basis="date_text")
    told: Origins = {**CARD, "published": "text", "edited": "text"}
    stored = review(0, origins=origins, source="dom_text", published=TimeReading(raw="edited 20 Nov 2026"))
    same = review(0, origins=told, source="dom_text", published=day, is_edited=True, version=1)

    verdict = judge_drift(heads(stored), [same])

    assert (verdict.edited, dict(verdict.flags)) == (frozenset(), {})
    other = same.model_copy(update={"text": "Новое"})
    assert judge_drift(heads(stored), [other]).edited == {stored.review_id}


def test_a_cut_text_is_no_other_text_and_makes_no_version() -> None:
    cut: Origins = {**CARD, "text": "cut"}
    stored = review(0, text="Длинный отзыв о наушниках и о жизни")
    row = review(0, origins=cut, source="dom_attributes", text="Длинный отзыв о науш…")

    verdict = judge_drift(heads(stored), [row])
    other = judge_drift(heads(stored), [row.model_copy(update={"text": "Короткий"})])

    assert verdict.flags[row.review_id] == ("text_cut",)
    assert not verdict.edited | verdict.completed
    assert "text_changed" in other.flags[row.review_id]


def test_a_text_that_opens_later_completes_the_cut_one_and_is_no_edit() -> None:
    begun = review(0, origins={**CARD, "text": "cut"}, source="dom_attributes", text="Длинный отзыв о науш…")
    whole = review(0, origins=CARD, source="dom_attributes", text="Длинный отзыв о наушниках и о жизни")

    verdict = judge_drift(heads(begun), [whole])
    other = judge_drift(heads(begun), [whole.model_copy(update={"text": "Иной отзыв, длиннее и о другом"})])

    assert verdict.completed == {begun.review_id}
    assert not verdict.edited
    assert not verdict.flags
    assert not other.completed | other.edited
    assert not judge_drift(heads(begun), [begun]).completed


def test_a_text_that_opened_is_taken_only_where_it_goes_on_as_it_began() -> None:
    cut: Origins = {**CARD, "text": "cut"}
    before = [review(i, origins=cut, source="dom_text", text=f"Отзыв номер {i}, и эт…") for i in range(3)]
    after = [
        review(0, origins=CARD, source="dom_text", text="Отзыв номер 0, и это не всё"),
        review(1, origins=CARD, source="dom_text", text="Другой отзыв, и это не всё"),
        review(2, origins=cut, source="dom_text", text="Отзыв номер 2, и эт…"),
    ]

    joined = put_opened_texts(page_of(before), page_of(after))

    assert [(one.text[-7:], one.origin("text")) for one in joined.reviews] == [
        ("это не всё"[-7:], "text"),
        *((one.text[-7:], "cut") for one in before[1:]),
    ]


def page_of(rows: list[ReviewReading]) -> ListingPage:
    return ListingPage(health=PageHealth.HEALTHY, reviews=tuple(rows))


def test_a_better_source_completes_what_a_lesser_one_told() -> None:
    stored = review(0, origins=CARD, source="dom_text", text="Начало")

    verdict = judge_drift(heads(stored), [review(0, text="Начало и конец")])

    assert verdict.completed == {stored.review_id}
    assert not verdict.flags


def test_readings_of_earlier_versions_are_compared_by_what_they_told() -> None:
    old = review(0, origins={}, text="Звук &quot;так себе&quot;", item_name="", variants=())
    new = review(0, text='Звук "так себе"', photos=(Photo(media_id="1", url="https://ir.ozone.ru/1.jpeg"),))

    assert not judge_drift(heads(old), [new]).flags
    assert judge_drift(heads(old), [review(0, rating=5)]).flags


def test_an_old_reading_whose_rating_was_not_read_contradicts_nothing() -> None:
    old = review(0, origins={}, rating=None, flags=("rating_unparsed",))

    assert old.unread == ("rating",)
    assert not judge_drift(heads(old), [review(0)]).flags


def test_the_sellers_lists_may_tell_a_part_of_the_text() -> None:
    stored = review(0, text="Комментарий\nДостоинства\nНедостатки")
    row = review(0, origins=CARD, source="seller_api", text="Комментарий")

    assert not judge_drift(heads(stored), [row]).flags
    assert judge_drift(heads(stored), [row.model_copy(update={"text": "Другой"})]).flags


def test_a_sellers_list_that_lags_behind_an_edit_contradicts_nothing() -> None:
    stored = [review(i, text=f"Новое {i}", published=moment(timedelta(days=2))) for i in range(5)]
    rows = [review(i, origins=CARD, source="seller_api") for i in range(5)]

    verdict = judge_drift(heads(*stored), rows)

    assert verdict.drifted_in is None
    assert not verdict.flags

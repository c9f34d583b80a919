"""In what a reading differs is told by review and field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qa.differences import find_differences

if TYPE_CHECKING:
    from pydantic import JsonValue

FIRST: JsonValue = {"review_id": "r-1", "rating": 1, "published": {"raw": "вчера"}, "photos": [1, 2]}
SECOND: JsonValue = {"review_id": "r-2", "rating": 5}


def told(was: JsonValue, now: JsonValue) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.row, one.field, one.was, one.now) for one in find_differences(was, now)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rating": 2}, ("r-1", "rating", "1", "2")),
        ({"published": {"raw": "сегодня"}}, ("r-1", "published.raw", "вчера", "сегодня")),
        ({"published": None}, ("r-1", "published", '{"raw": "вчера"}', None)),
        ({"photos": [1, 3]}, ("r-1", "photos[1]", "2", "3")),
        ({"photos": [1]}, ("r-1", "photos", "[1, 2]", "[1]")),
        ({"text": "Нет"}, ("r-1", "text", None, "Нет")),
    ],
)
def test_a_value_is_told_with_its_review_and_field(changes: dict[str, JsonValue], expected: tuple[str, ...]) -> None:
    assert isinstance(FIRST, dict)
    assert told({"reviews": [FIRST, SECOND]}, {"reviews": [{**FIRST, **changes}, SECOND]}) == [expected]


def test_a_review_more_or_less_is_that_review_and_not_all_behind_it() -> None:
    (gone,) = find_differences({"reviews": [FIRST, SECOND]}, {"reviews": [SECOND]})
    assert (gone.row, gone.field, gone.now) == ("r-1", "reviews", None)
    (new,) = find_differences({"reviews": [FIRST]}, {"reviews": [SECOND, FIRST]})
    assert (new.row, new.was) == ("r-2", None)
    (moved,) = find_differences({"reviews": [FIRST, SECOND]}, {"reviews": [SECOND, FIRST]})
    assert (moved.row, moved.field) == ("", "reviews: order")


def test_a_row_that_holds_its_review_and_values_of_the_page_are_told_too() -> None:
    was: JsonValue = {"health": "healthy", "rows": [{"review": SECOND, "order_status": "delivered"}]}
    now: JsonValue = {"health": "partial", "rows": [{"review": SECOND, "order_status": "cancelled"}]}
    assert told(was, now) == [
        ("", "health", "healthy", "partial"),
        ("r-2", "order_status", "delivered", "cancelled"),
    ]


def test_what_has_no_ids_or_one_twice_is_compared_as_it_stands() -> None:
    assert told([SECOND, SECOND], [SECOND, {**SECOND, "rating": 1}]) == [("", "[1].rating", "5", "1")]  # type: ignore[dict-item]
    assert told({"total": 3}, {"total": 3}) == []

"""The cabinet's list as the JSON that its page loads: what is told of a row, where it ends, what is not believed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from flows.catalog import load_site
from flows.readings.cabinet_answers import join_answers, read_cabinet_answer, read_cabinet_detail
from flows.readings.models import PageHealth

SITE = load_site("ozon")
ROW: dict[str, Any] = {
    "uuid": "01a0e82c-4659-7aa4-9fa8-000000000101",
    "text": {"positive": "Цвет", "negative": "", "comment": "Полный брак"},
    "published_at": "2026-09-27T08:26:40.123456Z",
    "rating": 1,
    "interaction_status": "NOT_VIEWED",
    "orderDeliveryType": "REVIEW_ORDER_DELIVERY_CANCELED",
    "is_delivery_review": True,
    "is_quality_control": False,
    "publish_delayed_info": {"reason": "X"},
    "visibility_message_short": {"short_description": "Отзыв проверяется"},
    "product": {"title": "Наушники", "url": "https://www.ozon.ru/product/naushniki-5059314345/", "sku": "5059314345"},
}
ANSWER: dict[str, Any] = {"result": [ROW], "hasNext": False, "pagination_last_uuid": ROW["uuid"]}


def answer(**changes: Any) -> str:
    return json.dumps({**copy.deepcopy(ANSWER), **changes})


def row(**changes: Any) -> str:
    return answer(result=[{**copy.deepcopy(ROW), **changes}])


def test_a_row_is_read_with_what_the_cabinet_says_of_it_besides() -> None:
    page = read_cabinet_answer(answer(), SITE)
    (read,) = page.rows
    assert (page.health, page.is_end, page.note) == (PageHealth.HEALTHY, True, "")
    review = read.review
    assert (review.review_id, review.item_id, review.rating) == (ROW["uuid"], "5059314345", 1)
    assert review.text == "Полный брак\nЦвет"
    assert (read.order_status, read.work_status, read.unread) == ("cancelled", "NOT_VIEWED", ())
    assert read.remarks == (
        "Кабинет пишет, почему отзыв не показан: Отзыв проверяется",
        "Публикация отзыва отложена",
        "Отзыв помечен как отзыв о доставке",
    )


def test_a_text_in_one_piece_and_an_order_that_came_are_read_too() -> None:
    (read,) = read_cabinet_answer(row(text="Всё плохо", orderDeliveryType="DELIVERED"), SITE).rows
    assert (read.review.text, read.order_status) == ("Всё плохо", "delivered")


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"rating": "1"}, "rating"), ({"text": {"comment": "x"}}, "text"), ({"published_at": 1790500000}, "published")],
)  # fmt: skip
def test_a_value_of_another_type_is_named_as_unread_and_breaks_a_page_of_such_rows(
    changes: dict[str, Any], name: str
) -> None:
    page = read_cabinet_answer(row(**changes), SITE)
    assert page.health is PageHealth.BROKEN
    assert repr(name) in page.problem


def test_a_row_whose_number_and_address_disagree_is_not_believed() -> None:
    other = {**ROW, "uuid": ROW["uuid"][:-1] + "2", "product": {**ROW["product"], "sku": "1"}}
    page = read_cabinet_answer(answer(result=[ROW, other]), SITE)
    assert (page.health, len(page.rows), page.bad_rows, page.is_end) == (PageHealth.PARTIAL, 1, 1, False)


def test_an_unknown_word_of_one_row_is_unread_and_of_all_rows_is_the_list_s_doing() -> None:
    second = {**ROW, "uuid": ROW["uuid"][:-1] + "2", "orderDeliveryType": "LOST"}
    page = read_cabinet_answer(answer(result=[ROW, second]), SITE)
    assert [one.unread for one in page.rows] == [(), ("order_status",)]
    lost = read_cabinet_answer(answer(result=[{**ROW, "orderDeliveryType": "LOST"}, second]), SITE)
    assert (lost.health, "order_status" in lost.problem) == (PageHealth.BROKEN, True)


def test_remarks_that_are_not_there_are_said_to_be_missing_and_cost_nothing_else() -> None:
    page = read_cabinet_answer(row(is_delivery_review="yes"), SITE)
    assert (page.health, page.rows[0].unread) == (PageHealth.HEALTHY, ("remarks",))
    assert "remarks" in page.note


@pytest.mark.parametrize(
    ("changes", "is_end"),
    [({}, True), ({"hasNext": True}, False), ({"pagination_last_uuid": "another"}, False)],
)
def test_the_end_is_the_answer_s_own_word_about_its_last_row(changes: dict[str, Any], is_end: bool) -> None:
    assert read_cabinet_answer(answer(**changes), SITE).is_end is is_end


def test_no_rows_are_emptiness_only_where_nothing_speaks_against_it() -> None:
    assert read_cabinet_answer(answer(result=[], pagination_last_uuid=None), SITE).health is PageHealth.EMPTY
    for changes in ({}, {"pagination_last_uuid": None, "hasNext": True}):
        assert read_cabinet_answer(answer(result=[], **changes), SITE).health is PageHealth.BROKEN


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"result": {}}', '{"result": []}', "<html>", "[" * 100_000])
def test_what_is_no_such_answer_is_broken(body: str) -> None:
    assert read_cabinet_answer(body, SITE).health is PageHealth.BROKEN


def test_answers_of_one_page_are_joined_and_a_broken_one_breaks_them() -> None:
    other = json.loads(row(uuid=ROW["uuid"][:-1] + "2"))
    first = read_cabinet_answer(answer(hasNext=True), SITE)
    last = read_cabinet_answer(json.dumps({**other, "pagination_last_uuid": other["result"][0]["uuid"]}), SITE)
    joined = join_answers([first, last])
    assert joined is not None
    assert (len(joined.rows), joined.is_end) == (2, True)
    broken = join_answers([first, read_cabinet_answer("{}", SITE)])
    assert broken is not None
    assert broken.health is PageHealth.BROKEN
    assert join_answers([]) is None


def test_the_answer_about_one_review_is_read_with_what_is_said_beside_it() -> None:
    page = read_cabinet_detail(json.dumps({**ROW, "chat_url": "", "visibility": "X"}), SITE, ROW["uuid"])
    (read,) = page.rows
    assert (page.health, page.note, read.order_status) == (PageHealth.HEALTHY, "", "cancelled")
    assert read.review.text == "Полный брак\nЦвет"
    assert read.remarks == (
        "Кабинет пишет, почему отзыв не показан: Отзыв проверяется",
        "Публикация отзыва отложена",
        "Отзыв помечен как отзыв о доставке",
    )


def test_what_of_the_answer_about_one_review_was_not_understood_is_named() -> None:
    page = read_cabinet_detail(
        json.dumps({**ROW, "is_delivery_review": 1, "orderDeliveryType": "X"}), SITE, ROW["uuid"]
    )
    assert page.note == "not understood in the page's own answer: order_status, about_delivery"
    assert len(page.rows[0].remarks) == 2


@pytest.mark.parametrize(
    "changes", [{"uuid": f"{ROW['uuid'][:-1]}2"}, {"uuid": None}, {"rating": "1"}, {"product": {}}]
)
def test_an_answer_about_another_review_or_without_what_is_always_there_is_broken(changes: dict[str, Any]) -> None:
    page = read_cabinet_detail(json.dumps({**ROW, **changes}), SITE, ROW["uuid"])
    assert (page.health, page.rows) == (PageHealth.BROKEN, ())

"""Lists of reviews besides the public page: what is read of a row, and what one reading proves."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from flows.catalog.loader import load_site
from flows.readings.cabinet_reviews import read_cabinet_reviews
from flows.readings.models import PageHealth, ReviewReading, TimeReading
from flows.readings.seller_api import find_wall, read_message, read_review_list
from flows.readings.sources import SourceMerger, SourceRow

SITE = load_site("ozon")
NOON = datetime(2026, 9, 27, 12, 0, tzinfo=UTC)
ROW = {
    "id": "01a0e82c-4659-7aa4-9fa8-000000000101",
    "sku": 5059314345,
    "text": " Сломался\r\nна второй день ",
    "rating": 1,
    "status": "NEW",
    "order_status": "CANCELLED",
    "published_at": "2026-09-27T08:26:40.000Z",
    "is_rating_participant": False,
    "comments_amount": 0,
    "photos_amount": 0,
    "videos_amount": 0,
}


def answer(*rows: object, **other: object) -> str:
    return json.dumps({"reviews": rows, "has_next": False, "last_id": "x", **other})


def row(name: str, at: datetime, *, days: bool = False) -> SourceRow:
    latest = at + timedelta(days=1) if days else at
    published = TimeReading(raw="", earliest=at, latest=latest, basis="iso_time")
    return SourceRow(review=ReviewReading(site="ozon", review_id=name, item_id="1", published=published))


def merger(since: datetime | None = None, page_limit: int = 9) -> SourceMerger:
    return SourceMerger("api", NOON, since, page_limit)


def test_a_row_of_the_api_is_read_whole() -> None:
    page = read_review_list(answer(ROW), SITE)
    assert page is not None
    (read,) = page.rows
    assert (read.order_status, read.is_counted, read.work_status) == ("cancelled", False, "NEW")
    review = read.review
    assert (review.review_id, review.item_id, review.rating) == (ROW["id"], "5059314345", 1)
    assert review.text == "Сломался\nна второй день"
    assert review.published.earliest == datetime(2026, 9, 27, 8, 26, 40, tzinfo=UTC)
    assert review.created is not None
    assert (page.has_next, page.last_id, page.bad_rows) == (False, "x", 0)


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": "a b"}, {"sku": "x"}, {"sku": 0}, {"sku": True}],
    ids=["no id", "bad id", "no number", "zero", "yes"],
)
def test_a_row_that_cannot_be_kept_is_counted(change: dict[str, object]) -> None:
    page = read_review_list(answer(ROW | change, ROW), SITE)
    assert page is not None
    assert (len(page.rows), page.bad_rows) == (1, 1)


@pytest.mark.parametrize(
    ("change", "name"),
    [({"rating": 6}, "rating"), ({"published_at": "2026-09-27"}, "published"), ({"text": None}, "text"),
     ({"order_status": "LOST"}, "order_status"), ({"is_rating_participant": "yes"}, "is_counted"),
     ({"status": "NEWER"}, "work_status")],
)  # fmt: skip
def test_what_a_row_does_not_tell_is_named_and_what_no_row_tells_is_drift(change: dict[str, object], name: str) -> None:
    page, alone = read_review_list(answer(ROW | change, ROW, ROW), SITE), read_review_list(answer(ROW | change), SITE)
    assert page is not None
    assert alone is not None
    assert name in (*page.rows[0].review.unread, *page.rows[0].unread)
    assert not page.drift
    assert alone.drift if name in page.rows[0].review.unread else not alone.drift
    both = read_review_list(answer(ROW | change, ROW | change), SITE)
    assert both is not None
    assert repr(name) in both.drift


@pytest.mark.parametrize(
    ("rows", "last_id", "asked", "is_end"),
    [
        ([ROW], ROW["id"], "", True),
        ([ROW], "", "", True),
        ([ROW], "another", "", False),
        ([], "", "", True),
        ([], "x1", "x1", True),
        ([], "x1", "", False),
        ([ROW, ROW | {"id": "NEW"}], "NEW", "", False),
    ],
    ids=["last row", "none named", "another row", "empty", "empty after", "emptied", "a word for an id"],
)
def test_the_apis_list_ends_where_its_last_id_is_the_last_row(
    rows: list[dict[str, object]], last_id: str, asked: str, is_end: bool
) -> None:
    page = read_review_list(answer(*rows, last_id=last_id), SITE)
    assert page is not None
    assert page.is_end(asked) is is_end


def test_a_page_of_rows_that_cannot_be_read_is_drift() -> None:
    page = read_review_list(answer(ROW | {"id": None}, ROW | {"id": 7}), SITE)
    assert page is not None
    assert page.drift == "drift: none of 2 rows could be read"


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", "null", answer(ROW, has_next="yes"), '{"reviews": {}, "has_next": true}', "[" * 99_999]
)
def test_another_shape_is_no_list(body: str) -> None:
    assert read_review_list(body, SITE) is None


def test_a_refusal_says_its_message_in_one_line() -> None:
    assert read_message('{"code": 7, "message": " Invalid\\n Api-Key "}') == "Invalid Api-Key"
    assert read_message("<html>") == ""
    assert read_message('{"message": 7}') == ""


def test_a_wall_is_known_by_its_own_marks_and_never_by_a_review() -> None:
    assert find_wall('{"incidentId": "fab_x", "challengeURL": "https://x"}', SITE) == "challenge"
    assert find_wall("<title>Antibot Captcha</title>", SITE) == "captcha"
    assert find_wall("<p>Технические работы</p>", SITE) is None
    assert find_wall(answer(ROW | {"text": "Инцидент: fab_1 challengeURL"}), SITE) is None


def test_a_reading_to_the_end_is_whole() -> None:
    one = merger()
    assert one.add((row("a", NOON),), bad_rows=0, has_next=True)
    assert not one.add((row("b", NOON - timedelta(hours=1)),), bad_rows=0, has_next=False, has_end_witness=True)
    read = one.result(NOON)
    assert (read.health, read.is_whole, len(read.rows)) == (PageHealth.HEALTHY, True, 2)


def test_a_reading_ends_where_it_reaches_far_enough_and_says_how_far() -> None:
    one = merger(NOON - timedelta(hours=2))
    assert one.add((row("a", NOON),), bad_rows=0, has_next=True)
    assert not one.add((row("b", NOON - timedelta(hours=3)),), bad_rows=0, has_next=True)
    read = one.result(NOON)
    assert not read.is_whole
    assert read.reaches_back_to == NOON - timedelta(hours=3)


def test_a_day_without_an_hour_reaches_back_to_its_end_only() -> None:
    one = merger(NOON, page_limit=1)
    one.add((row("a", NOON - timedelta(days=9), days=True),), bad_rows=0, has_next=True)
    assert one.result(NOON).reaches_back_to == NOON - timedelta(days=8)


def test_an_end_without_a_witness_is_not_whole_and_reaches_back_to_its_last_row() -> None:
    one = merger()
    assert not one.add((row("a", NOON), row("b", NOON - timedelta(hours=1))), bad_rows=0, has_next=False)
    read = one.result(NOON)
    assert (read.health, read.is_whole) == (PageHealth.HEALTHY, False)
    assert read.reaches_back_to == NOON - timedelta(hours=1)


def test_rows_out_of_order_prove_nothing_unless_all_were_read() -> None:
    rows = (row("a", NOON - timedelta(hours=1)), row("b", NOON))
    short, whole = merger(page_limit=1), merger()
    short.add(rows, bad_rows=0, has_next=True)
    whole.add(rows, bad_rows=0, has_next=False, has_end_witness=True)
    assert short.result(NOON).reaches_back_to is None
    assert whole.result(NOON).is_whole


@pytest.mark.parametrize("fault", ["bad row", "break", "empty page"])
def test_a_reading_with_a_fault_is_partial_and_proves_nothing(fault: str) -> None:
    one = merger()
    one.add((row("a", NOON),), bad_rows=int(fault == "bad row"), has_next=fault != "bad row")
    if fault == "break":
        one.break_off("page 2: no answer")
    if fault == "empty page":
        assert not one.add((), bad_rows=0, has_next=True)
    read = one.result(NOON)
    assert (read.health, read.is_whole, read.reaches_back_to) == (PageHealth.PARTIAL, False, None)
    assert [kept.review.review_id for kept in read.rows] == ["a"], "what was read is kept"


def test_an_empty_list_is_an_answer_by_its_own_word_only() -> None:
    one = merger()
    one.add((), bad_rows=0, has_next=False)
    assert one.result(NOON).health is PageHealth.EMPTY
    assert read_cabinet_reviews(_cabinet("<p>Отзывов пока нет</p>"), SITE).health is PageHealth.EMPTY
    assert read_cabinet_reviews(_cabinet(""), SITE).health is PageHealth.BROKEN


_COLUMNS = ("Товар", "Оценка", "Комментарий", "Дата публикации", "Заказ", "Статус")
_HEADS = "".join(f"<th>{name}</th>" for name in _COLUMNS)


def _cabinet(body: str) -> str:
    return f"<html lang='ru'><body><main><h1>Отзывы</h1>{body}</main></body></html>"


def _table(link: str = "https://www.ozon.ru/product/chaynik-5059314345/", order: str = "Доставлен") -> str:
    cells = (f"<a href='{link}'>Чайник</a>", "2", "Протекает", "27 сентября 2026", order, "Новый")
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return _cabinet(f"<table><tr>{_HEADS}</tr><tr reviewuuid='{ROW['id']}'>{told}</tr></table>")


def test_a_row_of_the_cabinet_is_read_whole() -> None:
    (read,) = read_cabinet_reviews(_table(), SITE, seen_at=NOON).rows
    review = read.review
    assert (review.review_id, review.item_id, review.rating, review.text) == (ROW["id"], "5059314345", 2, "Протекает")
    assert review.published.earliest == datetime(2026, 9, 26, 21, 0, tzinfo=UTC), "a day in Moscow"
    assert (read.order_status, read.work_status, read.is_counted) == ("delivered", "Новый", None)


def test_the_cabinet_marks_reviews_of_cancelled_orders() -> None:
    assert read_cabinet_reviews(_table(order="Товар отменён"), SITE).rows[0].order_status == "cancelled"
    assert read_cabinet_reviews(_table(order="Что-то новое"), SITE).rows[0].order_status == "unknown"


def test_a_row_of_the_cabinet_without_its_product_makes_the_page_partial() -> None:
    page = read_cabinet_reviews(_table(link="https://elsewhere.example/product/x-1/"), SITE)
    assert (page.health, page.problem) == (PageHealth.BROKEN, "drift: none of 1 rows could be read")

    text = _table()
    start, end = text.index("<tr reviewuuid"), text.index("</table>")
    odd = text[start:end].replace("ozon.ru", "elsewhere.example")
    page = read_cabinet_reviews(text[:end] + odd + text[end:], SITE)
    assert (page.health, len(page.rows), page.bad_rows) == (PageHealth.PARTIAL, 1, 1)


def _rows(count: int, end: str = "") -> str:
    text = _table()
    start, stop = text.index("<tr reviewuuid"), text.index("</table>")
    row = text[start:stop]
    rows = "".join(row.replace(str(ROW["id"]), f"01a0e82c-4659-7aa4-9fa8-{number:012d}") for number in range(count))
    return text[:start] + rows + text[stop:].replace("</main>", f"{end}</main>")


@pytest.mark.parametrize(
    ("count", "end", "is_end"),
    [
        (9, "", True),
        (10, "", False),
        (10, "<a rel='next' aria-disabled='true'>Показать ещё</a>", True),
        (10, "<button class='x'>Ещё десять</button>", False),
        (9, "<a rel='next' href='?cursor=1'>Показать ещё</a>", False),
    ],
    ids=["short", "full", "arrow", "unknown pager", "goes on"],
)
def test_the_cabinets_list_ends_by_a_witness_only(count: int, end: str, is_end: bool) -> None:
    page = read_cabinet_reviews(_rows(count, end), SITE, seen_at=NOON)
    assert (page.health, len(page.rows), page.is_end) == (PageHealth.HEALTHY, count, is_end)


def test_a_row_of_the_cabinet_that_lost_its_mark_is_counted() -> None:
    page = read_cabinet_reviews(_rows(10).replace("reviewuuid=", "data-id=", 1), SITE, seen_at=NOON)
    assert (page.health, len(page.rows), page.bad_rows, page.is_end) == (PageHealth.PARTIAL, 9, 1, False)

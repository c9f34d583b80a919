"""What the proof of readings reads: the captures, the API's example, the cabinet's rows and the facsimile of a card."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.catalog import Site, load_site
from flows.readings.cabinet_answers import read_cabinet_answer, read_cabinet_detail
from flows.readings.cabinet_reviews import CabinetPage, read_cabinet_reviews
from flows.readings.health import Expected
from flows.readings.listing import read_listing_html, read_listing_json
from flows.readings.merge import PollMerger
from flows.readings.models import ListingPage, PageHealth, ReviewReading
from flows.readings.seller_api import read_review_list
from flows.readings.sources import SourceRow
from tests.proofs.reading_mutations import Mutation, mutate_elements, mutate_json

FIXTURES = Path(__file__).resolve().parents[2].parent / "shared" / "fixtures"
SITE: Site = load_site("ozon")
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
_LIST = "webListReviews-5603940-default-1"
_ROWS = ("widgetStates", _LIST, "reviews")
_SKU = "5059314345"
_URL = "https://www.ozon.ru/product/naushniki-besprovodnye-s-mikrofonom-tour-pro-2-5059314345/reviews/?page=1"


@dataclass(frozen=True)
class Told:
    """What a reader said of one page.

    Attributes:
        is_answer: The page counts as an answer at all.
        is_whole: It says that it told every row there is, so that a row it lacks is gone.
        rows: What it told of each review, in the order of the page.
        extras: What it told beside a review, by id; None where it said that this was not understood.
        total: How many there are, by its word.
    """

    is_answer: bool
    is_whole: bool = False
    rows: tuple[ReviewReading, ...] = ()
    extras: tuple[tuple[str, tuple[object, ...] | None], ...] = ()
    total: int | None = None


@dataclass(frozen=True)
class Source:
    """One kind of page with its reader and its mutations."""

    name: str
    intact: str
    read: Callable[[str], Told]
    mutations: Callable[[Callable[[], bool]], Iterator[Mutation]]


def sources() -> list[Source]:
    """Gives every kind of page that the readers of reviews know."""
    return [*_captures(), *_api(), *_facsimiles(), *_cabinets(), *_answers()]


Document = dict[str, Any]  # a JSON document of the fixtures


def _captures() -> Iterator[Source]:
    capture = _unpacked("reviews_page_composer_2026-09-29.trimmed.json")
    middle = copy.deepcopy(capture)
    middle["widgetStates"][_LIST]["paging"]["perPage"] = 4  # the fixture keeps 4 of 30 rows
    yield _json_source("capture, first page of many", middle)
    whole = copy.deepcopy(capture)
    whole["widgetStates"][_LIST]["paging"] |= {"total": 4, "commonTotal": 4, "links": [], "nextButton": ""}
    yield _json_source("capture, only page", whole)
    yield _json_source("signed in, lowest score first", _unpacked("reviews_page_logged_in_negative.SYNTHETIC.json"))


def _unpacked(name: str) -> Document:
    body = json.loads((FIXTURES / "ozon_ru" / name).read_text(encoding="utf-8"))["body"]
    states = {key: json.loads(state) for key, state in body["widgetStates"].items()}
    unpacked: Document = {**body, "widgetStates": states}
    return unpacked


def _packed(document: object) -> str:
    assert isinstance(document, dict)
    states = document.get("widgetStates")
    if isinstance(states, dict):
        packed = {
            key: state if isinstance(state, str) else json.dumps(state, ensure_ascii=False)
            for key, state in states.items()
        }
        document = {**document, "widgetStates": packed}
    return json.dumps(document, ensure_ascii=False)


def _json_source(name: str, document: Document) -> Source:
    return Source(name, _packed(document), _read_json, lambda wanted: mutate_json(document, _ROWS, _packed, wanted))


def _read_json(text: str) -> Told:
    expected = Expected(sku=_SKU)
    return _of_listing(read_listing_json(text, SITE, seen_at=NOW, url=_URL, expected=expected))


def _of_listing(page: ListingPage) -> Told:
    is_answer = page.health in {PageHealth.HEALTHY, PageHealth.EMPTY, PageHealth.PARTIAL}
    merger = PollMerger(sku=_SKU, way="fetch_json", started_at=NOW)
    merger.add(page)
    is_whole = merger.next_request() is None and merger.result(NOW).coverage.is_complete
    total = page.total if page.health is PageHealth.HEALTHY else None
    return Told(is_answer, is_whole, page.reviews, total=total)


def _api() -> Iterator[Source]:
    example = json.loads((FIXTURES / "seller_api" / "examples.SYNTHETIC.json").read_text(encoding="utf-8"))
    one = example["/v2/review/list"]["response"]
    three = copy.deepcopy(one)
    for number in (2, 3):
        row = copy.deepcopy(one["reviews"][0])
        row |= {"id": f"{row['id'][:-1]}{number}", "text": f"Отзыв {number}", "rating": number, "photos_amount": number}
        row |= {"published_at": f"2026-09-2{number}T08:26:40.000Z", "order_status": "CANCELLED"}
        three["reviews"].append({**row, "is_rating_participant": False})
    for name, document in (("API, one row", one), ("API, three rows", three)):
        yield Source(name, json.dumps(document), _read_api, _mutations_of_api(document))


def _mutations_of_api(document: object) -> Callable[[Callable[[], bool]], Iterator[Mutation]]:
    return lambda wanted: mutate_json(document, ("reviews",), json.dumps, wanted)


def _read_api(text: str) -> Told:
    page = read_review_list(text, SITE)
    if page is None or page.drift:
        return Told(is_answer=False)
    extras = tuple(
        (
            row.review.review_id,
            None if set(row.unread) - {"remarks"} else (row.order_status, row.is_counted, row.work_status),
        )
        for row in page.rows
    )
    return Told(
        is_answer=True,
        is_whole=page.is_end(),
        rows=tuple(row.review for row in page.rows),
        extras=extras,
    )


def _facsimiles() -> Iterator[Source]:
    text = (FIXTURES / "ozon_ru" / "review_card_markup.FACSIMILE.html").read_text(encoding="utf-8")
    text = re.sub(r"<div id=\"state-[^>]*></div>|<!--.*?-->", "", text, flags=re.DOTALL).replace("&nbsp;", "\u00a0")
    text = text.replace("3368 отзывов", "2 отзывов").replace(' xmlns="http://www.w3.org/2000/svg"', "")
    markup = (
        f'<html lang="ru"><body>{text}<div data-widget="webReviewTabs"><button>Отзывы 2</button></div></body></html>'
    )
    yield _html_source("facsimile of two cards", markup)
    filled, empty = 'style="color: var(--graphicRating);"', 'style="color: #E5E5E5;"'
    by_class = markup.replace(filled, 'class="s7_1 s7_on"').replace(empty, 'class="s7_1"')
    yield _html_source("facsimile, stars filled by class", by_class)


def _html_source(name: str, markup: str) -> Source:
    return Source(
        name,
        markup,
        _read_html,
        lambda wanted: (one for one in mutate_elements(markup, "data-review-uuid") if wanted()),
    )


def _read_html(text: str) -> Told:
    return _of_listing(read_listing_html(text, SITE, seen_at=NOW, url=_URL, expected=Expected(sku=_SKU)))


def _cabinets() -> Iterator[Source]:
    """Renders the values of the cabinet's own list in the two shapes that the cabinet's catalog knows."""
    text = (FIXTURES / "seller_cabinet" / "internal_review_list_v3_shape.json").read_text(encoding="utf-8")
    known = json.loads(text)["response"]["result"][0]
    rows = [
        {
            "id": f"{known['uuid'][:-1]}{number}",
            "url": f"{known['product']['url']}/",
            "title": known["product"]["title"],
            "Оценка": str(number),
            "Комментарий": f"{known['text']['comment']} {number}",
            "Дата публикации": f"{28 - number} сентября 2026",
            "Заказ": "Доставлен" if number > 1 else "Товар отменён",
            "Статус": ("Новый", "Просмотрен", "Обработан")[number - 1],
        }
        for number in (1, 2, 3)
    ]
    columns = ("Оценка", "Комментарий", "Дата публикации", "Заказ", "Статус")
    heads = "".join(f"<th>{name}</th>" for name in ("Товар", *columns, "Действия"))
    lines = "".join(
        f'<tr reviewuuid="{row["id"]}"><td><a href="{row["url"]}">{row["title"]}</a></td>'
        + "".join(f"<td>{row[name]}</td>" for name in columns)
        + "<td><button>Открыть отзыв</button></td></tr>"
        for row in rows
    )
    yield _cabinet("cabinet, table", f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>")
    items = "".join(
        f'<div role="listitem" reviewuuid="{row["id"]}"><p><a href="{row["url"]}">{row["title"]}</a></p><dl>'
        + "".join(f"<dt>{name}</dt><dd>{row[name]}</dd>" for name in columns)
        + "</dl><button>Открыть отзыв</button></div>"
        for row in rows
    )
    yield _cabinet("cabinet, list", f'<div role="list">{items}</div>')


def _cabinet(name: str, body: str) -> Source:
    markup = f'<html lang="ru"><body><main><h1>Отзывы</h1>{body}</main></body></html>'
    return Source(
        name, markup, _read_cabinet, lambda wanted: (one for one in mutate_elements(markup, "reviewuuid") if wanted())
    )


def _answers() -> Iterator[Source]:
    """The cabinet's own answers: the older clients' shape, and the newer one with all that is said beside a review."""
    text = (FIXTURES / "seller_cabinet" / "internal_review_list_v3_shape.json").read_text(encoding="utf-8")
    known = json.loads(text)["response"]
    rows = [copy.deepcopy(known["result"][0]) for _ in range(3)]
    for number, row in enumerate(rows, 1):
        row |= {"id": number, "uuid": f"{row['uuid'][:-1]}{number}", "rating": number}
        row |= {"published_at": f"2026-09-2{8 - number}T08:26:40.123456Z", "orderDeliveryType": "DELIVERED"}
        row["text"] |= {"comment": f"Полный брак {number}", "positive": "Цвет" if number == 2 else ""}
    rows[0]["orderDeliveryType"] = "CANCELLED"
    older = {**known, "result": rows, "pagination_last_uuid": rows[-1]["uuid"]}
    yield _answer("cabinet's answer, more to come", older)
    yield _answer("cabinet's answer, the last", {**older, "hasNext": False})
    newer = copy.deepcopy({**older, "hasNext": False})
    for number, row in enumerate(newer["result"], 1):
        row["product"]["sku"] = row.pop("sku")
        row |= {"text": f"Полный брак {number}", "is_quality_control": False, "is_delivery_review": number == 2}
        row |= {"publish_delayed_info": {"reason": "CHECK"} if number == 3 else None, "interaction_status": "VIEWED"}
        row["orderDeliveryType"] = f"REVIEW_ORDER_DELIVERY_{'CANCELED' if number == 1 else 'DONE'}"
        row["visibility_message_short"] = {"short_description": "Отзыв проверяется" if number == 1 else ""}
    yield _answer("cabinet's answer with remarks", newer)
    for number, row in enumerate(newer["result"], 1):
        row["text"] = {"comment": f"Полный брак {number}", "positive": "Цвет" if number == 2 else "", "negative": ""}
        more = {"order_number": "0001-0002", "author": {"name": "Иван И."}, "visibility": "X", "chat_url": "/app/x"}
        yield _detail(f"cabinet's detail answer {number}", row | more)


def _detail(name: str, document: Document) -> Source:
    def read(text: str) -> Told:
        return _of_cabinet(read_cabinet_detail(text, SITE, document["uuid"]))

    return Source(name, json.dumps(document), read, lambda wanted: mutate_json(document, None, json.dumps, wanted))


def _answer(name: str, document: object) -> Source:
    return Source(
        name, json.dumps(document), _read_answer, lambda wanted: mutate_json(document, ("result",), json.dumps, wanted)
    )


def _remarks(row: SourceRow) -> Iterator[str]:
    """Gives what is told by each mark of the catalog: one that is told no more is kept by the store."""
    hooks = SITE.page("cabinet_reviews").reading.answers
    assert hooks is not None
    for mark in hooks.marks.values():
        yield next((one for one in row.remarks if one.startswith(mark.title)), "")


def _read_answer(text: str) -> Told:
    return _of_cabinet(read_cabinet_answer(text, SITE))


def _read_cabinet(text: str) -> Told:
    return _of_cabinet(read_cabinet_reviews(text, SITE, seen_at=NOW))


def _of_cabinet(page: CabinetPage) -> Told:
    is_answer = page.health in {PageHealth.HEALTHY, PageHealth.EMPTY, PageHealth.PARTIAL}
    extras = tuple(
        (row.review.review_id, None if row.unread else (row.order_status, row.work_status, *_remarks(row)))
        for row in page.rows
    )
    return Told(is_answer, page.is_end and not page.bad_rows, tuple(row.review for row in page.rows), extras)

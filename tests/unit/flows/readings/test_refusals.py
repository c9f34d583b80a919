"""A refusal that comes with a status of success, and statuses of an order that stand beside each other."""

from __future__ import annotations

import pytest

from flows.catalog import load_site
from flows.catalog.answers import AnswerRefusal
from flows.channels import Observation, ObservedKind
from flows.gate import GateRules, SubmitGate
from flows.interception import ReleasedAnswer
from flows.library.answers import heed_refusal
from flows.readings.cabinet_reviews import read_cabinet_reviews
from flows.readings.orders import read_order
from flows.readings.refusals import read_refusal

SITE = load_site("ozon")
SPEC = SITE.channels["public_report"].model_copy(
    update={
        "refusals": (
            AnswerRefusal(path="error", message="errorText", verified="test"),
            AnswerRefusal(path="data.state", equals="DENIED", verified="test"),
        )
    }
)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": true, "errorText": "Жалоба  уже подана"}', "Жалоба уже подана"),
        ('{"error": true}', "the answer says error = True"),
        ('{"data": {"state": "DENIED"}}', "the answer says data.state = DENIED"),
        ('{"error": false}', None),
        ('{"error": 1}', None),
        ('{"error": "true"}', None),
        ('{"data": []}', None),
        ("", None),
        ("<html>", None),
        ("\udcff", None),
    ],
)
def test_the_answer_s_own_verdict_is_read_where_the_catalog_describes_it(body: str, said: str | None) -> None:
    assert read_refusal(body.encode("utf-8", "surrogateescape"), SPEC) == said
    assert read_refusal(body.encode("utf-8", "surrogateescape"), SITE.channels["public_report"]) is None


@pytest.mark.parametrize(
    ("chips", "raw", "is_delivered", "is_cancelled"),
    [
        (("Доставлен",), "Доставлен", True, False),
        (("Доставлен", "Получен"), "Доставлен, Получен", True, False),
        (("Доставлен", "Отменён"), "Доставлен, Отменён", None, None),
        (("В пути", "Доставлен"), "В пути, Доставлен", None, None),
    ],
)
def test_statuses_of_an_order_that_contradict_each_other_prove_nothing(
    chips: tuple[str, ...], raw: str, is_delivered: bool | None, is_cancelled: bool | None
) -> None:
    read = read_order("<main>" + "".join(f"<span>{one}</span>" for one in chips) + "</main>", SITE)
    assert (read.status_raw, read.is_delivered, read.is_cancelled) == (raw, is_delivered, is_cancelled)
    assert any("contradict" in one for one in read.problems) is (is_delivered is None)


def test_stars_that_are_drawn_in_the_cabinet_are_read_where_the_catalog_says_where() -> None:
    page = SITE.page("cabinet_reviews")
    fields = {name: hooks for name, hooks in page.reading.fields.items() if name != "rating"}
    stars = SITE.page("reviews").reading.fields["star"][0].model_copy(update={"css": "td i"})
    reading = page.reading.model_copy(update={"fields": {**fields, "star": (stars,)}})
    site = SITE.model_copy(update={"pages": {**SITE.pages, page.page: page.model_copy(update={"reading": reading})}})
    rows = "".join(
        f"<tr reviewuuid='01a0e82c-4659-7aa4-9fa8-00000000010{filled}'>"
        "<td><a href='https://www.ozon.ru/product/x-1009/'>Кружка</a></td><td>"
        + "".join(f"<i class='star {'on' if place < filled else ''}'></i>" for place in range(5))
        + "</td><td>Плохо</td><td>27 сентября 2026</td></tr>"
        for filled in (2, 4)
    )
    heads = "<tr><th>Товар</th><th>Звёзды</th><th>Комментарий</th><th>Дата публикации</th></tr>"
    read = read_cabinet_reviews(f"<main><h1>Отзывы</h1><table>{heads}{rows}</table></main>", site)
    assert [row.review.rating for row in read.rows] == [2, 4]


@pytest.mark.parametrize(
    ("shown", "heard"),
    [
        (ObservedKind.UNCLEAR, ObservedKind.FORM_ERROR),
        (ObservedKind.FORM_ERROR, ObservedKind.FORM_ERROR),
        (ObservedKind.SUCCESS_TEXT, ObservedKind.UNCLEAR),
        (ObservedKind.NUMBER, ObservedKind.UNCLEAR),
        (ObservedKind.WALL, ObservedKind.WALL),
    ],
)
def test_an_answer_that_refuses_is_heard_and_makes_a_success_on_the_page_unclear(
    shown: ObservedKind, heard: ObservedKind
) -> None:
    gate = SubmitGate(GateRules(globs=("https://www.ozon.ru/*",)))
    seen = Observation(kind=shown, released=1, status_code=200)
    assert heed_refusal(seen, SPEC, gate).kind is shown, "nothing was released: the answer is no answer"
    gate.released, gate.answer = 1, ReleasedAnswer(status=200, body=b'{"error": true, "errorText": "no"}')
    assert heed_refusal(seen, SPEC, gate).kind is heard
    gate.answer = ReleasedAnswer(status=200, body=b'{"error": false}')
    assert heed_refusal(seen, SPEC, gate) == seen

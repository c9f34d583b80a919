"""The four checks rest on what the flows read: author, order, other reviews, product card."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from flows.readings.models import AuthorReading, OrderReading, ProductCardReading, TimeReading, Variant
from monitor.closed_lists.states import Decision
from monitor.triage.models import Neighbour, Outcome, Verdict
from tests.unit.triage.judging import NOW, judge_text

FAIR = "Ткань тонкая, нитки торчат, молния сломалась"


def at(moment: datetime) -> TimeReading:
    return TimeReading(raw=str(moment), earliest=moment, latest=moment, basis="date_text")


def order(**changed: Any) -> OrderReading:
    facts: dict[str, Any] = {
        "order_number": "11-22",
        "status_raw": "Доставлен",
        "is_delivered": True,
        "is_cancelled": False,
        "delivered": at(NOW - timedelta(days=5)),
        "variants": (Variant(name="Цвет", value="синий"),),
    }
    return OrderReading(**(facts | changed))


def author(**changed: Any) -> AuthorReading:
    facts: dict[str, Any] = {
        "author_id": "a",
        "name": "А.",
        "is_anonymous": False,
        "reviews_count": 30,
        "first_review": at(NOW - timedelta(days=400)),
        "last_review": at(NOW),
    }
    return AuthorReading(**(facts | changed))


def outcome(verdict: Verdict, name: str) -> Outcome:
    return next(check.outcome for check in verdict.checks if check.name == name)


def test_without_facts_every_outer_check_says_not_seen() -> None:
    verdict = judge_text(FAIR)
    assert [check.name for check in verdict.checks] == ["author", "content", "timing", "facts"]
    assert [outcome(verdict, name) for name in ("author", "timing", "facts")] == [Outcome.NOT_SEEN] * 3
    assert outcome(verdict, "content") is Outcome.SPEAKS_AGAINST


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Outcome.SPEAKS_AGAINST),
        ({"reviews_count": 1}, Outcome.SPEAKS_FOR),
        ({"first_review": at(NOW - timedelta(days=3))}, Outcome.SPEAKS_FOR),
        ({"is_anonymous": True, "reviews_count": None}, Outcome.SEEN),
        ({"reviews_count": 5}, Outcome.SEEN),
    ],
)
def test_the_author_check_reads_the_profile(changed: dict[str, Any], expected: Outcome) -> None:
    assert outcome(judge_text(FAIR, author=author(**changed)), "author") is expected


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (FAIR, {"is_cancelled": True, "is_delivered": False, "status_raw": "Отменён", "delivered": None}),
        (FAIR, {"is_delivered": False, "status_raw": "В пути", "delivered": None}),
        ("Товар так и не пришёл", {}),
        (FAIR, {"delivered": at(NOW + timedelta(days=2))}),
    ],
)
def test_an_order_that_contradicts_the_review_goes_to_a_person(text: str, changed: dict[str, Any]) -> None:
    verdict = judge_text(text, order=order(**changed), published=NOW)
    assert verdict.decision is Decision.NEEDS_PERSON
    assert verdict.ground == "untrue"
    assert verdict.facts
    assert outcome(verdict, "facts") is Outcome.SPEAKS_FOR


def test_a_review_of_another_variant_than_was_bought_is_told() -> None:
    verdict = judge_text(FAIR, order=order(), variants=(Variant(name="цвет", value="красный"),))
    assert any("красный" in fact and "синий" in fact for fact in verdict.facts)


def test_a_delivered_order_speaks_against_filing() -> None:
    verdict = judge_text(FAIR, order=order(), published=NOW)
    assert verdict.decision is Decision.DO_NOT_FILE
    assert outcome(verdict, "facts") is Outcome.SPEAKS_AGAINST
    assert outcome(verdict, "timing") is Outcome.SEEN


def test_other_buyers_with_the_same_complaint_speak_against_filing() -> None:
    others = (Neighbour(review_id="o", text="Очень тонкая ткань и молния слабая", author_id="b"),)
    assert outcome(judge_text(FAIR, neighbours=others), "facts") is Outcome.SPEAKS_AGAINST


def test_the_product_card_is_quoted_where_the_review_touches_it() -> None:
    card = ProductCardReading(sku="1", title="Сумка", characteristics=(("Ткань", "хлопок 180 г"), ("Вес", "1 кг")))
    facts = next(check.text for check in judge_text(FAIR, product_card=card).checks if check.name == "facts")
    assert "хлопок 180 г" in facts
    assert "1 кг" not in facts


def test_media_are_only_a_hint() -> None:
    verdict = judge_text(FAIR, media_count=2)
    assert "media" in {signal.kind for signal in verdict.signals}
    assert verdict.decision is Decision.DO_NOT_FILE


def test_a_review_of_pictures_alone_says_so_whatever_else_decides() -> None:
    codes = [one.code for one in judge_text("", media_count=2, already_reported=True).reasons]
    assert codes == ["already_reported", "only_pictures"]
    assert [one.code for one in judge_text("", already_reported=True).reasons] == ["already_reported", "text_empty"]


def test_a_text_copied_by_several_authors_goes_to_a_person() -> None:
    text = "Заказала сумку дочери, через неделю ручка оторвалась, подкладка поехала, замок заедает, продавец пропал"
    copies = tuple(
        Neighbour(review_id=f"n{number}", text=text + "!" * number, author_id=f"a{number}", product_id=f"p{number}")
        for number in range(3)
    )
    verdict = judge_text(text, author_id="me", neighbours=copies)
    assert "copied" in {signal.kind for signal in verdict.signals}
    assert verdict.reasons[0].code == "looks_copied"


def test_a_burst_of_low_ratings_states_its_statistics() -> None:
    calm = [NOW - timedelta(days=20 * number) for number in range(2, 12)]
    storm = [NOW - timedelta(hours=number) for number in range(1, 10)]
    others = tuple(
        Neighbour(review_id=f"n{number}", text="плохо", rating=1, published=moment)
        for number, moment in enumerate(calm + storm)
    )
    verdict = judge_text("Плохо", published=NOW, neighbours=others)
    burst = next(signal for signal in verdict.signals if signal.kind == "burst")
    assert "при ожидаемых" in burst.facts[0]
    assert "испытано окон" in burst.facts[0]


@pytest.mark.parametrize(
    ("text", "complaint_class"),
    [
        ("Заказ так и не пришёл", "missing"),
        ("Курьер опоздал, доставка ужасная", "delivery"),
        ("Коробка мятая и вскрыта", "packing"),
        ("Не включается, экран не работает", "technical"),
        ("Не соответствует описанию и фото", "description"),
        ("Продавец хамит, возврат не оформил", "service"),
        ("Ткань тонкая", "goods"),
    ],
)
def test_a_complaint_is_routed_to_its_department(text: str, complaint_class: str) -> None:
    routing = judge_text(text).routing
    assert routing is not None
    assert routing.complaint_class == complaint_class
    assert routing.department

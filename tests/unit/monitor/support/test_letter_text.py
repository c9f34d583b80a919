"""A letter names what its template speaks of and the case does not have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.support.letter_text import QUESTIONS, SETTING_OF, Template, write_letter_text
from monitor.support.matter import Matter

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WHOLE = Matter(
    seller="ООО «Пример»",
    inn="7700000000",
    caller="Анна Примерова",
    position="менеджер",
    reply_to="a@example.test",
    review_id="r1",
    product="Кружка",
    sku="1001",
    product_url="https://example.test/product/1001",
    author="Иван",
    rating=1,
    published="01.10.2026",
    text="плохо",
    ground="Отзыв не о товаре",
    rule="«Пишите о товаре» (правила, внесено 01.11.2026)",
    reasons=("В отзыве нет ни слова о кружке.",),
    appeals=(),
    contacts=(),
    promises=("ответ до 25.11.2026",),
    exhibits=(),
    is_refused=True,
    case_id="case_1",
    zone="Europe/Moscow",
    now=NOW,
)


def write(template: Template, **changed: object) -> tuple[str, tuple[str, ...]]:
    matter = WHOLE.model_copy(update=changed)
    return write_letter_text(template, matter, question=QUESTIONS[template], exhibits=("box.png",))


@pytest.mark.parametrize("template", Template)
def test_a_letter_from_a_whole_case_has_no_blank_and_one_question(template: Template) -> None:
    text, missing = write(template)
    assert missing == ()
    assert "не установлено" not in text
    assert text.count("?") == 1
    assert "1. box.png" in text


@pytest.mark.parametrize(
    ("template", "changed", "what"),
    [
        (Template.AFTER_REFUSAL, {"is_refused": False}, "отказ: в деле его нет"),
        (Template.PROMISE, {"promises": ()}, "обещание: в деле его нет"),
        (Template.COMPLAINT, {"ground": "", "rule": ""}, "правило площадки"),
    ],
)
def test_what_a_template_speaks_of_and_is_not_there_is_named(
    template: Template, changed: dict[str, object], what: str
) -> None:
    text, missing = write(template, **changed)
    assert missing == (what,)
    assert "приведено только его название" not in text


def test_what_a_seller_may_not_have_is_named_to_the_writer_and_left_out_of_the_letter() -> None:
    text, missing = write(Template.COMPLAINT, inn="", position="")
    assert missing == ("ИНН продавца", "должность подписавшего")
    assert {SETTING_OF[what] for what in missing} == {"inn", "position"}
    assert "не установлено" not in text
    assert "Пишет ООО «Пример».\n" in text
    assert "\nАнна Примерова\n" in text


def test_a_rule_that_is_only_named_is_said_to_be_only_named() -> None:
    assert "приведено только его название" in write(Template.COMPLAINT, rule="")[0]

"""A letter to support by template: complete from the case, and whatever is not known is said. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from html import escape

from evidence_store.act import page
from evidence_store.markup import shown
from monitor.support.matter import UNKNOWN, Matter


class Template(StrEnum):
    """What a letter is for."""

    COMPLAINT = "complaint"
    AFTER_REFUSAL = "after-refusal"
    PROMISE = "promise"


TITLES: dict[Template, str] = {
    Template.COMPLAINT: "Отзыв нарушает правила площадки",
    Template.AFTER_REFUSAL: "Просьба пересмотреть решение по отзыву",
    Template.PROMISE: "Обещанного ответа нет",
}
_ASKED: dict[Template, str] = {
    Template.COMPLAINT: "Прошу проверить отзыв по правилам публикации и убрать его, если нарушение подтвердится.",
    Template.AFTER_REFUSAL: "Прошу пересмотреть решение и назвать правило, по которому отзыв остаётся.",
    Template.PROMISE: "Прошу ответить на обращения, названные выше.",
}
QUESTIONS: dict[Template, str] = {
    Template.COMPLAINT: "Нарушает ли этот отзыв правила публикации, и если нет, по какой причине?",
    Template.AFTER_REFUSAL: "Каким правилом обосновано решение оставить отзыв?",
    Template.PROMISE: "Когда и кто ответит по существу?",
}

_UNKEPT = "Текст правила с источником в деле не сохранён: приведено только его название."


SETTING_OF = {
    "название продавца": "organisation",
    "ИНН продавца": "inn",
    "имя подписавшего": "name",
    "должность подписавшего": "position",
}
"""What the settings' ``[operator]`` tells of what may be missing: its key by the missing thing's name."""


def subject_of(template: Template, matter: Matter) -> str:
    """Returns the subject: what it is about, and the case's number by which an answer is found again."""
    return f"{TITLES[template]}: отзыв {matter.review_id} [дело {matter.case_id}]"


@dataclass(frozen=True)
class _Blanks:
    """Names what is not established as the letter is worded."""

    missing: list[str] = field(default_factory=list)

    def known(self, value: str, what: str) -> str:
        if not value.strip():
            self.missing.append(what)
        return value.strip()

    def told(self, value: str, what: str) -> str:
        return self.known(value, what) or f"{UNKNOWN} ({what})"


def write_letter_text(
    template: Template, matter: Matter, *, question: str, exhibits: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """Words a letter.

    Args:
        template: What it is for.
        matter: The facts of the case.
        question: The one question.
        exhibits: Names of the files that go along, numbered from 1.

    Returns:
        The letter, and what is not established in it.
    """
    blanks = _Blanks()
    known, told, missing = blanks.known, blanks.told, blanks.missing
    stars = f"{matter.rating} из 5" if matter.rating is not None else ""
    # A seller may have none to name: said to who writes, and not to who reads.
    inn, position = known(matter.inn, "ИНН продавца"), known(matter.position, "должность подписавшего")
    rule = f"{matter.ground}. {matter.rule}".strip(". ") if matter.ground else ""
    lines = [
        "Здравствуйте.",
        "",
        f"Пишет {told(matter.seller, 'название продавца')}{f', ИНН {inn}' if inn else ''}.",
        "",
        "Что произошло",
        f"Товар: {told(matter.product, 'название товара')}, артикул {told(matter.sku, 'артикул')}.",
        f"Страница: {told(matter.product_url, 'адрес страницы товара')}",
        f"Отзыв № {matter.review_id}, оценка {told(stars, 'оценка')}, {told(matter.published, 'дата отзыва')}.",
        f"Текст отзыва: «{told(matter.text, 'текст отзыва')}»",
        "",
        "Какое правило нарушено",
        told(rule, "правило площадки"),
        *(f"- {one}" for one in matter.reasons),
        _UNKEPT if matter.ground and not matter.rule else "",
        "",
        "Что уже сделано",
        *_before(matter),
        "",
        "О чём прошу",
        _ASKED[template],
        "",
        "Вопрос",
        question,
        "",
        "Приложения",
        *([f"{number}. {name}" for number, name in enumerate(exhibits, 1)] or ["приложений нет"]),
        "",
        ", ".join(filter(None, (told(matter.caller, "имя подписавшего"), position))),
        f"Номер дела у продавца: {matter.case_id}",
    ]
    if template is Template.AFTER_REFUSAL and not matter.is_refused:
        missing.append("отказ: в деле его нет")
    if template is Template.PROMISE and not matter.promises:
        missing.append("обещание: в деле его нет")
    return "\n".join(lines) + "\n", tuple(dict.fromkeys(missing))


def draw_letter(subject: str, to_address: str, text: str) -> str:
    """Draws a letter as a page, for paper, .docx and PDF."""
    paragraphs = "".join(f"<p>{shown(one)}</p>" for one in text.split("\n\n"))
    return page(subject, f"<p>Кому: {shown(to_address)}</p><h1>{escape(subject)}</h1>{paragraphs}")


def _before(matter: Matter) -> list[str]:
    appeals = [
        f"- {one.channel}, {f'№ {one.number}' if one.number else 'без номера'}: {one.stands}"
        + (f", слова площадки: «{one.said}»" if one.said else "")
        for one in matter.appeals
    ]
    contacts = [
        f"- {one.at:%d.%m.%Y %H:%M}, {one.what}" + (f", № {one.number}" if one.number else "")
        for one in matter.contacts
    ]
    promises = [f"- обещано: {one}" for one in matter.promises]
    return [*appeals, *contacts, *promises] or ["Обращений ещё не было."]

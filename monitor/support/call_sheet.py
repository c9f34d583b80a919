"""A sheet to read from on the telephone: facts, numbers, one question, what to ask for, room to write. Pure.

The program never dials, records or transcribes.
"""

from __future__ import annotations

from html import escape

from evidence_store.act import page
from evidence_store.markup import bullets, shown, table
from monitor.support.matter import UNKNOWN, Matter, NumberFact

TITLE = "Лист для звонка"
_ASK_FOR = (
    "номер этого звонка или обращения",
    "имя и отдел того, кто отвечает",
    "что будет сделано и до какого дня и часа",
    "ответ письменно: в чате или почтой",
)
_TO_WRITE = ("когда начался и сколько длился", "с кем говорили", "номер звонка или обращения", "что обещали и до когда")
_NO_RECORDING = "Запись разговора программа не ведёт; можно ли пользоваться своей, спросите юриста."
_MOST_CONTACTS = 8  # of the last ones, on the sheet
_LONGEST_SHOWN = 700  # characters of a review's text on the sheet


def write_call_sheet(matter: Matter, numbers: tuple[NumberFact, ...], question: str) -> tuple[str, tuple[str, ...]]:
    """Draws the sheet.

    Args:
        matter: The facts of the case.
        numbers: Numbers that the seller saw in the cabinet.
        question: The one question.

    Returns:
        The page, and what is not established on it.
    """
    missing = [] if numbers else ["номер телефона: кабинет его показывает, программа не знает ни одного"]
    if not matter.ground:
        missing.append("какое правило нарушено: оценки нет")
    elif not matter.rule:
        missing.append("текст правила с источником: никто его не внёс (`rules verify`)")
    body = "\n".join(
        (
            f"<h1>{TITLE}</h1>",
            f"<p>Составлено {matter.now:%d.%m.%Y %H:%M}, время по зоне {escape(matter.zone)}. Читайте сверху вниз.</p>",
            "<h2>Куда звонить</h2>",
            _numbers(numbers),
            "<h2>Кто звонит и о чём</h2>",
            _facts(matter),
            "<h2>Что уже было</h2>",
            _before(matter),
            f"<h2>Один вопрос</h2><p><b>{shown(question)}</b></p>",
            "<h2>О чём попросить</h2>",
            bullets(_ASK_FOR, ""),
            "<h2>Записать во время разговора</h2>",
            table(("Что", "Запись"), ((escape(one), "&nbsp;<br>&nbsp;") for one in _TO_WRITE)),
            f"<p>После звонка: <code>fairreview support call {escape(matter.review_id)}</code>. {_NO_RECORDING}</p>",
            "<h2>Не установлено</h2>",
            bullets(missing, "Всё названное выше известно из дела."),
        )
    )
    return page(TITLE, body), tuple(missing)


def _numbers(numbers: tuple[NumberFact, ...]) -> str:
    if not numbers:
        return (
            "<p>Номера программа не называет: те, что ходят по сети, противоречат друг другу. Внесите тот, что "
            "показывает ваш кабинет: <code>fairreview support number add</code>.</p>"
        )
    rows = (
        (shown(one.question), f"<b>{shown(one.number)}</b>", f"{shown(one.by)}, {one.at:%d.%m.%Y}, есть снимок")
        for one in numbers
    )
    return table(("По какому вопросу", "Номер", "Кто и когда видел его в кабинете"), rows)


def _facts(matter: Matter) -> str:
    stars = f"{matter.rating} из 5" if matter.rating is not None else UNKNOWN
    text = matter.text if len(matter.text) <= _LONGEST_SHOWN else matter.text[: _LONGEST_SHOWN - 1] + "…"
    rule = f"{matter.ground}. {matter.rule}".strip(". ") if matter.ground else UNKNOWN
    rows = (
        ("Продавец", shown(f"{matter.seller or UNKNOWN}{f', ИНН {matter.inn}' if matter.inn else ''}")),
        ("Звонит", shown(f"{matter.caller}{f', {matter.position}' if matter.position else ''}")),
        ("Товар", shown(f"{matter.product or UNKNOWN}, артикул {matter.sku}")),
        ("Отзыв", shown(f"№ {matter.review_id}, оценка {stars}, {matter.published or UNKNOWN}")),
        ("Имя на странице", shown(matter.author or UNKNOWN)),
        ("Что написано", shown(text or "текста нет")),
        ("Какое правило нарушено", shown(rule)),
        ("Почему", bullets(matter.reasons, UNKNOWN)),
    )
    return table(("Что", "Значение"), ((escape(name), value) for name, value in rows), short=(0,))


def _before(matter: Matter) -> str:
    appeals = [
        f"{one.channel}, {f'№ {one.number}' if one.number else 'без номера'}: {one.stands}"
        + (f", слова площадки: «{one.said}»" if one.said else "")
        for one in matter.appeals
    ]
    contacts = [
        f"{one.at:%d.%m.%Y %H:%M} {one.what}" + (f", № {one.number}" if one.number else "")
        for one in matter.contacts[-_MOST_CONTACTS:]
    ]
    if len(matter.contacts) > _MOST_CONTACTS:
        contacts.insert(0, f"показаны последние {_MOST_CONTACTS} из {len(matter.contacts)}")
    parts = [bullets(appeals, "Обращений ещё не было."), bullets(contacts, "Переписки и звонков ещё не было.")]
    if matter.promises:
        parts.append(f"<p><b>Обещано:</b></p>{bullets(matter.promises, '')}")
    return "".join(parts)

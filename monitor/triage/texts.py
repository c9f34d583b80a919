"""Every sentence triage shows to a person, by a stable code, in one place so that it can be translated."""

from __future__ import annotations

from monitor.triage.models import Reason

MEANINGS = {
    "obscene": "Нецензурная или грубая лексика",
    "insult": "Оскорбление человека или группы людей",
    "personal_data": "Персональные данные",
    "advertising": "Реклама, ссылка или призыв купить в другом месте",
    "extortion": "Отзыв обещают изменить в обмен на выгоду или угрожают отзывами",
    "off_topic_delivery": "Отзыв о доставке или упаковке",
    "off_topic_service": "Отзыв о возврате, цене или поведении продавца",
    "rating_mismatch": "Оценка расходится с текстом",
    "vague": "Общие слова без фактов о товаре",
    "factual_defect": "Конкретное утверждение о товаре",
    "accusation": "Обвинение в нечестности без доказательств в тексте",
    "copied": "Текст почти повторяет отзыв другого автора",
    "burst": "Всплеск отзывов о товаре",
    "media": "К отзыву приложены фото или видео",
    "author_thin": "Профиль автора пуст, скрыт или активен несколько дней",
    "order_contradicts": "Данные заказа противоречат отзыву",
    "order_confirms": "Заказ подтверждает, что товар был получен",
}

REASONS = {
    "ground_shown": "Нарушение: {title}. {detail}",
    "no_rule_broken": "Правила площадки не нарушены.",
    "fair_claim": "Автор называет конкретный недостаток товара: это честный отзыв, на него отвечают, а не жалуются.",
    "evidence_thin": "Для основания «{title}» не хватает доказательств: {missing}.",
    "ground_unclear": "Похоже на основание «{title}», но уверенность мала: решает человек.",
    "ground_unproven": "Основание «{title}» известно лишь по статьям, на сайте не подтверждено: решает человек.",
    "ground_unknown": "Правила площадки не знают основания «{title}».",
    "window_closed": "Срок подачи жалобы истёк {closed}.",
    "already_reported": "На этот отзыв жалоба уже подана.",
    "no_attempts_left": "Попыток подать жалобу на этот отзыв не осталось.",
    "one_chance_weak_ground": "Осталась одна попытка, а основание слабое: тратить её не стоит.",
    "review_is_favourable": "Оценка {rating} помогает товару: жаловаться незачем.",
    "off_topic_unverified": "Отзыв не о товаре; что площадка считает это нарушением, не подтверждено.",
    "text_against_rating": "Оценка расходится с текстом: возможно, автор ошибся звездой.",
    "order_contradicts": "Данные заказа противоречат отзыву: {detail}",
    "looks_copied": "Текст почти совпадает с отзывом другого автора.",
    "burst_seen": "Отзыв пришёл во время всплеска: {detail}",
    "accusation_made": "Автор обвиняет в нечестности: оценить, клевета это или мнение, может только человек.",
    "text_not_fully_read": "Текст слишком длинный, прочитана только его часть.",
    "text_empty": "Текста нет, оценивать нечего.",
}

CHANGES = {
    "add_evidence": "Приложите: {missing}.",
    "read_order": "Прочитайте заказ: был ли он доставлен, какой вариант куплен.",
    "read_author": "Прочитайте профиль автора.",
    "another_ground": "Иное нарушение правил в самом тексте отзыва.",
    "review_edited": "Если автор изменит отзыв, оцените его заново.",
    "person_confirms": "Человек подтверждает нарушение, глядя на выделенные места.",
    "probe_channel": "Подтвердите на сайте, что такая причина принимается.",
    "stronger_quote": "Более явное нарушение в тексте.",
    "follow_appeal": "Дождитесь ответа на поданную жалобу.",
    "answer_publicly": "Ответьте на отзыв публично и устраните причину.",
    "ask_author": "Спросите автора в ответе, не ошибся ли он с оценкой.",
}

EVIDENCE = {
    "quote": "цитата из отзыва",
    "order": "данные заказа",
    "document": "документ, подтверждающий утверждение",
    "neighbours": "похожие отзывы других авторов",
    "author": "профиль автора",
    "media": "снимок фото или видео из отзыва",
}

CHECK_TITLES = {
    "author": "Профиль автора",
    "content": "Содержание",
    "timing": "Время",
    "facts": "Факты: заказ, карточка, другие отзывы",
}


def reason(code: str, **facts: object) -> Reason:
    """The Russian reason behind a stable code."""
    return Reason(code, REASONS[code].format(**facts))


def change(code: str, **facts: object) -> Reason:
    """What would change a verdict, by a stable code."""
    return Reason(code, CHANGES[code].format(**facts))

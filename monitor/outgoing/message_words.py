"""What messages say, in Russian and in one place."""

from __future__ import annotations

INCIDENT_STEPS = {"open": "Сбой", "remind": "Сбой продолжается", "close": "Сбой устранён"}

REVIEW_CHANGES = {
    "new": "Новый отзыв",
    "edited": "Отзыв изменён",
    "surfaced": "Показался старый отзыв, которого раньше не было видно",
    "gone": "Отзыв исчез с сайта",
    "back": "Отзыв снова на сайте",
}

APPEAL_EVENTS = {
    "filing.draft": "Черновик обращения ждёт решения",
    "filing.approved": "Обращение одобрено",
    "filing.confirmed": "Обращение принято площадкой",
    "filing.acknowledged": "Жалоба отправлена, сайт сообщил об успехе",
    "filing.rejected_by_form": "Форма не приняла обращение",
    "filing.unknown": "Исход отправки неизвестен",
    "filing.duplicate_seen": "На площадке два обращения",
    "filing.absent": "Доказано: обращения на площадке нет",
    "filing.needs_human": "По обращению нужен человек",
    "filing.already_reported": "Отзыв уже обжалован раньше",
    "filing.moot": "Обжаловать больше нечего",
    "moderation.in_review": "Обращение рассматривают",
    "moderation.needs_information": "Площадка просит уточнить",
    "moderation.accepted": "Площадка согласилась с обращением",
    "moderation.rejected": "Площадка отказала",
    "outcome.removed": "Отзыв удалён",
    "outcome.edited": "Отзыв изменён после обращения",
    "outcome.still_visible": "Отзыв остался",
    "outcome.reinstated": "Удалённый отзыв снова на сайте: обращение открыто заново",
}

CHANGE_OF_MIND = "По расписанию уйдёт не раньше {moment}; передумать: fairreview appeal revoke {appeal}"

UNLISTED = "Виден продавцу, на странице товара его пока нет"

VERDICTS = {
    "file": "нарушает правила, подготовлен черновик обращения",
    "do_not_file": "нарушения правил не видно, обжаловать нечего",
    "needs_person": "нужно решение человека",
}

DIGEST_TITLE = "Сводка по отзывам"
TEST_TITLE = "Проверка канала"
TEST_BODY = "Это пробное сообщение fairreview. Если вы его видите, канал «{name}» работает."

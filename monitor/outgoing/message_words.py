"""What messages say, in Russian and in one place."""

from __future__ import annotations

INCIDENTS = {
    "account_stopped": "Площадка просит человека: работа по кабинету остановлена",
    "sign_in_needed": "Нужно войти в кабинет заново",
    "visit_failed": "Проверки не удаются",
    "poll_broken": "Страница отзывов не читается",
    "poll_partial": "Отзывы прочитаны не полностью",
    "poll_failed": "Товар не удалось прочитать из-за ошибки программы",
    "page_drift": "Страница отзывов изменилась: прочитанному нельзя верить, ничего не записано",
    "listing_cut": "Сайт показывает не все отзывы",
    "site_unavailable": "Сайт недоступен",
    "product_gone": "Товара больше нет на сайте",
    "list_unreadable": "Список обращений не читается",
    "counter_unexplained": "Счётчик отзывов не сходится с прочитанным",
    "counter_silent": "Счётчик отзывов молчит",
    "storefront_broken": "Витрина магазина не читается",
    "review_missed_by_public": "Отзыва нет на странице товара, хотя другой источник его показывает",
    "review_missed_by_cabinet": "Отзыва нет в кабинете, хотя другой источник его показывает",
    "review_missed_by_api": "Отзыва нет в Seller API, хотя другой источник его показывает",
    "source_refused": "Источник отзывов отказывает в доступе",
    "source_unavailable": "Источник отзывов не отвечает",
    "source_broken": "Источник отзывов не читается",
    "channel_failed": "Канал уведомлений не работает",
}

INCIDENT_STEPS = {"open": "Сбой", "remind": "Сбой продолжается", "close": "Сбой устранён"}

NEXT_STEPS = {
    "account_stopped": "Откройте сайт сами, затем войдите: fairreview login --headed",
    "sign_in_needed": "Войдите: fairreview login",
    "visit_failed": "Посмотрите: fairreview doctor, fairreview log",
    "poll_broken": "Страница сохранена как доказательство: fairreview log",
    "poll_failed": "Остальные товары прочитаны. Подробности: fairreview health, fairreview log",
    "page_drift": "Обновите программу или проверьте страницу: fairreview selectors check",
    "listing_cut": "Что видно и чего нет: fairreview health",
    "review_missed_by_public": "Посмотрите сами: fairreview reviews show",
    "source_refused": "Причина и следующий шаг: fairreview source status",
    "source_unavailable": "Проверьте: fairreview source check",
    "source_broken": "Проверьте: fairreview source check",
    "channel_failed": "Проверьте: fairreview notify status, fairreview notify test",
}

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

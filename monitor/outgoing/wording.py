"""What reports say, in Russian and in one place: titles of steps, verdicts, states and outcomes."""

from __future__ import annotations

DECISIONS = {
    "file": "Подавать: отзыв нарушает правила публикации",
    "do_not_file": "Не подавать: нарушения правил не видно",
    "needs_person": "Нужен человек: решить автоматически нельзя",
    "": "Ещё не оценён",
}

CHANNELS = {
    "public_report": "жалоба под отзывом",
    "order_appeal": "обжалование через заказ",
    "cabinet_complaint": "жалоба в кабинете",
    "support_ticket": "обращение в поддержку",
}

OUTCOMES = {
    "removed": ("Отзыв удалён", "good"),
    "edited": ("Отзыв изменён", "good"),
    "still_visible": ("Отзыв остался", "bad"),
    "reinstated": ("Удалённый отзыв снова на сайте", "bad"),
}

MODERATION = {
    "received": ("Площадка приняла обращение", "wait"),
    "in_review": ("Обращение рассматривают", "wait"),
    "needs_information": ("Площадка просит уточнить", "wait"),
    "accepted": ("Площадка согласилась", "good"),
    "rejected": ("Площадка отказала", "bad"),
    "unknown": ("Статус площадки непонятен", "wait"),
}

STATES = {
    "draft": ("Черновик ждёт решения человека", "wait"),
    "approved": ("Одобрено, ждёт отправки", "wait"),
    "intent": ("Отправка начата", "wait"),
    "armed": ("Форма заполнена", "wait"),
    "released": ("Запрос выпущен", "wait"),
    "confirmed": ("Площадка подтвердила получение", "wait"),
    "acknowledged": ("Площадка сообщила об успехе", "wait"),
    "rejected_by_form": ("Форма не приняла обращение", "bad"),
    "unknown": ("Исход неизвестен", "wait"),
    "duplicate_seen": ("На площадке два обращения", "bad"),
    "absent": ("На площадке обращения нет", "bad"),
    "needs_human": ("Нужен человек", "wait"),
    "already_reported": ("Уже обжалован раньше", "plain"),
    "moot": ("Обжаловать больше нечего", "plain"),
}

STEPS = {
    "evidence.capture": ("Снимок страницы сохранён", "plain"),
    "evidence.add": ("Приняты на хранение материалы продавца", "plain"),
    "evidence.mask": ("Сделаны копии со скрытыми личными данными", "plain"),
    "evidence.export": ("Пакет доказательств выдан", "plain"),
    "evidence.view": ("Снимки показаны в отчёте", "plain"),
    "case.facts": ("Прочитаны карточка товара, автор и заказ", "plain"),
    "case.verdict": ("Оценка по правилам площадки", "plain"),
    "appeal.filing.draft": ("Подготовлен черновик обращения", "plain"),
    "appeal.filing.revised": ("Черновик изменён", "plain"),
    "appeal.filing.approved": ("Человек одобрил точный текст", "good"),
    "appeal.filing.intent": ("Намерение отправить записано на диск", "plain"),
    "appeal.filing.armed": ("Форма заполнена и прочитана обратно", "plain"),
    "appeal.gesture": ("Единственное нажатие отмечено", "plain"),
    "appeal.filing.released": ("Единственный запрос выпущен", "plain"),
    "appeal.filing.confirmed": ("Площадка присвоила номер", "good"),
    "appeal.filing.acknowledged": ("Площадка сообщила об успехе", "good"),
    "appeal.filing.rejected_by_form": ("Форма отклонила обращение", "bad"),
    "appeal.filing.unknown": ("Исход неизвестен, спросим площадку", "wait"),
    "appeal.filing.duplicate_seen": ("На площадке нашлось два обращения", "bad"),
    "appeal.filing.absent": ("Доказано: обращения на площадке нет", "bad"),
    "appeal.filing.needs_human": ("Нужен человек", "wait"),
    "appeal.filing.already_reported": ("Площадка: отзыв уже обжалован", "plain"),
    "appeal.filing.moot": ("Обжаловать больше нечего", "plain"),
    "appeal.look": ("Сверка со списком площадки", "plain"),
    "appeal.preview_live": ("Предпросмотр в настоящей форме, без отправки", "plain"),
}

MOMENTS = {
    "public": "Отзыв, как его видят все (без входа)",
    "account": "Отзыв, как его видит аккаунт",
    "filled_form": "Заполненная форма перед нажатием",
    "confirmation": "Ответ площадки после нажатия",
    "status": "Страница статуса",
    "afterwards": "Страница после решения",
    "product_card": "Карточка товара в этот день",
    "probe": "Проверено, есть ли этот способ обжалования",
    "failure": "Страница, на которой что-то пошло не так",
}

CHECKS = {"not_seen": "не видно", "seen": "видно", "speaks_for_filing": "за", "speaks_against_filing": "против"}

FIRST_SEEN = "Отзыв впервые увиден"
GONE = "Отзыв исчез со страницы товара"


def title_of(action: str) -> tuple[str, str]:
    """Returns title and tone of a step of the log; an action nobody has worded is shown by its name."""
    if action in STEPS:
        return STEPS[action]
    prefix, _, state = action.rpartition(".")
    if prefix == "appeal.moderation":
        return MODERATION.get(state, (action, "plain"))
    if prefix == "appeal.outcome":
        return OUTCOMES.get(state, (action, "plain"))
    return action, "plain"

"""The kinds of incident: one list, with what each is called, who hears of it, when it opens and what to do then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class IncidentKind(StrEnum):
    """What can stay wrong. The values are stored: a kind may be added, never renamed."""

    ACCOUNT_STOPPED = "account_stopped"
    SIGN_IN_NEEDED = "sign_in_needed"
    VISIT_FAILED = "visit_failed"
    WORKER_DIED = "worker_died"
    POLL_BROKEN = "poll_broken"
    POLL_PARTIAL = "poll_partial"
    POLL_FAILED = "poll_failed"
    PAGE_DRIFT = "page_drift"
    LISTING_CUT = "listing_cut"
    SITE_UNAVAILABLE = "site_unavailable"
    PRODUCT_GONE = "product_gone"
    PRODUCT_UNREAD = "product_unread"
    COUNTER_UNEXPLAINED = "counter_unexplained"
    COUNTER_SILENT = "counter_silent"
    STOREFRONT_BROKEN = "storefront_broken"
    REVIEW_MISSED_BY_PUBLIC = "review_missed_by_public"
    REVIEW_MISSED_BY_CABINET = "review_missed_by_cabinet"
    REVIEW_MISSED_BY_API = "review_missed_by_api"
    SOURCE_REFUSED = "source_refused"
    SOURCE_UNAVAILABLE = "source_unavailable"
    SOURCE_BROKEN = "source_broken"
    LIST_UNREADABLE = "list_unreadable"
    APPEAL_VANISHED = "appeal_vanished"
    UNKNOWN_STATUS = "unknown_status"
    STATUS_WENT_BACK = "status_went_back"
    CHANNEL_FAILED = "channel_failed"


class Audience(StrEnum):
    """Who hears of an incident."""

    OPERATOR = "operator"
    BOTH = "both"
    """The seller too: only the seller can end it."""


@dataclass(frozen=True)
class IncidentRule:
    """What is said and done about one kind.

    Attributes:
        title: What it is called, in Russian.
        next_step: What the reader does about it, in Russian, with the command.
        threshold: How many bad signs in a row open it.
        audience: Who hears of it.
    """

    title: str
    next_step: str
    threshold: int = 1
    audience: Audience = Audience.OPERATOR


_K = IncidentKind

INCIDENTS: Mapping[IncidentKind, IncidentRule] = MappingProxyType(
    {
        _K.ACCOUNT_STOPPED: IncidentRule(
            "Площадка просит человека: работа по кабинету остановлена",
            "Откройте сайт сами, затем войдите: fairreview login --headed",
            audience=Audience.BOTH,
        ),
        _K.SIGN_IN_NEEDED: IncidentRule(
            "Нужно войти в кабинет заново", "Войдите: fairreview login", audience=Audience.BOTH
        ),
        _K.VISIT_FAILED: IncidentRule("Проверки не удаются", "Посмотрите: fairreview doctor, fairreview log", 3),
        _K.WORKER_DIED: IncidentRule(
            "Рабочий процесс прерывается во время проверки этого кабинета",
            "Посмотрите, кто и где работает: fairreview cluster status, fairreview log",
            3,
        ),
        _K.POLL_BROKEN: IncidentRule(
            "Страница отзывов не читается", "Страница сохранена как доказательство: fairreview log", 2
        ),
        _K.POLL_PARTIAL: IncidentRule(
            "Отзывы прочитаны не полностью", "Что прочитано и чего нет: fairreview health, fairreview log"
        ),
        _K.POLL_FAILED: IncidentRule(
            "Товар не удалось прочитать из-за ошибки программы",
            "Остальные товары прочитаны. Подробности: fairreview health, fairreview log",
        ),
        _K.PAGE_DRIFT: IncidentRule(
            "Страница отзывов изменилась: прочитанному нельзя верить, ничего не записано",
            "Обновите программу или проверьте страницу: fairreview selectors check",
        ),
        _K.LISTING_CUT: IncidentRule("Сайт показывает не все отзывы", "Что видно и чего нет: fairreview health"),
        _K.SITE_UNAVAILABLE: IncidentRule("Сайт недоступен", "Программа спросит снова сама: fairreview health", 3),
        _K.PRODUCT_GONE: IncidentRule(
            "Страницы товара на сайте нет",
            "Если он снят с продажи или адрес неверен, уберите его: стол, «Товары», его страница, «Убрать»; или строку "
            "в products в config.toml",
        ),
        _K.PRODUCT_UNREAD: IncidentRule(
            "Строка products в config.toml не называет товара: за ним не следят",
            "Исправьте строку: нужен адрес страницы товара или артикул. Проверьте: fairreview doctor",
        ),
        _K.COUNTER_UNEXPLAINED: IncidentRule(
            "Счётчик отзывов не сходится с прочитанным", "Что прочитано и когда: fairreview health", 2
        ),
        _K.COUNTER_SILENT: IncidentRule("Счётчик отзывов молчит", "Что прочитано и когда: fairreview health", 2),
        _K.STOREFRONT_BROKEN: IncidentRule(
            "Витрина магазина не читается", "Проверьте страницу: fairreview selectors check", 2
        ),
        _K.REVIEW_MISSED_BY_PUBLIC: IncidentRule(
            "Отзыва нет на странице товара, хотя другой источник его показывает",
            "Посмотрите сами: fairreview reviews show",
        ),
        _K.REVIEW_MISSED_BY_CABINET: IncidentRule(
            "Отзыва нет в кабинете, хотя другой источник его показывает", "Посмотрите сами: fairreview reviews show"
        ),
        _K.REVIEW_MISSED_BY_API: IncidentRule(
            "Отзыва нет в Seller API, хотя другой источник его показывает", "Посмотрите сами: fairreview reviews show"
        ),
        _K.SOURCE_REFUSED: IncidentRule(
            "Источник отзывов отказывает в доступе", "Причина и следующий шаг: fairreview source status"
        ),
        _K.SOURCE_UNAVAILABLE: IncidentRule("Источник отзывов не отвечает", "Проверьте: fairreview source check", 3),
        _K.SOURCE_BROKEN: IncidentRule("Источник отзывов не читается", "Проверьте: fairreview source check", 2),
        _K.LIST_UNREADABLE: IncidentRule(
            "Список обращений не читается", "Страница сохранена как доказательство: fairreview log", 2
        ),
        _K.APPEAL_VANISHED: IncidentRule(
            "Обращения больше нет в списке площадки",
            "Найдите его сами, затем скажите, что увидели: fairreview appeal resolve",
        ),
        _K.UNKNOWN_STATUS: IncidentRule(
            "Статус обращения непонятен", "Слова площадки: fairreview appeal status, fairreview log"
        ),
        _K.STATUS_WENT_BACK: IncidentRule(
            "Площадка вернула обращение к прежнему статусу", "Слова площадки: fairreview appeal status, fairreview log"
        ),
        _K.CHANNEL_FAILED: IncidentRule(
            "Канал уведомлений не работает", "Проверьте: fairreview notify status, fairreview notify test", 3
        ),
    }
)
"""Every kind with its rule; a test walks the list."""

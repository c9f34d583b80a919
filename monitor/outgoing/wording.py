"""What reports call the steps of the action log, in Russian and in one place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evidence_store.journal import EntryBody
from monitor.appeals.machine import AppealState, Moderation, Outcome
from monitor.appeals.words import ANSWERS, FILING, MODERATION, OUTCOMES
from monitor.closed_lists.contact_kinds import LetterState
from monitor.closed_lists.review_changes import STEPS_OF_A_CASE
from monitor.closed_lists.states import AnswerState, ReviewDecision
from monitor.language.words import Tone, Words
from monitor.support.contact_words import LETTERS, letter_words
from monitor.watching.words import CHANGES

FIRST_SEEN = "Отзыв впервые увиден"
NOT_APPEALED = Words("Нет обращения", "Нет обращения об этом отзыве")


def _plain(title: str) -> Words:
    return Words(title, title)


def _said(title: str, tone: Tone) -> Words:
    return Words(title, title, tone)


DECISIONS: Mapping[ReviewDecision, Words] = MappingProxyType(
    {
        ReviewDecision.LEFT: Words("Оставлен", "Отзыв оставлен: обращения не будет"),
        ReviewDecision.SNOOZED: Words("Отложен", "Отзыв отложен", Tone.PLAIN),
        ReviewDecision.ASKED: Words("Спрошен", "Спрошен: об этом отзыве ждут ответа", Tone.WAIT),
    }
)
"""What people decided about a review without sending anything; masculine, as a review is."""

ACTIONS: Mapping[str, Words] = MappingProxyType(
    {
        "account.moved": _plain("Аккаунт переехал на другую машину"),
        "account.roster": _plain("Список товаров аккаунта изменён"),
        "survey.forget": _plain("Осмотр кабинета удалён"),
        "survey.run": _plain("Кабинет осмотрен"),
        "account.settings": _plain("Настройки аккаунта изменены"),
        "account.sign_in_needed": _said("Нужно войти в кабинет заново", Tone.WAIT),
        "account.stopped": _said("Работа по аккаунту остановлена: нужен человек", Tone.BAD),
        "appeal.filing.revised": _plain("Черновик обращения изменён"),
        "appeal.gesture": _plain("Единственное нажатие отмечено"),
        "appeal.look": _plain("Сверка со списком площадки"),
        "appeal.preview_live": _plain("Предпросмотр в настоящей форме, без отправки"),
        "backup.create": _plain("Сделана резервная копия"),
        "backup.restore": _plain("Установка восстановлена из резервной копии"),
        "case.facts": _plain("Прочитаны карточка товара, автор и заказ"),
        "case.verdict": _plain("Оценка по правилам площадки"),
        "catalog.adopt": _plain("Описание страницы площадки уточнено человеком"),
        "catalog.adopt_site": _plain("Принято своё описание площадки"),
        "catalog.drop": _plain("Уточнение описания страницы снято"),
        "channel.confirmed": _plain("Человек подтвердил способ обжалования"),
        "channel.probed": _plain("Проверено, есть ли этот способ обжалования"),
        "chat.learned": _plain("Записан путь через меню бота поддержки"),
        "contact.noted": _plain("Записан разговор с площадкой"),
        "contact.judged": _plain("Человек сказал, что значит ответ площадки"),
        "contact.struck": _said("Запись разговора признана ошибочной", Tone.WAIT),
        "evidence.add": _plain("Приняты на хранение материалы продавца"),
        "evidence.anchor": _plain("Контрольная точка журнала скопирована на другой диск"),
        "evidence.capture": _plain("Снимок страницы сохранён"),
        "evidence.export": _plain("Пакет доказательств выдан"),
        "evidence.mask": _plain("Сделаны копии со скрытыми личными данными"),
        "evidence.purge": _plain("Снимки очищены по правилам хранения"),
        "evidence.time_stamp": _plain("Получено независимое время"),
        "evidence.time_stamp_refused": _said("Служба времени отказала", Tone.WAIT),
        "evidence.view": _plain("Снимки показаны в отчёте"),
        "home.claimed": _plain("Эта установка объявлена единственной"),
        "incident.close": _said("Сбой устранён", Tone.GOOD),
        "incident.open": _said("Сбой", Tone.BAD),
        "incident.remind": _said("Сбой продолжается", Tone.BAD),
        "law.court": _plain("Человек отметил шаг в суде"),
        "law.facts": _plain("Человек назвал обстоятельства дела"),
        "law.pack": _plain("Документы для юриста выданы"),
        "law.paste": _plain("Человек внёс текст закона"),
        "log.mirror_made_anew": _plain("Копия журнала составлена заново"),
        "log.recover": _plain("Журнал восстановлен по копии"),
        "notify.sent": _plain("Сообщение отправлено"),
        "poll": _plain("Отзывы товара прочитаны"),
        "poll.failed": _said("Товар не удалось прочитать", Tone.WAIT),
        "review.undone": _plain("Решение об отзыве возвращено"),
        "reviews.export": _plain("Отзывы выгружены с именами авторов"),
        "rules.verify": _plain("Человек сверил текст правил площадки"),
        "session.lost": _said("Вход в кабинет закончился", Tone.WAIT),
        "session.proven": _plain("Вход в кабинет подтверждён"),
        "source.failed": _said("Источник отзывов не прочитан", Tone.WAIT),
        "source.read": _plain("Источник отзывов прочитан"),
        "store.reconciled": _plain("Восстановленное хранилище сверено с площадкой"),
        "store.restored": _plain("Хранилище восстановлено из копии"),
        "support.letter": _plain("Письмо выписано в файлы"),
        "support.number": _plain("Внесён номер поддержки из кабинета"),
        "support.sheet": _plain("Составлен лист для звонка"),
        "visit.killed": _said("Проверка прервана", Tone.WAIT),
        "watch.wall": _said("Площадка просит человека", Tone.BAD),
    }
    | {f"appeal.filing.{state.value}": FILING[state] for state in AppealState}
    | {f"appeal.moderation.{status.value}": MODERATION[status] for status in Moderation}
    | {f"appeal.outcome.{outcome.value}": OUTCOMES[outcome] for outcome in Outcome}
    | {f"review.{change.value}": CHANGES[change] for change in STEPS_OF_A_CASE}
    | {f"review.{kind.value}": words for kind, words in DECISIONS.items()}
    | {f"letter.{state.value}": LETTERS[state] for state in LetterState}
    | {f"answer.{state.value}": ANSWERS[state] for state in AnswerState}
)
"""Every action that the log can hold; a test compares it with the code."""


_LETTER_STEPS: Mapping[str, LetterState] = MappingProxyType({f"letter.{state.value}": state for state in LetterState})


def title_of(action: str, body: EntryBody | None = None) -> Words:
    """Returns the words of a step of the log; a step of another release's making is shown by its name.

    Args:
        action: The entry's action.
        body: What the entry holds, where it is there: a letter's step is called by what became of that letter.
    """
    if body is not None and action in _LETTER_STEPS:
        name, answer = str(body.inputs.get("letter", "")), str(body.outputs.get("answer", ""))
        return letter_words(name, _LETTER_STEPS[action], answer)
    return ACTIONS.get(action) or _plain(action)

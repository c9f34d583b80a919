"""What the states of an appeal and of an answer are called for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from monitor.appeals.machine import AppealState, Moderation, Outcome, Track
from monitor.closed_lists.states import AnswerState
from monitor.language.words import Tone, Words

_S, _M, _A = AppealState, Moderation, AnswerState

FILING: Mapping[AppealState, Words] = MappingProxyType(
    {
        _S.DRAFT: Words("Черновик", "Черновик обращения ждёт вашего решения"),
        _S.APPROVED: Words("Одобрено", "Обращение одобрено: точный текст и файлы", Tone.GO),
        _S.INTENT: Words("Отправляется", "Отправляется: намерение записано на диск", Tone.GO),
        _S.ARMED: Words("Отправляется", "Отправляется: форма заполнена и прочитана обратно", Tone.GO),
        _S.RELEASED: Words("Отправляется", "Отправляется: единственный запрос выпущен", Tone.GO),
        _S.CONFIRMED: Words("Отправлено", "Отправлено: площадка присвоила номер", Tone.GO),
        _S.ACKNOWLEDGED: Words("Отправлено", "Отправлено: площадка сообщила об успехе, без номера", Tone.GO),
        _S.REJECTED_BY_FORM: Words("Не принято", "Обращение не принято формой", Tone.BAD),
        _S.UNKNOWN: Words("Неизвестно", "Неизвестно, дошло ли обращение", Tone.WAIT),
        _S.DUPLICATE_SEEN: Words("Дважды", "Обращение стоит на площадке дважды", Tone.BAD),
        _S.ABSENT: Words("Не дошло", "Обращение не дошло: на площадке его нет", Tone.WAIT),
        _S.NEEDS_HUMAN: Words("Нужны вы", "По обращению нужны вы", Tone.BAD),
        _S.ALREADY_REPORTED: Words("Подано ранее", "Обращение об этом отзыве подано ранее"),
        _S.MOOT: Words("Отпало", "Обращение отпало"),
    }
)

MODERATION: Mapping[Moderation, Words] = MappingProxyType(
    {
        _M.RECEIVED: Words("Получено", "Обращение получено площадкой", Tone.GO),
        _M.IN_REVIEW: Words("Рассматривается", "Обращение рассматривается площадкой", Tone.GO),
        _M.NEEDS_INFORMATION: Words("Вопрос", "Вопрос площадки по обращению", Tone.WAIT),
        _M.ACCEPTED: Words("Удовлетворено", "Обращение удовлетворено", Tone.GOOD),
        _M.REJECTED: Words("Отказано", "В обращении отказано", Tone.BAD),
        _M.UNKNOWN: Words("Непонятно", "Непонятно, что площадка ответила на обращение", Tone.WAIT),
    }
)

OUTCOMES: Mapping[Outcome, Words] = MappingProxyType(
    {
        Outcome.REMOVED: Words("Удалён", "Отзыв удалён", Tone.GOOD),
        Outcome.EDITED: Words("Изменён", "Отзыв изменён", Tone.GOOD),
        Outcome.STILL_VISIBLE: Words("Остался", "Отзыв остался", Tone.BAD),
        Outcome.REINSTATED: Words("Вернулся", "Отзыв вернулся на сайт: обращение открыто заново", Tone.BAD),
    }
)

ANSWERS: Mapping[AnswerState, Words] = MappingProxyType(
    {
        _A.OPEN: Words("Вопрос", "Вопрос площадки ждёт ответа", Tone.WAIT),
        _A.DRAFTED: Words("Черновик", "Черновик ответа на вопрос площадки"),
        _A.APPROVED: Words("Одобрено", "Одобрено: ответ на вопрос площадки", Tone.GO),
        _A.INTENT: Words("Отправляется", "Отправляется: намерение ответить записано на диск", Tone.GO),
        _A.RELEASED: Words("Отправляется", "Отправляется: запрос с ответом выпущен", Tone.GO),
        _A.SENT: Words("Отправлено", "Отправлено: ответ на вопрос площадки", Tone.GO),
        _A.UNKNOWN: Words("Неизвестно", "Неизвестно, дошёл ли ответ", Tone.WAIT),
        _A.OVER: Words("Отпало", "Отпало: площадка больше не ждёт ответа"),
    }
)


def words_on(track: Track) -> Mapping[Any, Words]:
    """Returns the words of all states on a track."""
    if track is Track.FILING:
        return FILING
    return MODERATION if track is Track.MODERATION else OUTCOMES


def words_of(track: Track, state: str) -> Words:
    """Returns the words of a state as it is stored.

    Raises:
        ValueError: there is no such state on this track.
    """
    if track is Track.FILING:
        return FILING[AppealState(state)]
    return MODERATION[Moderation(state)] if track is Track.MODERATION else OUTCOMES[Outcome(state)]

"""What the members of a dialogue's closed lists are called for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.closed_lists.contact_kinds import Direction, LetterAnswer, LetterState, Saying, Speaker, Turn, Way
from monitor.language.words import Tone, Words

CHAT_PREFIX = "message_"
"""How the id of a message in the chat begins."""

WAYS: Mapping[Way, Words] = MappingProxyType(
    {
        Way.CHAT: Words("чат", "Чат с поддержкой"),
        Way.CALL: Words("звонок", "Телефонный звонок"),
        Way.MAIL: Words("почта", "Электронная почта"),
        Way.FORM: Words("форма", "Форма обратной связи"),
        Way.LETTER: Words("письмо", "Бумажное письмо"),
        Way.APP: Words("приложение", "Мобильное приложение"),
        Way.SOCIAL: Words("соцсеть", "Соцсеть"),
        Way.OTHER: Words("иное", "Иное обращение"),
    }
)
DIRECTIONS: Mapping[Direction, Words] = MappingProxyType(
    {
        Direction.IN: Words("от площадки", "Сообщение от площадки"),
        Direction.OUT: Words("от нас", "Сообщение от нас"),
    }
)
SPEAKERS: Mapping[Speaker, Words] = MappingProxyType(
    {
        Speaker.PERSON: Words("человек", "Отвечал человек"),
        Speaker.BOT: Words("бот", "Отвечал бот"),
        Speaker.UNKNOWN: Words("неизвестно кто", "Отвечал неизвестно кто"),
    }
)
SAYINGS: Mapping[Saying, Words] = MappingProxyType(
    {
        Saying.NOTHING: Words("без решения", "Без решения"),
        Saying.ASKS: Words("спрашивает", "Площадка спрашивает", Tone.WAIT),
        Saying.WRONG_INPUT: Words("не нашла товар", "Площадка не нашла товар", Tone.WAIT),
        Saying.INSUFFICIENT: Words("доказательств мало", "Площадка считает, что доказательств мало", Tone.WAIT),
        Saying.REFUSED: Words("отказ", "Площадка ответила: отказ", Tone.BAD),
        Saying.UPHELD: Words("согласие", "Площадка ответила: согласие", Tone.GOOD),
        Saying.PASSED_ON: Words("передано коллегам", "Обращение передано коллегам", Tone.WAIT),
        Saying.CLOSED: Words("закрыто", "Обращение закрыто площадкой", Tone.WAIT),
    }
)
TURNS: Mapping[Turn, Words] = MappingProxyType(
    {
        Turn.OURS: Words("наш ход", "Сейчас наш ход", Tone.WAIT),
        Turn.THEIRS: Words("ход площадки", "Сейчас ход площадки", Tone.GO),
        Turn.NOBODY: Words("ничей ход", "Сейчас ничей ход"),
    }
)
LETTERS: Mapping[LetterState, Words] = MappingProxyType(
    {
        LetterState.DRAFT: Words("черновик", "Черновик письма"),
        LetterState.APPROVED: Words("одобрено", "Письмо одобрено человеком", Tone.GO),
        LetterState.INTENT: Words("готовится к отправке", "Письмо готовится к отправке", Tone.GO),
        LetterState.RELEASED: Words("передаётся", "Письмо передаётся почтовому серверу", Tone.GO),
        LetterState.SENT: Words("принято сервером", "Письмо принято сервером продавца", Tone.GOOD),
        LetterState.REFUSED: Words("не принято", "Письмо не принято почтовым сервером", Tone.BAD),
        LetterState.UNKNOWN: Words("неизвестно", "Письмо: неизвестно, принял ли его сервер", Tone.BAD),
        LetterState.SAVED: Words("сохранено в файл", "Письмо сохранено в файл", Tone.GO),
        LetterState.DROPPED: Words("отброшено", "Письмо отброшено, его не отправляли"),
    }
)
CHAT_MESSAGES: Mapping[LetterState, Words] = MappingProxyType(
    {
        LetterState.DRAFT: Words("черновик", "Черновик сообщения в чат"),
        LetterState.APPROVED: Words("одобрено", "Сообщение в чат одобрено человеком", Tone.GO),
        LetterState.INTENT: Words("готовится к отправке", "Сообщение в чат готовится к отправке", Tone.GO),
        LetterState.RELEASED: Words("передаётся", "Сообщение передаётся в чат", Tone.GO),
        LetterState.SENT: Words("есть в чате", "Сообщение есть в чате", Tone.GOOD),
        LetterState.REFUSED: Words("не принято", "Сообщение не принято чатом", Tone.BAD),
        LetterState.UNKNOWN: Words("неизвестно", "Сообщение: неизвестно, есть ли оно в чате", Tone.BAD),
        LetterState.SAVED: Words("сохранено в файл", "Сообщение сохранено в файл", Tone.GO),
        LetterState.DROPPED: Words("отброшено", "Сообщение отброшено, его не отправляли"),
    }
)
"""The same states of what goes into the chat."""
ANSWERS_TO_LETTERS: Mapping[LetterAnswer, Words] = MappingProxyType(
    {
        LetterAnswer.SHOWN: Words("чат показывает его", "Чат показывает его", Tone.GOOD),
        LetterAnswer.NOBODY_KNOWS: Words("никто не знает", "Никто не знает", Tone.BAD),
        LetterAnswer.SITE_REFUSED: Words("площадка его не приняла", "Площадка его не приняла", Tone.BAD),
        LetterAnswer.SENDER_GONE: Words("команда прервалась", "Отправлявшая его команда прервалась", Tone.BAD),
        LetterAnswer.NO_ANSWER: Words("после данных ответа не было", "После данных ответа не было", Tone.BAD),
    }
)


SENT_BY_WORD = Words("отправлено, со слов", "Отправлено, со слов человека", Tone.GOOD)
"""A letter that nobody's server and no chat showed to the program: a person said that it went out."""


def letter_words(name: str, state: LetterState, answer: str) -> Words:
    """Returns what a state of a letter or of a message in the chat is called.

    Args:
        name: Its id; it tells which of both it is.
        state: Its state.
        answer: What is stored of what became of it: a server's 250, the chat's own look, or else a person's word.
    """
    is_seen = answer.startswith("250 ") or answer == LetterAnswer.SHOWN
    if state is LetterState.SENT and not is_seen:
        return SENT_BY_WORD
    return (CHAT_MESSAGES if name.startswith(CHAT_PREFIX) else LETTERS)[state]


def tell_letter_answer(stored: str, *, in_russian: bool) -> str:
    """Returns what became of a letter as people read it: what the program stored in English, what others said as it is.

    Args:
        stored: The stored words.
        in_russian: Papers and stories of a case are Russian whatever language is spoken.
    """
    head, colon, rest = stored.partition(": ")
    is_ours = in_russian and head in set(LetterAnswer)
    return f"{ANSWERS_TO_LETTERS[LetterAnswer(head)].word}{colon}{rest}" if is_ours else stored

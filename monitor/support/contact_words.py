"""What the members of a dialogue's closed lists are called for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from monitor.contact_kinds import Direction, LetterState, Saying, Speaker, Turn, Way
from monitor.words import Tone, Words

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
    }
)

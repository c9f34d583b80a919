"""How the support chat behaves: switches of the bot, the operator, and the page that shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

OperatorWord = Literal["asks", "insufficient", "refused", "upheld", "passed_on", "closed", "silent"]

OPERATOR_WORDS: dict[OperatorWord, str] = {
    "asks": "Здравствуйте! Меня зовут Ольга. Пришлите в чат документ, который подтверждает ваши слова.",
    "insufficient": "Мы проверили ваш запрос. К сожалению, предоставленных доказательств недостаточно.",
    "refused": "Мы проверили отзыв и не нашли нарушений. Скрывать его не будем.",
    "upheld": "Проверили: нарушение подтвердилось, отзыв скрыли.",
    "passed_on": "Направили ваше обращение коллегам. Ответим в этом чате.",
    "closed": "Обращение закрыто. Если есть вопрос, создайте новое обращение",
    "silent": "",
}
"""After the texts that public programs of 2025 and 2026 look for; those about reviews are guesses."""


class ChatSwitches(BaseModel):
    """How bot, operator and page behave.

    Attributes:
        bot: ``tree`` asks to choose three times; ``none`` takes text at once; ``deep`` has a level more; ``english``
            has other words; ``ambiguous`` shows each label twice; ``renamed`` has changed its last label.
        operator: What the operator says to each message, in turn; after the last, nothing.
        operator_delay_s: Seconds until the operator says it.
        drift: Another chat than the one of the address is open: ``on_load``; or becomes the open one: ``after_read``
            (some time after the page was loaded), ``on_send`` (at the press of the button).
        number: The chat's own number in its head: ``shown``, ``missing``, ``foreign`` (that of another chat), ``twice``
            (its own and another).
        upload: ``ok``, ``late`` (two seconds), ``fail`` (refused), ``early`` (its word comes, the file is lost),
            ``silent`` (no word of it).
        sends: ``ok``; ``shown_not_stored`` shows the message and stores nothing; ``stored_not_shown``; ``twice``
            (the page sends each message twice); ``refused``; ``error_500`` (stored).
        list: ``ok``, ``fails`` («Не удалось загрузить список чатов»), ``empty``, ``doubled`` (each row twice).
        is_closed: No chat takes messages any more.
        has_popup: The help popup opens; without it the way in is not there.
        buyer: How the cabinet leads to the chat of a review with its buyer: ``none`` (not at all), ``answer`` (by
            ``chat_url`` in the JSON that it loads when a review is opened), ``empty`` (there, and empty), ``page`` (by
            a link in the drawer), ``foreign`` (by another review's), ``away`` (to another host).
        opens: What the press answers: ``ok``, ``no_number`` (the page names none), ``late_number`` (a second later).
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    bot: Literal["tree", "none", "deep", "english", "ambiguous", "renamed"] = "tree"
    operator: tuple[OperatorWord, ...] = ("asks", "refused")
    operator_delay_s: float = Field(default=0.0, ge=0)
    drift: Literal["none", "on_load", "after_read", "on_send"] = "none"
    number: Literal["shown", "missing", "foreign", "twice"] = "shown"
    upload: Literal["ok", "late", "fail", "early", "silent"] = "ok"
    sends: Literal["ok", "shown_not_stored", "stored_not_shown", "twice", "refused", "error_500"] = "ok"
    list: Literal["ok", "fails", "empty", "doubled"] = "ok"
    is_closed: bool = False
    has_popup: bool = True
    buyer: Literal["none", "answer", "empty", "page", "foreign", "away"] = "none"
    opens: Literal["ok", "no_number", "late_number"] = "ok"

"""The support's chats as the site stores them: tickets, messages, the bot's menu and the operator's turns.

That a press opens a ticket at once, that it has a number, and the first labels of the menu are from public programs of
2026. The branch for reviews was never seen: its label here is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from mock_site import ids
from mock_site.world.chat_script import OPERATOR_WORDS, ChatSwitches
from mock_site.world.models import StoredFile

Sender = Literal["seller", "bot", "operator"]
_FIRST_NUMBER = 73_712_586
_BACK = ("Назад", "Главное меню")
_TREE: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (): ("Товары и Цены", "FBS", "FBO", "Возвраты"),
    ("Товары и Цены",): ("Контроль качества", "Карточка товара", "Управление ценами", *_BACK),
    ("Товары и Цены", "Контроль качества"): (
        "Нарушение правил площадки другим продавцом",
        "Скрытие товаров",
        "Документы качества и сертификаты",
        "Отзывы о товаре",
        *_BACK,
    ),
}
PATH = ("Товары и Цены", "Контроль качества", "Отзывы о товаре")
"""The way to the branch where a text about a review is taken."""
_ENGLISH = {
    "Товары и Цены": "Products and prices",
    "Контроль качества": "Quality control",
    "Отзывы о товаре": "Reviews",
}


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message; ``message_id`` grows over all chats."""

    message_id: int
    sender: Sender
    text: str
    at: datetime
    files: tuple[StoredFile, ...] = ()


@dataclass(slots=True)
class Chat:
    """One ticket.

    Attributes:
        menu: The labels chosen so far.
        waits_since: Since when the operator has an unanswered message.
        said: How many words of the operator's script are used up.
    """

    chat_id: str
    number: str
    account: str
    opened_at: datetime
    messages: list[ChatMessage] = field(default_factory=list)
    menu: tuple[str, ...] = ()
    is_closed: bool = False
    waits_since: datetime | None = None
    said: int = 0

    @property
    def sent(self) -> list[ChatMessage]:
        """The seller's messages: what "sent once" is counted by."""
        return [one for one in self.messages if one.sender == "seller"]


class Chats:
    """All chats with support."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._said = 0
        self.script = ChatSwitches()
        self.opened: list[Chat] = []

    def of(self, account: str) -> list[Chat]:
        """An account's chats, the one that was heard of last first."""
        mine = [chat for chat in self.opened if chat.account == account]
        return sorted(mine, key=lambda chat: chat.messages[-1].message_id, reverse=True)

    def find(self, chat_id: str) -> Chat | None:
        """The chat of an id."""
        return next((chat for chat in self.opened if chat.chat_id == chat_id), None)

    def open(self, account: str, now: datetime) -> Chat:
        """Opens a ticket; the bot greets at once."""
        place = len(self.opened)
        chat = Chat(ids.guid("chat", self._seed, place), str(_FIRST_NUMBER + place + 1), account, now)
        self.opened.append(chat)
        self._say(chat, "bot", f"Обращение №{chat.number} создано. Вы пишете в поддержку", now)
        self._say(chat, "bot", "Опишите вопрос" if self._is_free(chat) else "Выберите тему", now)
        return chat

    def write(self, chat: Chat, text: str, files: tuple[StoredFile, ...], now: datetime) -> ChatMessage:
        """Stores a message of the seller and lets the bot answer."""
        stored = self._say(chat, "seller", text, now, files)
        if self._is_free(chat):
            chat.waits_since = now
        elif text in self.options(chat):
            chat.menu = () if text == "Главное меню" else chat.menu[:-1] if text == "Назад" else (*chat.menu, text)
            self._say(chat, "bot", "Опишите вопрос" if self._is_free(chat) else "Уточните тему", now)
        else:
            self._say(chat, "bot", "Не поняли вопрос. Выберите вариант", now)
        return stored

    def options(self, chat: Chat) -> tuple[str, ...]:
        """The quick replies that the bot offers now."""
        if chat.is_closed or self._is_free(chat):
            return ()
        known = _TREE.get(tuple(_RUSSIAN.get(one, one) for one in chat.menu), ())
        if self.script.bot == "deep" and chat.menu == PATH:
            return ("Чужой отзыв", *_BACK)
        if self.script.bot == "english":
            return tuple(_ENGLISH.get(one, one) for one in known)
        if self.script.bot == "renamed":
            return tuple(f"{one} и вопросы" if one == PATH[-1] else one for one in known)
        return tuple(one for one in known for _ in range(2)) if self.script.bot == "ambiguous" else known

    def say(self, chat: Chat, text: str, now: datetime, sender: Sender = "operator") -> ChatMessage:
        """Lets somebody of the platform say something by hand."""
        return self._say(chat, sender, text, now)

    def work(self, now: datetime) -> None:
        """Lets the operator say what is due."""
        for chat in self.opened:
            waited = None if chat.waits_since is None else now - chat.waits_since
            if waited is None or waited < timedelta(seconds=self.script.operator_delay_s):
                continue
            chat.waits_since = None
            if chat.said < len(self.script.operator):
                word = self.script.operator[chat.said]
                chat.said += 1
                chat.is_closed = chat.is_closed or word == "closed"
                if OPERATOR_WORDS[word]:
                    self._say(chat, "operator", OPERATOR_WORDS[word], now)

    def _is_free(self, chat: Chat) -> bool:
        if self.script.bot == "none":
            return True
        russian = tuple(_RUSSIAN.get(one, one) for one in chat.menu)
        if self.script.bot == "deep":
            return russian == (*PATH, "Чужой отзыв")
        return russian[:2] == PATH[:2] and len(russian) == 3

    def _say(
        self, chat: Chat, sender: Sender, text: str, now: datetime, files: tuple[StoredFile, ...] = ()
    ) -> ChatMessage:
        self._said += 1
        message = ChatMessage(self._said, sender, text, now, files)
        chat.messages.append(message)
        return message


_RUSSIAN = {english: russian for russian, english in _ENGLISH.items()}

"""What members of closed lists are called in English, by their Russian titles: the other half of every ``Words``.

In tables a state stands as it is stored when English is spoken; sentences about it (the steps of a case, what became of
an appeal) are these. Papers, letters and the desk stay Russian: docs/adr/0038-messages-in-two-languages.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from monitor.language import RUSSIAN, spoken

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "Аккаунт переехал на другую машину": "The account moved to another machine",
        "Список товаров аккаунта изменён": "The account's list of products was changed",
        "Осмотр кабинета удалён": "A look round the cabinet was deleted",
        "Кабинет осмотрен": "The cabinet was looked round",
        "Настройки аккаунта изменены": "The account's settings were changed",
        "Нужно войти в кабинет заново": "The account has to be signed in again",
        "Работа по аккаунту остановлена: нужен человек": "Work on the account was stopped: a person is needed",
        "Черновик обращения изменён": "The draft of the appeal was changed",
        "Единственное нажатие отмечено": "The only gesture was noted",
        "Сверка со списком площадки": "Compared with the site's list",
        "Предпросмотр в настоящей форме, без отправки": "Previewed in the site's own form, without sending",
        "Сделана резервная копия": "A backup was made",
        "Установка восстановлена из резервной копии": "The installation was restored from a backup",
        "Прочитаны карточка товара, автор и заказ": "Product card, author and order were read",
        "Оценка по правилам площадки": "Judged by the site's rules",
        "Описание страницы площадки уточнено человеком": "A person corrected what is known of a page of the site",
        "Принято своё описание площадки": "A description of a site of one's own was taken",
        "Уточнение описания страницы снято": "A correction of what is known of a page was dropped",
        "Человек подтвердил способ обжалования": "A person confirmed the channel",
        "Проверено, есть ли этот способ обжалования": "Checked whether the channel is there",
        "Записан путь через меню бота поддержки": "The way through the support bot's menu was written down",
        "Записан разговор с площадкой": "A contact with the platform was written down",
        "Человек сказал, что значит ответ площадки": "A person said what the platform's answer means",
        "Запись разговора признана ошибочной": "The note of a contact was called wrong",
        "Приняты на хранение материалы продавца": "The seller's own files were taken into the store",
        "Контрольная точка журнала скопирована на другой диск": "A checkpoint of the log was copied to another disk",
        "Снимок страницы сохранён": "A capture of the page was kept",
        "Пакет доказательств выдан": "A bundle of evidence was exported",
        "Сделаны копии со скрытыми личными данными": "Copies with personal data hidden were made",
        "Снимки очищены по правилам хранения": "Captures were purged by the rule of keeping",
        "Получено независимое время": "An independent time stamp was got",
        "Служба времени отказала": "The time authority refused",
        "Снимки показаны в отчёте": "Captures were shown in a report",
        "Эта установка объявлена единственной": "This installation was said to be the one that lives on",
        "Сбой устранён": "The incident is over",
        "Сбой": "An incident",
        "Сбой продолжается": "The incident goes on",
        "Человек отметил шаг в суде": "A person noted a step in court",
        "Человек назвал обстоятельства дела": "A person named the facts of the case",
        "Документы для юриста выданы": "Papers for the lawyer were written",
        "Человек внёс текст закона": "A person pasted the text of a law",
        "Копия журнала составлена заново": "The copy of the log was made anew",
        "Журнал восстановлен по копии": "The log was recovered from its copy",
        "Сообщение отправлено": "A message was sent",
        "Отзывы товара прочитаны": "The product's reviews were read",
        "Товар не удалось прочитать": "The product could not be read",
        "Решение об отзыве возвращено": "The decision about the review was taken back",
        "Отзывы выгружены с именами авторов": "Reviews were exported with their authors' names",
        "Человек сверил текст правил площадки": "A person compared the text of the site's rules",
        "Вход в кабинет закончился": "The session ended",
        "Вход в кабинет подтверждён": "The session was proven",
        "Источник отзывов не прочитан": "The source of reviews was not read",
        "Источник отзывов прочитан": "The source of reviews was read",
        "Восстановленное хранилище сверено с площадкой": "The restored store was compared with the site",
        "Хранилище восстановлено из копии": "The store was restored from a copy",
        "Письмо выписано в файлы": "The letter was written into files",
        "Внесён номер поддержки из кабинета": "A number of the support was noted from the cabinet",
        "Составлен лист для звонка": "A sheet for the call was made",
        "Проверка прервана": "The visit was interrupted",
        "Площадка просит человека": "The site asks for a person",
        "Отзыв впервые увиден": "The review was first seen",
        "Нет обращения об этом отзыве": "There is no appeal about this review",
        "Нет обращения": "No appeal",
        "Ещё не оценён": "Not judged yet",
        "Подать: отзыв нарушает правила публикации": "File: the review breaks the rules of publication",
        "Решить вам: автоматически нельзя": "Yours to decide: it cannot be done automatically",
        "Не подавать: нарушения правил не видно": "Do not file: no broken rule is seen",
        "Черновик обращения ждёт вашего решения": "The draft of an appeal waits for your decision",
        "Обращение одобрено: точный текст и файлы": "The appeal was approved: its exact text and files",
        "Отправляется: намерение записано на диск": "Being sent: the intent is on disk",
        "Отправляется: форма заполнена и прочитана обратно": "Being sent: the form was filled and read back",
        "Отправляется: единственный запрос выпущен": "Being sent: the only request was released",
        "Отправлено: площадка присвоила номер": "Sent: the site gave it a number",
        "Отправлено: площадка сообщила об успехе, без номера": "Sent: the site said so, without a number",
        "Обращение не принято формой": "The form did not take the appeal",
        "Неизвестно, дошло ли обращение": "It is not known whether the appeal arrived",
        "Обращение стоит на площадке дважды": "The site has the appeal twice",
        "Обращение не дошло: на площадке его нет": "The appeal did not arrive: the site does not have it",
        "По обращению нужны вы": "The appeal needs you",
        "Обращение об этом отзыве подано ранее": "This review was appealed before",
        "Обращение отпало": "The appeal is moot",
        "Обращение получено площадкой": "The site received the appeal",
        "Обращение рассматривается площадкой": "The site looks into the appeal",
        "Вопрос площадки по обращению": "The site asks about the appeal",
        "Обращение удовлетворено": "The appeal was accepted",
        "В обращении отказано": "The appeal was rejected",
        "Непонятно, что площадка ответила на обращение": "It is not clear what the site answered to the appeal",
        "Отзыв удалён": "The review was removed",
        "Отзыв изменён": "The review was edited",
        "Отзыв остался": "The review is still there",
        "Отзыв вернулся на сайт: обращение открыто заново": "The review came back: the appeal is open again",
        "Вопрос площадки ждёт ответа": "The site's question waits for an answer",
        "Черновик ответа на вопрос площадки": "A draft of the answer to the site's question",
        "Одобрено: ответ на вопрос площадки": "Approved: the answer to the site's question",
        "Отправляется: намерение ответить записано на диск": "Being sent: the intent to answer is on disk",
        "Отправляется: запрос с ответом выпущен": "Being sent: the request with the answer was released",
        "Отправлено: ответ на вопрос площадки": "Sent: the answer to the site's question",
        "Неизвестно, дошёл ли ответ": "It is not known whether the answer arrived",
        "Отпало: площадка больше не ждёт ответа": "Moot: the site waits for no answer any more",
        "Отзыв оставлен: обращения не будет": "The review was left: there will be no appeal",
        "Отзыв отложен": "The review was put off",
        "Спрошен: об этом отзыве ждут ответа": "Asked: somebody is to answer about this review",
        "Новый отзыв": "A new review",
        "Показался старый отзыв, которого раньше не было видно": "An old review showed that was not seen before",
        "Отзыв вернулся на сайт": "The review came back",
        "Отзыв виден и на странице товара": "The review is seen on the product's page, too",
        "Отзыв дочитан: раньше были видны не все сведения": "The review was read in full: a part was not seen before",
        "Отзыв исчез со страницы товара, ещё не доказано, что удалён": "The review is missing, not proven to be gone",
        "Отзыв удалён со страницы товара": "The review is gone from the product's page",
        "Черновик письма": "A draft of a letter",
        "Письмо одобрено человеком": "The letter was approved by a person",
        "Письмо готовится к отправке": "The letter is about to be sent",
        "Письмо передаётся почтовому серверу": "The letter is being handed to the mail server",
        "Письмо принято сервером продавца": "The seller's mail server took the letter",
        "Письмо не принято почтовым сервером": "The mail server did not take the letter",
        "Письмо: неизвестно, принял ли его сервер": "The letter: it is not known whether the server took it",
        "Письмо сохранено в файл": "The letter was saved to a file",
        "Письмо отброшено, его не отправляли": "The letter was dropped, it was not sent",
        "Черновик сообщения в чат": "A draft of a message to the chat",
        "Сообщение в чат одобрено человеком": "The message to the chat was approved by a person",
        "Сообщение в чат готовится к отправке": "The message to the chat is about to be sent",
        "Сообщение передаётся в чат": "The message is being handed to the chat",
        "Сообщение есть в чате": "The message stands in the chat",
        "Сообщение не принято чатом": "The chat did not take the message",
        "Сообщение: неизвестно, есть ли оно в чате": "The message: it is not known whether the chat has it",
        "Сообщение сохранено в файл": "The message was saved to a file",
        "Сообщение отброшено, его не отправляли": "The message was dropped, it was not sent",
        "Отправлено, со слов человека": "Sent, as a person said",
        "отзыв без входа в аккаунт": "the review, not signed in",
        "отзыв после входа в аккаунт": "the review, signed in",
        "заполненная форма перед отправкой": "the filled form before it was sent",
        "ответ площадки после отправки": "the site's answer after it was sent",
        "страница статуса обращения": "the page of the appeal's status",
        "страница товара после решения": "the product's page after the decision",
        "карточка товара в тот день": "the product card of that day",
        "проверка способа обжалования": "a check of the channel",
        "чат с покупателем об этом отзыве": "the chat with the buyer about this review",
        "сбой": "a failure",
        "материалы продавца": "the seller's own files",
        "Сейчас наш ход": "It is our turn",
        "Сейчас ход площадки": "It is the platform's turn",
        "Сейчас ничей ход": "It is nobody's turn",
        "Отправляется": "Being sent",
        "Отправлено": "Sent",
        "Черновик": "Draft",
        "Одобрено": "Approved",
        "Не принято": "Not taken",
        "Неизвестно": "Not known",
        "Дважды": "Twice",
        "Не дошло": "Did not arrive",
        "Нужны вы": "Needs you",
        "Подано ранее": "Appealed before",
        "Отпало": "Moot",
        "Получено": "Received",
        "Рассматривается": "Looked into",
        "Вопрос": "A question",
        "Удовлетворено": "Accepted",
        "Отказано": "Rejected",
        "Непонятно": "Not clear",
        "Чат с поддержкой": "Chat with the support",
        "Телефонный звонок": "Telephone call",
        "Электронная почта": "E-mail",
        "Форма обратной связи": "Feedback form",
        "Бумажное письмо": "Letter on paper",
        "Мобильное приложение": "Mobile app",
        "Соцсеть": "Social network",
        "Иное обращение": "Another way",
        "от площадки": "from the platform",
        "от нас": "from us",
        "спрашивает": "it asks",
        "не нашла товар": "it did not find the product",
        "доказательств мало": "too little evidence",
        "отказ": "a refusal",
        "согласие": "it agrees",
        "передано коллегам": "passed on to colleagues",
        "закрыто": "closed",
        "без решения": "no decision",
        "человек": "a person",
        "бот": "a bot",
        "чат показывает его": "the chat shows it",
        "никто не знает": "nobody knows",
        "площадка его не приняла": "the site refused it",
        "команда прервалась": "the command that sent it is gone",
        "после данных ответа не было": "no answer after the data",
        "наш ход": "our turn",
        "ход площадки": "the platform's turn",
        "ничей ход": "nobody's turn",
        "Содержание записи удалено по правилам хранения.": "What it held was removed by the rules of keeping.",
    }
)
_PARTS = re.compile(r"(: |, | (?=\(запись ошибочна\)))")
_WITH_MORE = {"срок прошёл": "it was due", "срок": "due", "(запись ошибочна)": "(the note is wrong)"}
"""What stands before a moment or behind a title that is put together."""
_LABELS = {
    "номер ": "number ",
    "слова площадки: ": "the site's words: ",
    "одобрил(а): ": "approved by: ",
    "неполный снимок: ": "incomplete capture: ",
    "продолжает № ": "continues no. ",
    "№ ": "no. ",
    "обещано: ": "promised: ",
    "срок: ": "due: ",
    "файлы: ": "files: ",
}
_LABEL = re.compile("|".join(rf"^{re.escape(label)}" for label in _LABELS))


_QUOTED = re.compile(r"(«.*»|«.*)", re.DOTALL)
_LASTED = re.compile(r"(\d+) мин (\d\d) с")


def told(title: str) -> str:
    """Returns a title in the language that is spoken; one that is put together part by part."""
    if spoken() == RUSSIAN or title in TITLES:
        return title if spoken() == RUSSIAN else TITLES[title]
    return "".join(TITLES.get(part) or _capital(part) or _with_more(part) for part in _PARTS.split(title))


def told_detail(detail: str) -> str:
    """Returns what stands beside a step in the language that is spoken; what the site said is quoted as it is."""
    if spoken() == RUSSIAN:
        return detail
    pieces = _QUOTED.split(detail)
    return "".join(piece if place % 2 else _told_pieces(piece) for place, piece in enumerate(pieces))


def _told_pieces(words: str) -> str:
    return "; ".join(_told_piece(piece) for piece in words.split("; "))


def _told_piece(piece: str) -> str:
    before, comma, speaker = piece.rpartition(", ")
    if piece in TITLES or speaker in {"человек", "бот"}:
        return TITLES.get(piece) or f"{before}{comma}{TITLES[speaker]}"
    if found := _LASTED.fullmatch(piece):
        return f"{found[1]} min {found[2]} s"
    return _LABEL.sub(lambda label: _LABELS[label[0]], piece)


def _capital(part: str) -> str:
    """A title of a list whose members begin in small letters, where it begins a line."""
    found = TITLES.get(part[:1].lower() + part[1:], "")
    return found[:1].upper() + found[1:]


def _with_more(part: str) -> str:
    known = next((words for words in _WITH_MORE if part.startswith(words)), "")
    return _WITH_MORE[known] + part.removeprefix(known) if known else part

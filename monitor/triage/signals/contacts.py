"""Phones, e-mail addresses, handles, card numbers. Article, order and track numbers look alike and are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.normalise import Prepared

Place = tuple[int, int, float]
"""Start and end in the folded text, and confidence."""

_ZEROS = re.compile(r"\d[\dоo\-() ]{8,20}[\dоo]")
_AS_ZERO = str.maketrans("оo", "00")
_GAP = r"[\s\-().]{0,3}"
_RUSSIAN_PHONE = re.compile(
    rf"(?<![\d+])(?<!\d-)(?:\+?7|8){_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!-?\d)"
)
_LOOSE_PHONE = re.compile(r"(?<![\d+])(?:\+?7|8)(?:[\s\-().*_/,]{0,3}9)(?:[\s\-().*_/,]{0,3}\d){9}(?!\d)")
_TEN_DIGITS = re.compile(rf"(?<![\d+])9\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)")
_DIGIT = re.compile(r"\d")
_PLUS = re.compile(r"\+\d")
_CARD = re.compile(r"(?<!\d)[2-6]\d{3}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{4}(?!\d)")
_CARD_WORDS = re.compile(r"карт|сбер|тинько|т-банк|альфа|банк|реквизит|перевед|перевод")
_PASSPORT = re.compile(r"паспорт[а-я]{0,3}\D{0,20}\d{2}\s?\d{2}\s?\d{6}(?!\d)")
_SNILS = re.compile(r"(?<!\d)\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}\.[a-z0-9.-]{2,40}")
_SPELLED_EMAIL = re.compile(
    r"[\w.-]{2,40} ?[(\[]?(?:собака|собачка|at)[)\]]? ?[\w-]{2,30} ?[(\[]?(?:точка|dot|\.)[)\]]? ?"
    r"(?:ru|com|ру|ком|net|org|рф)(?!\w)"
)
_HANDLE = re.compile(r"(?<![\w.@/])@[a-z][a-z0-9_]{3,31}(?![\w.@]\w)")
_MESSENGER = re.compile(
    r"(?<!\w)(?:телеграм[а-я]?|телег[аеуи]|тг|telegram|tg|инстаграм[а-я]?|инста|инст|инсте|instagram|insta|вк|"
    r"vk|скайп|skype|whatsapp|"
    r"ватсап[а-я]?|вотсап[а-я]?|вайбер[а-я]?|viber|ник)[\s:\-—(]{1,3}@?(?P<name>[a-z][a-z0-9_.]{4,31})(?!\w)"
)
_PHONE_WORDS = re.compile(
    r"звон|по номеру|телефон|тел\.|тел:|набер|номер мой|мой номер|whats|ватсап|вотсап|вайбер|связ|контакт|"
    r"пишите|инст|телег|тг(?!\w)|вк(?!\w)|личк|ник(?!\w)|аккаунт|директ|напиш|ищите|подпис|меня"
)
_MEASURED = re.compile(r"^ ?(?:см|мм|м(?!\w)|кг|гр|г(?!\w)|руб|шт|мл|вт|размер)")
_NUMBER_WORDS = re.compile(
    r"артикул|на корпусе|каталожн|номер детали|маркировк|штрих|код|заказ|трек|накладн|партии|партия|серийн|модел|ean|"
    r"sku|арт\.|отправлени|обращени|"
    r"заявк|договор|чек"
)
_NAMED_AFTER = re.compile(
    r"[ ,(–—-]{0,3}(?:это |мой |номер )?(?:артикул|штрих|код(?!\w)|заказ|трек|парти|серийн|"
    r"модел[ьи](?!\w) ?(?:не|-)|sku)"
)
_COMPANY_MAIL = ("info", "support", "shop", "sale", "help", "hello", "zakaz", "order", "office", "admin", "service")
_NUMERALS = re.compile(
    r"ноль|один|одна|два|две|три$|три(?:дцать|надцать|ста)|четыре|четырнадцать|сорок|пять|пят(?:ь)?десят|пятьсот|шесть|"
    r"шестьдесят|шестьсот|семь|семьдесят|семьсот|восемь|восемьдесят|восемьсот|девять|девяносто|девятьсот|"
    r"десять|двадцать|"
    r"двести|сто$|плюс$|одиннадцать|двенадцать|тринадцать|пятнадцать|шестнадцать|семнадцать|восемнадцать|девятнадцать"
)
_PHONE_STARTS = ("восем", "плюс", "семь", "семс", "девят")
_NUMERALS_IN_A_PHONE = 5
_UNNAMED = 0.7
"""Digits that may be a phone as well as an article: a person looks."""
_AFTER = 20
_BEFORE = 40
"""Characters before a number in which a word says what the number is."""


def find_contacts(prepared: Prepared) -> Iterator[Place]:
    """Places of the folded text that let a reader reach a private person."""
    text = _ZEROS.sub(lambda match: match.group().translate(_AS_ZERO), prepared.folded)
    if _DIGIT.search(text):
        yield from _find_numbers(text)
    if "@" in text:
        yield from _find_mails_and_handles(text)
    for match in _SPELLED_EMAIL.finditer(text) if "собак" in text or "точка" in text or " at " in text else ():
        yield *match.span(), 0.85
    for match in _MESSENGER.finditer(text):
        yield *match.span(), 0.85
    if any(start in text for start in _PHONE_STARTS):
        yield from _find_spelled_phone(prepared)


def _find_numbers(text: str) -> Iterator[Place]:
    for match in _RUSSIAN_PHONE.finditer(text):
        yield *match.span(), _phone_confidence(text, match)
    for match in _LOOSE_PHONE.finditer(text):
        if not _RUSSIAN_PHONE.search(match.group()) and not _MEASURED.search(text[match.end() : match.end() + 12]):
            yield *match.span(), _loose_confidence(text, match)
    for match in _TEN_DIGITS.finditer(text):
        if _PHONE_WORDS.search(text[max(0, match.start() - _BEFORE) : match.start()]):
            yield *match.span(), 0.8
    for match in _CARD.finditer(text):
        named = _CARD_WORDS.search(text[max(0, match.start() - _BEFORE) : match.end() + _BEFORE]) is not None
        yield *match.span(), 0.9 if named else _UNNAMED if _passes_luhn(match.group()) else 0.4
    for pattern in (_PASSPORT, _SNILS):
        for match in pattern.finditer(text):
            yield *match.span(), 0.9
    if _PLUS.search(text):
        yield from _find_foreign_phones(text)


def _loose_confidence(text: str, match: re.Match[str]) -> float:
    """Digits in no phone's grouping need a word that makes them one: parts and articles are written so too."""
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if _NUMBER_WORDS.search(before):
        return 0.0
    around = before + text[match.end() : match.end() + _BEFORE]
    return 0.85 if _PHONE_WORDS.search(around) or match.group().startswith("+") else _UNNAMED


def _phone_confidence(text: str, match: re.Match[str]) -> float:
    digits = re.sub(r"\D", "", match.group())
    if digits[1:4] in {"800", "804"}:
        return 0.0  # a hotline is nobody's personal number
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    bare = match.group().isdigit()
    if bare and _NAMED_AFTER.match(text[match.end() : match.end() + _AFTER]):
        return 0.0
    after = text[match.end() : match.end() + _AFTER]
    numbered = _NUMBER_WORDS.search(before) is not None and not match.group().startswith("+")
    if _PHONE_WORDS.search(before):
        return _UNNAMED if numbered else 0.95
    if numbered:
        return 0.0
    if bare:
        named = _PHONE_WORDS.search(after) is not None
        return 0.3 if digits[1] != "9" else 0.85 if named else _UNNAMED
    return _UNNAMED if _NUMBER_WORDS.search(after) else 0.9


def _find_foreign_phones(text: str) -> Iterator[Place]:
    # Loading the numbering plans costs 30 MB and a tenth of a second; few reviews hold a «+» before a digit.
    from phonenumbers import Leniency, PhoneNumberMatcher  # noqa: PLC0415

    for found in PhoneNumberMatcher(text, None, leniency=Leniency.VALID, max_tries=50):
        yield found.start, found.end, 0.9


def _find_mails_and_handles(text: str) -> Iterator[Place]:
    for match in _EMAIL.finditer(text):
        yield *match.span(), 0.5 if match.group().startswith(_COMPANY_MAIL) else 0.9
    for match in _HANDLE.finditer(text):
        named = _PHONE_WORDS.search(text[max(0, match.start() - _BEFORE) : match.start()])
        yield *match.span(), 0.85 if named else 0.6


def _find_spelled_phone(prepared: Prepared) -> Iterator[Place]:
    """«восемь девятьсот сорок пять …»: five or more numerals in a row, the first one eight, seven, plus or nine."""
    words = prepared.words
    index = 0
    while index < len(words):
        end = index
        while end < len(words) and (words[end].plain.isdigit() or _NUMERALS.match(words[end].plain)):
            end += 1
        run = words[index:end]
        spelled = [word for word in run if not word.plain.isdigit()]
        digits = sum(len(word.plain) for word in run if word.plain.isdigit())
        enough = len(spelled) >= _NUMERALS_IN_A_PHONE or (len(spelled) >= 2 and digits >= 5)
        if enough and run[0].plain.startswith((*_PHONE_STARTS, "8", "7")):
            yield words[index].start, words[end - 1].end, 0.85
        index = end + 1


def _passes_luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return total % 10 == 0

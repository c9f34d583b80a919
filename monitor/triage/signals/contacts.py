"""Phones, e-mail addresses, handles, card numbers. Article, order and track numbers look alike and are left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.normalise import Prepared
from monitor.triage.signals.dictated import Place, find_dictated

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
_CARD_WORDS = re.compile(
    r"карт(?!он)|сбер|тиньк|т-банк|альфа|банк|реквизит|перев[еоё]д|переч|возврат на|на имя|скинь|скида|кинь|кидай|деньг"
)
_IN_FOURS = re.compile(r"\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}")
_PASSPORT = re.compile(r"паспорт[а-я]{0,3}\D{0,20}\d{2}\s?\d{2}\s?\d{6}(?!\d)")
_SNILS = re.compile(r"(?<!\d)\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}\.[a-z0-9.-]{2,40}")
_SPELLED_EMAIL = re.compile(
    r"[\w.-]{2,40} ?[(\[{]?(?:собака|собачка|собак|гав|at|эт|@)[)\]}]? ?[\w-]{2,30} ?[(\[{]?(?:точка|тчк|dot)[)\]}]? ?"
    r"[a-zа-я]{2,10}(?!\w)"
    r"|[\w.-]{2,40} ?[(\[{]?(?:собака|собачка|гав|at|а)[)\]}]? ?(?:mail|gmail|yandex|ya|bk|inbox|list|rambler|"
    r"яндекс|мейл|"
    r"майл|гмейл|гмайл) ?(?:\.|точка)? ?(?:ru|com|ру|ком)(?!\w)"
    r"|[a-z0-9._-]{3,40} ?@ ?[a-z0-9-]{2,30} ?\. ?(?:ru|com|net|org|рф|su)(?!\w)"
)
_HIDDEN_MAIL = re.compile(r"собак|собачк|гав|точка|тчк|[( \[{]at[) \]}]|@ | @|mail|ya ?\. ?ru|yandex|мейл|майл")
_HANDLE = re.compile(r"(?<![\w.@/])@ ?[a-z][a-z0-9_]{3,31}(?![\w.@]\w)")
_MESSENGER = re.compile(
    r"(?<!\w)(?:телеграм[а-я]?|телег[аеуи]|тг|telegram|tg|инстаграм[а-я]?|инста|инст|инсте|инстик[ае]?|instagram|insta|"
    r"вк|вконтакте|контакт[ае]?|vk|скайп[ае]?|skype|whatsapp|ватсап[а-я]?|вотсап[а-я]?|вайбер[а-я]?|viber|ник|ником|"
    r"дискорд[ае]?|тик ?ток[ае]?|одноклассник(?:и|ах))"
    r"(?:[\s:\-—,(«\"]{1,3}(?:по |под |ник(?:ом|у)? |мой |его |ее |этой |этого |дамы |я |там |там я |"
    r"этого [а-я]{3,12} |этой [а-я]{3,12} |его |ее |хозяина |хозяйки |продавца |собака |как |пишите |"
    r"ищите |аккаунт |страница |id ){0,4})@? ?"
    r"(?P<name>(?=[a-z0-9_.]{0,30}[a-z_])(?!the |com|ru(?!\w))[a-z0-9_.]{5,32}|id ?\d{5,12}|(?<=id )\d{5,12})(?!\w)"
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
_BRAND_NEAR = re.compile(r"короб|упаков|этикет|бренд|производит|официальн|написан|указан|магазин|пакет|бирк")
_PERSONAL = re.compile(r"_|\d")
"""A handle with a stroke or a number is somebody's; a single word may be a brand's."""
_COMPANY_MAIL = ("info", "support", "shop", "sale", "help", "hello", "zakaz", "order", "office", "admin", "service")
_A_FIRM = re.compile(
    r"упаковк|короб|этикет|наклейк|бирк|шильдик|талон|гаранти|сервис|горяч[а-я]{2} лини|служб[аыеу]|поддержк|"
    r"инструкц|(?:на|с) сайт|завод|изготовител|производител|импорт[её]р|бренд|мастерск|визитк|компани|фирм|офис|"
    r"ателье|магазин|салон|склад(?!чик)|диспетчер|претензи|пункт|напечатан|на (?:пакете|дне|крышке|банке|корпусе)|центр"
)
_SOMEBODYS = re.compile(
    r"(?<!\w)(?:мо[йеяи]|моего|меня|мне|ему|ей|его|ее|их|домашн|личн|сотов|мобильник|зовут|имя|директор|хозя|владел|"
    r"менеджер|курьер|водител|продав|сосед|набирай|звоните|позвоните|пишите|жена|муж|звать)"
)
_CALLED = re.compile(r"(?<!\w)(?:(?:по)?звонил[аи]?|звоню|дозвон|не (?:отвеча|бер)|автоответчик|трубк[уи] не|молчит)")
_SENTENCE_END = re.compile(r"[.!?\n](?= |$)")
_A_FIRMS = 0.6
"""Whose number it is no text tells for certain: a person looks."""
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
    for match in _SPELLED_EMAIL.finditer(text) if _HIDDEN_MAIL.search(text) else ():
        yield *match.span(), 0.85
    for match in _MESSENGER.finditer(text):
        yield *match.span(), 0.85
    yield from find_dictated(prepared)


def _find_numbers(text: str) -> Iterator[Place]:
    for start, end, confidence in _find_any_numbers(text):
        yield start, end, min(confidence, _A_FIRMS) if _is_a_firms(text, start, end) else confidence


def _is_a_firms(text: str, start: int, end: int) -> bool:
    """A telephone that stands on the goods or answers for a firm, with nobody's own named beside it.

    A landline that the author only called himself, and found no help at, is taken for a firm's too.
    """
    if _CARD.fullmatch(text[start:end]) or _SNILS.fullmatch(text[start:end]) or _PASSPORT.fullmatch(text[start:end]):
        return False
    sentence = _SENTENCE_END.split(text[max(0, start - 2 * _BEFORE) : start])[-1]
    after = _SENTENCE_END.split(text[end : end + 2 * _BEFORE])[0]
    if _SOMEBODYS.search(sentence) or _SOMEBODYS.search(after):
        return False
    digits = re.sub(r"\D", "", text[start:end])
    called = digits[-10:-9] != "9" and _CALLED.search(sentence + " " + after) is not None
    return called or _A_FIRM.search(sentence) is not None or _A_FIRM.search(after) is not None


def _find_any_numbers(text: str) -> Iterator[Place]:
    for match in _RUSSIAN_PHONE.finditer(text):
        yield *match.span(), _phone_confidence(text, match)
    for match in _LOOSE_PHONE.finditer(text):
        if not _RUSSIAN_PHONE.search(match.group()) and not _MEASURED.search(text[match.end() : match.end() + 12]):
            yield *match.span(), _loose_confidence(text, match)
    for match in _TEN_DIGITS.finditer(text):
        if _PHONE_WORDS.search(text[max(0, match.start() - _BEFORE) : match.start()]):
            yield *match.span(), 0.8
    for match in _CARD.finditer(text):
        named = _CARD_WORDS.search(text[max(0, match.start() - 2 * _BEFORE) : match.end() + _BEFORE]) is not None
        yield *match.span(), 0.9 if named else _UNNAMED if _looks_like_card(text, match) else 0.4
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
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if _PHONE_WORDS.search(before):
            yield *match.span(), 0.85
        else:
            yield *match.span(), 0.6 if _BRAND_NEAR.search(before) or not _PERSONAL.search(match.group()) else 0.78


def _looks_like_card(text: str, match: re.Match[str]) -> bool:
    """By its check digit, or written in fours where nothing says that it is another number."""
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    in_fours = _IN_FOURS.match(match.group()) is not None and not _NUMBER_WORDS.search(before)
    return in_fours or _passes_luhn(match.group())


def _passes_luhn(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()]
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return total % 10 == 0

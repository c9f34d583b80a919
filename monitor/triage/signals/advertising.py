"""Advertising: links, codes, channels, job offers, and sending the reader to a named other shop.

Comparing a price with another shop is not yet sending somebody there; without a call to go, a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal, Span
from monitor.triage.normalise import Prepared, Word
from monitor.triage.rules import Rules
from monitor.triage.signals.building import build_signal

_TOP_DOMAINS = "ru|com|net|org|su|by|kz|shop|store|online|site|xyz|me|info|biz|pro|cc|ly|io|club|link"
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"»)]{3,200}"
    rf"|(?<![\w@-])[a-z0-9][a-z0-9-]{{0,40}}\.(?:{_TOP_DOMAINS})(?:/[^\s<>\"»)]{{0,200}})?(?!\w)"
    r"|(?<![\w@-])[а-я0-9][а-я0-9-]{0,40}\.рф(?!\w)"
)
_CODE = re.compile(
    r"(?:[Пп]ромокод|[Кк]упон|[Рр]еферальн|[Кк]од (?:друга|скидки|приглашения))[а-яё]{0,4}"
    r"(?: код[а-я]{0,2}| ссылк[а-я]{0,2})?"
    r"[\s:«\"–—-]{1,3}[A-ZА-Я0-9][A-ZА-Я0-9_-]{3,19}(?![a-zа-я])"
)
_PAY = re.compile(
    r"(?:\d ?(?:р|руб[а-я.]{0,5}|₽|тыс[а-я.]{0,3}|к|бакс[а-я]{0,3}|\$)|(?:от|до|по) \d{2,6}(?: [а-я]{1,10})?)"
    r" ?\.? ?(?:в |за )?(?:день|месяц|час|сутки|смену|недел)"
)
_SHOP_PHRASE = re.compile(
    r"(?:золот(?:ом|ого|ое|ой) яблок[а-я]|леруа мерлен|яндекс ?-?маркет[а-я]{0,2}|фикс прайс[а-я]?|fix price|"
    r"детск(?:ий|ом|ого) мир[а-я]?|м ?\.видео|рив гош|магнит ?-?косметик[а-я]|казань экспресс|мега ?маркет[а-я]{0,2}|"
    r"читай-?город[а-я]?|гипермаркет[а-я]? [а-я]{3,15}|магазин[а-я]? [«\"][^«»\"]{2,30}[»\"])"
)
_LINK_ELSEWHERE = re.compile(
    r"ссылк[а-я]{1,3} [^.!?\n]{0,25}(?:профил|шапк|личк|закреп)|(?:скину|скинуть|дам|отправлю) (?:артикул|ссылк)|"
    r"(?:адрес|подробност|контакт|прайс|запись|детали)[а-я]{0,3} [^.!?\n]{0,20}"
    r"(?:в профил|в шапк|в личк|в личн|в директ|на (?:моей |нашей |своей )?страниц)|"
    r"(?:мо[йе]|наш)(?:м|го)? (?:канал|блог|паблик)[а-я]{0,2} [^.!?\n]{0,30}(?:ищите|в тел)|"
    r"принима(?:ю|ем) заказы|(?:артикул|ссылк[ауи]) [^.!?\n]{0,25}(?:скину|отправлю|в личк|в профил)"
)
_ONLY_THERE = re.compile(
    r"(?:оригинал|настоящ|нормальн|качественн)[^.!?\n]{0,25} только (?:в|у) [^.!?\n]{0,15}[«\"][^«»\"]{2,30}"
)
_OTHER_BRAND = re.compile(
    r"(?:берите|покупайте|купите) (?:лучше )?[a-z]{4,20}(?!\w)|лучше [а-яa-z]{4,20} (?:берите|покупайте|купите)"
)
"""Another brand recommended: whether that is advertising is for a person to say."""
_SAME = frozenset({"такой", "такая", "такое", "такие", "такую", "эта", "этот", "эти", "то", "тот", "те"})
_NEAR = 10
_FAR = 20


def find_advertising(prepared: Prepared, lexicon: Lexicon, rules: Rules) -> Signal | None:
    """Advertising in a text, or None."""
    classes = [lexicon.classes_of(word.plain) for word in prepared.words]
    found = [
        *_find_links(prepared, rules),
        *_find_codes(prepared),
        *((prepared.span(*match.span()), 0.75) for match in _LINK_ELSEWHERE.finditer(prepared.folded)),
        *_find_offers(prepared, classes),
        *_find_job_offer(prepared, classes),
        *_find_service_offer(prepared, classes),
        *_find_other_shops(prepared, classes, rules),
        *((prepared.span(*match.span()), 0.8) for match in _ONLY_THERE.finditer(prepared.folded)),
        *((prepared.span(*match.span()), 0.6) for match in _OTHER_BRAND.finditer(prepared.folded)),
    ]
    if not found:
        return None
    return build_signal(
        "advertising", max(value for _, value in found), (span for span, _ in found), ground="advertising"
    )


def _find_links(prepared: Prepared, rules: Rules) -> Iterator[tuple[Span, float]]:
    if "." not in prepared.folded:
        return
    for match in _LINK.finditer(prepared.folded):
        if not any(domain in match.group() for domain in rules.own_domains):
            yield prepared.span(*match.span()), 0.85


def _find_codes(prepared: Prepared) -> Iterator[tuple[Span, float]]:
    for match in _CODE.finditer(prepared.original[: len(prepared.folded)]):
        yield Span(match.start(), match.end(), match.group()), 0.9


def _find_offers(prepared: Prepared, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """«Подписывайтесь на мой канал», «обращайтесь в наше ателье»: a call and one's own outlet close by."""
    for index, own in enumerate(classes):
        if "contact_call" not in own:
            continue
        near = range(max(0, index - _NEAR), min(len(classes), index + _NEAR + 1))
        outlets = [at for at in near if _is_outlet(at, classes)]
        if outlets:
            yield prepared.span_of(*_between(prepared, index, outlets[0])), 0.85


def _find_job_offer(prepared: Prepared, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """Offers of work, courses and easy money: words of earning together with calls to get in touch."""
    offers = {word.plain for word, own in zip(prepared.words, classes, strict=True) if "work_spam" in own}
    calls = {word.plain for word, own in zip(prepared.words, classes, strict=True) if "work_call" in own}
    paid = _PAY.search(prepared.folded)
    score = len(offers) + len(calls) + (2 if paid else 0)
    if not ((offers or paid) and (calls or paid) and score >= 3):
        return
    confidence = min(0.9, 0.5 + 0.1 * score)
    if paid:
        yield prepared.span(*paid.span()), confidence
    for word in prepared.words:
        if word.plain in offers or word.plain in calls:
            yield prepared.span_of(word), confidence


def _find_other_shops(prepared: Prepared, classes: list[frozenset[str]], rules: Rules) -> Iterator[tuple[Span, float]]:
    for first, end in _shop_places(prepared, classes, rules):
        near = range(max(0, first - _NEAR), min(len(classes), end + _NEAR))
        if (call := _call_to_go(prepared, classes, first, end)) is not None:
            yield prepared.span_of(*_between(prepared, first, call)), 0.8
        elif _same_item_with_price(prepared, first, end):
            yield prepared.span_of(*prepared.words[max(0, first - 5) : end + 5]), 0.75
        elif any("cheaper" in classes[at] for at in near):
            priced = any(prepared.words[at].text[0].isdigit() for at in near)
            yield prepared.span_of(*prepared.words[first:end]), 0.75 if priced else 0.55


def _call_to_go(prepared: Prepared, classes: list[frozenset[str]], first: int, end: int) -> int | None:
    """Index of «берите», «идите» … that sends the reader to the shop: before its name, or after it with «туда»."""
    for at in range(max(0, first - 6), min(len(classes), end + _NEAR)):
        if "shop_direct" not in classes[at] or _is_denied(prepared, at):
            continue
        around = {word.plain for word in prepared.words[max(0, at - 2) : at + 4]}
        if at < first or around & {"туда", "там", "оттуда"}:
            return at
    return None


def _same_item_with_price(prepared: Prepared, first: int, end: int) -> bool:
    """«точно такие же в … за 390»: the same thing, a named shop and what it costs there."""
    near = [word.plain for word in prepared.words[max(0, first - 6) : end + 6]]
    same = any(word in _SAME and "же" in near[index + 1 : index + 2] for index, word in enumerate(near))
    return same and any(word[0].isdigit() for word in near)


def _shop_places(prepared: Prepared, classes: list[frozenset[str]], rules: Rules) -> Iterator[tuple[int, int]]:
    """Index of the first word of each named other shop, and the index after its last."""
    for index, own in enumerate(classes):
        named = "shop" in own or ("shop_when_capital" in own and _is_capital_place(prepared, index))
        if named and not prepared.words[index].plain.startswith(rules.own_names):
            yield index, index + 1
    for match in _SHOP_PHRASE.finditer(prepared.folded):
        inside = [at for at, word in enumerate(prepared.words) if match.start() <= word.start < match.end()]
        if inside:
            yield inside[0], inside[-1] + 1


def _is_capital_place(prepared: Prepared, index: int) -> bool:
    """«в Светофоре»: a common word used as a shop's name."""
    before = prepared.words[index - 1].plain if index else ""
    return before in {"в", "во", "из", "с"} and prepared.span_of(prepared.words[index]).text[:1].isupper()


def _is_denied(prepared: Prepared, index: int) -> bool:
    return any(word.plain in {"не", "никогда"} for word in prepared.words[max(0, index - 2) : index])


def _between(prepared: Prepared, one: int, two: int) -> tuple[Word, ...]:
    return prepared.words[min(one, two) : max(one, two) + 1]


def _is_outlet(index: int, classes: list[frozenset[str]]) -> bool:
    """A channel or group always is somebody's outlet; a shop or studio only when called one's own."""
    own = any("our_own" in near for near in classes[max(0, index - 2) : index])
    return "channel" in classes[index] or ("outlet" in classes[index] and own)


def _find_service_offer(prepared: Prepared, classes: list[frozenset[str]]) -> Iterator[tuple[Span, float]]:
    """«Шьём на заказ … пишите в личку»: what the author sells and how to reach him."""
    offers = [at for at, own in enumerate(classes) if "offer_verb" in own]
    ways = [at for at, own in enumerate(classes) if "contact_way" in own]
    for offer in offers:
        near = [way for way in ways if abs(way - offer) <= _FAR]
        if near:
            yield prepared.span_of(prepared.words[offer]), 0.8
            yield prepared.span_of(prepared.words[near[0]]), 0.8
            return

"""Advertising: links, codes, channels, offers of goods, work and money, and calls to buy in a named other shop.

A listed word alone offers nothing: who offers speaks of himself («шью», «продаём»), whom it is offered is told how
to reach him («пишите», «в личку»), and both stand close together. Comparing a price with another shop sends nobody
there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.triage.grammar import forms_of, is_command, is_known, noun_forms, tags_of
from monitor.triage.lexicon import Lexicon
from monitor.triage.models import Signal, Span
from monitor.triage.normalise import Word
from monitor.triage.rules import Rules
from monitor.triage.signals.building import build_signal
from monitor.triage.signals.links import find_links
from monitor.triage.signals.offers import find_offers
from monitor.triage.signals.remedies import names_fault
from monitor.triage.signals.services import find_services
from monitor.triage.speech import Speech, Stance

_CODE = re.compile(
    r"(?:[Пп][Рр][Оо][Мм][Оо]-?[Кк][Оо][Дд]|[Кк]упон|[Рр]еф(?:еральн|к)|[Кк]од(?:ом|а|у)? (?:друга|скидки|"
    r"приглашения|на скидку)|[Мм]ой код|[Пп]о коду|[Мм]оему коду|[Вв]аучер|[Пп]ромик|[Пп]ромо|[Кк]од дружбы)[а-яё]{0,4}"
    r"(?: код[а-я]{0,2}| ссылк[а-я]{0,2}| на скидку| от [а-яё]{3,12}| друга| дружбы){0,2}"
    r"[\s:«\"–—-]{1,3}(?=[A-Za-zА-Яа-яЁё0-9_-]*[A-ZА-Я0-9])(?:[A-Z][A-Z0-9_-]{2,19}|[А-ЯЁ0-9]{4,20}|"
    r"[A-Za-z]{2,12}-?\d{1,6}|[A-Z]{2,12}-[A-Z]{2,12})(?![a-zа-я])"
)
_CODE_OFFERED = re.compile(
    r"ввод(?:и|ите|ишь)|введ(?:и|ите|ете)|лови(?:те)?|держи(?:те)?|дар(?:ю|им)|мо(?:й|ему|его|им) |"
    r"наш[а-я]{0,3} |кому (?:нужн|надо)|польз(?:уйтесь|уйся)|вам скидк|скидк[аи] (?:\d|вам|всем|для|на)|"
    r"пиши(?:те)?|регистр|получи(?:те|шь)|бонус[а-я]* (?:вам|мне|нам)|по (?:промо)?коду|примен(?:и|ите)|"
    r"забира(?:й|йте)|реферал|приглаша|на (?:перв|след)[а-я]{2,5} заказ|вам и мне|мне и вам|дружбы|друга|минус|"
    r"при заказ|актив(?:ируй|ируйте)"
)
_CODE_COMPLAINT = re.compile(
    r"не (?:сработал|работа|примен|прош|действ|принима|подош|активир|дали|начисл)|ввел[аи]?|вводил|"
    r"просроч|истек|недействит|отклон|обещал"
)
_SHOP_PHRASE = re.compile(
    r"(?:золот(?:ом|ого|ое|ой) яблок[а-я]|леруа мерлен[а-я]?|яндекс ?-?маркет[а-я]{0,2}|фикс прайс[а-я]?|fix price|"
    r"детск(?:ий|ом|ого) мир[а-я]?|м ?\.видео|рив гош|магнит ?-?косметик[а-я]|казань экспресс|мега ?маркет[а-я]{0,2}|"
    r"читай-?город[а-я]?|хоффе?|(?:магазин|сайт|салон|бутик|отдел|группе|студи|ателье|мастерск|лавк|"
    r"фирм|компани|артел|завод|фабрик|рын[ок]|интернет-магазин)[а-я]{0,2} (?:[а-я]{2,12} )?[«\"][^«»\"]{2,30}[»\"])"
)
_CHAIN = re.compile(
    r"золот[а-я]{2,3} яблок|леруа|яндекс|фикс|fix price|детск|м ?\.видео|рив гош|магнит|казань|мега|читай|хофф"
)
"""Shops and marketplaces of the whole country among the phrases."""
_BETTER = frozenset(
    {"лучше", "проще", "дешевле", "выгоднее", "советую", "рекомендую", "легче", "быстрее", "надежнее", "можно"}
)
_TAKE = frozenset(
    {
        "брать",
        "взять",
        "купить",
        "покупать",
        "заказать",
        "заказывать",
        "искать",
        "поискать",
        "посмотреть",
        "приобрести",
        "идти",
        "сходить",
        "съездить",
        "зайти",
        "обратиться",
    }
)
_IN = frozenset({"в", "во", "на", "у", "из", "с", "со", "до", "к", "через"})
_GUEST_WORDS = re.compile(
    r"маркетплейс|площадк|сайт|магаз|конкурент|продавц|бот$|канал|групп|паблик|артел|фирм|компани|палатк|"
    r"точк[аеу]$|лавк"
)
_SENT = re.compile(
    r"(?<!\w)(?:смело|бегом|сразу|прямиком|айда|дуйте|чешите|топайте|шуруйте|валите|идите|бегите|ступайте|шагом марш|"
    r"ходите|приходите|заходите|загляните|езжайте|велком|добро пожаловать) (?:лучше |сразу |смело |скорее )?"
    r"(?:к (?:нему|ней|ним)|туда|к нам)(?!\w)|"
    r"(?<!\w)туда (?:лучше |и |вот )?(?:идите|ходите|бегите|езжайте|заходите|шуруйте|топайте|дуйте|шагайте)(?!\w)|"
    r"(?<!\w)(?:закажите|заказывайте|берите|возьмите|покупайте|купите) (?:лучше |сразу )?(?:у (?:них|него|нее)|"
    r"там|оттуда)"
    r"(?!\w)"
)
"""Sent there: «бегом туда», «смело к нему»."""
_MISSPELT_SHOP = re.compile(
    r"в[аэео][йи]?л[дт]?[ьъ]?б[еэи]р+[иыеэ][сзц]|ягодк[аиу]х?$|ягодках$|али[кк]е$|мегамаркет|вайлд$|валберис"
)
_COLOURED = re.compile(r"(?:желт|фиолетов|розов|красн|ягодн|синем|зелен)[а-я]{1,2}$")
_ONLY_THERE = re.compile(
    r"(?:оригинал|настоящ|нормальн|качественн|хорош)[а-я]{0,4}[^.!?\n]{0,25} только (?:в|у|"
    r"на) [^.!?\n]{0,15}[«\"][^«»\"]{2,30}"
)
_BEFORE = 7
_LEAST_BEFORE = 3
_TURNED_AWAY = re.compile(r"не (?:покупай|бери|заказывай|тратьте|связывай|верьте|ведитесь)(?:те|тесь)?(?!\w)")
_AFTER = 6
_FAR_AFTER = 16
_BESIDE_A_FAULT = 0.6
"""A shop everybody knows, named by somebody whose goods failed, is more a sigh than an advertisement."""


def find_advertising(speech: Speech, lexicon: Lexicon, rules: Rules) -> Signal | None:
    """Advertising in a text, or None."""
    classes = [lexicon.classes_of(word.plain) for word in speech.words]
    found = [
        *find_links(speech.prepared, rules),
        *_find_codes(speech),
        *find_offers(speech),
        *find_services(speech),
        *_find_sent_there(speech),
        *_find_other_shops(speech, classes, rules),
        *((speech.prepared.span(*match.span()), 0.8) for match in _ONLY_THERE.finditer(speech.text)),
    ]
    if not found:
        return None
    best = max(value for _, value in found)
    return build_signal(
        "advertising", best, (span for span, value in found if value >= best - 0.2), ground="advertising"
    )


def _find_codes(speech: Speech) -> Iterator[tuple[Span, float]]:
    """A code that the reader is told to use. A code that did not work is a complaint."""
    prepared = speech.prepared
    for match in _CODE.finditer(prepared.original[: len(prepared.folded)]):
        around = prepared.folded[max(0, match.start() - 80) : match.end() + 80]
        if _CODE_COMPLAINT.search(around):
            continue
        offered = _CODE_OFFERED.search(around) is not None
        yield Span(match.start(), match.end(), match.group()), 0.85 if offered else 0.55


def _find_other_shops(speech: Speech, classes: list[frozenset[str]], rules: Rules) -> Iterator[tuple[Span, float]]:
    for first, end, named in _shop_places(speech, classes, rules):
        call = _call_to_go(speech, first, end)
        if call is None and named:
            call = _turned_away_at(speech, first)
        if call is None or speech.stance(call) in {Stance.QUOTED, Stance.REPORTED}:
            continue
        low, high = min(first, call), max(end - 1, call)
        confidence = 0.8 if named else 0.55
        if named and _is_widely_known(speech, first, end, classes) and names_fault(speech.text):
            confidence = _BESIDE_A_FAULT
        yield speech.prepared.span_of(*speech.words[low : high + 1]), confidence


def _is_widely_known(speech: Speech, first: int, end: int, classes: list[frozenset[str]]) -> bool:
    name = speech.text[speech.words[first].start : speech.words[end - 1].end]
    return "shop" in classes[first] or _MISSPELT_SHOP.match(name) is not None or _CHAIN.match(name) is not None


def _find_sent_there(speech: Speech) -> Iterator[tuple[Span, float]]:
    """«У Михалыча такой за 700, смело к нему»: the reader is sent to somebody with a name."""
    for match in _SENT.finditer(speech.text):
        index = speech.index_at(match.start())
        if index is None or speech.stance(index) is not Stance.OWN:
            continue
        around = speech.around(index)
        named = any(
            (at and speech.words[at - 1].plain in _IN and speech.prepared.span_of(speech.words[at]).text[0].isupper())
            or speech.is_quoted(at)
            or (at and _GUEST_WORDS.match(speech.words[at - 1].plain) and _is_named_here(speech, at))
            for at in around
        )
        yield speech.prepared.span(*match.span()), 0.8 if named else 0.55


def _shop_places(speech: Speech, classes: list[frozenset[str]], rules: Rules) -> Iterator[tuple[int, int, bool]]:
    """First word, end, and whether it is named, of each other place to buy in."""
    for index, own in enumerate(classes):
        word = speech.words[index].plain
        if word.startswith(rules.own_names):
            continue
        if (
            ("shop" in own and not word.startswith("маркетплейс"))
            or (index and speech.words[index - 1].plain in _IN and _is_proper(speech, index, own))
            or _MISSPELT_SHOP.match(word)
            or (index and _GUEST_WORDS.match(speech.words[index - 1].plain) and _is_named_here(speech, index))
        ):
            yield index, index + 1, True
        elif (
            index > 1
            and _GUEST_WORDS.match(word)
            and speech.words[index - 1].plain in {"другом", "других", "ином", "соседнем", "другого", "конкурента"}
        ):
            yield index, index + 1, False
        elif (
            index > 1
            and word.startswith(("маркет", "площадк", "приложени"))
            and _COLOURED.match(speech.words[index - 1].plain)
        ):
            yield index, index + 1, True
    for match in _SHOP_PHRASE.finditer(speech.text):
        inside = [at for at, word in enumerate(speech.words) if match.start() <= word.start < match.end()]
        if inside and not any(speech.words[at].plain.startswith(rules.own_names) for at in inside):
            yield inside[0], inside[-1] + 1, True


def _is_named_here(speech: Speech, index: int) -> bool:
    """«В магазине Стройдвор»: a capital inside the sentence, and no town's."""
    shown = speech.prepared.span_of(speech.words[index]).text
    return len(shown) > 3 and shown[:1].isupper() and not {"Geox", "Name", "Patr"} & tags_of(speech.words[index].plain)


def _is_proper(speech: Speech, index: int, own: frozenset[str]) -> bool:
    """A name after «в», «на», «у»: a shop's common word with a capital, Latin letters, or a quoted name.

    No town, no size.
    """
    word = speech.words[index]
    shown = speech.prepared.span_of(word).text
    if (
        len(shown) < 3
        or not shown[:1].isupper()
        or (shown.isupper() and shown.lower() != shown and len(shown) < 5 and "shop_when_capital" not in own)
    ):
        return False
    if "shop_when_capital" in own:
        return True
    if {"Geox", "Patr"} & tags_of(word.plain) and is_known(word.plain):
        return False
    if speech.words[index - 1].plain == "на" and not speech.is_quoted(index):
        return False  # «мешки на Электролюкс»: a part's machine
    if word.text.isascii():
        return not shown.isupper()
    return speech.is_quoted(index) or (index > speech.sentence_of(index).start and not is_known(word.plain))


def _call_to_go(speech: Speech, first: int, end: int) -> int | None:
    """Index of the word that sends the reader there: before the name in its clause, or after it with «туда»."""
    sentence = speech.sentence_of(first)
    words = speech.words
    for at in range(max(sentence.start, first - _LEAST_BEFORE), first):
        if words[at].plain == "лучше" and _TURNED_AWAY.search(speech.text):
            return at
    for at in range(max(sentence.start, first - _BEFORE), min(sentence.stop, end + _FAR_AFTER)):
        word = words[at].plain
        if at and words[at - 1].plain in {"не", "ни", "никогда"}:
            continue
        if is_command(word) and _lemma_takes(word):
            after = {words[near].plain for near in range(max(sentence.start, at - 3), min(sentence.stop, at + 4))}
            beside = at < end + _AFTER and after & {"там", "лучше", "сразу", "прямо"}
            adjacent = {words[near].plain for near in range(at, min(sentence.stop, at + 3))} & {"там", "туда"}
            right_after = end <= at <= end + 1 and not _has_object(speech, at, sentence.stop)
            if at < first or beside or adjacent or right_after or after & {"туда", "оттуда"}:
                return at
        if word in _PRAISES and _is_recommended(speech, at, sentence):
            return at
        if (
            word in _TAKE
            and not _is_denied(words, at, sentence.start)
            and {words[near].plain for near in range(max(sentence.start, at - 4), min(sentence.stop, at + 5))} & _BETTER
        ):
            return at
    return None


_PRAISES = frozenset({"советую", "рекомендую", "посоветую"})
_FOR_ALL = frozenset({"вам", "всем", "там", "туда", "ним", "нему", "ней", "теперь"})
_BUYS = frozenset({"беру", "покупаю", "заказываю", "закупаюсь", "берем", "покупаем", "заказываем"})


def _is_recommended(speech: Speech, at: int, sentence: range) -> bool:
    """«Я там взяла и вам советую», «теперь беру в …, рекомендую»: the place is recommended, not the goods."""
    if _is_denied(speech.words, at, sentence.start):
        return False
    near = {speech.words[one].plain for one in range(max(sentence.start, at - 3), min(sentence.stop, at + 4))}
    whole = {speech.words[one].plain for one in sentence}
    return bool(whole & _BUYS and whole & (_FOR_ALL | {"через"})) or bool(
        near & {"вам", "всем"} and whole & {"там", "туда", "дешевле"}
    )


def _has_object(speech: Speech, at: int, stop: int) -> bool:
    """«В Ленте берите только свежее»: what is told is what to take, not where."""
    return (
        at + 1 < stop
        and speech.clauses[at + 1] == speech.clauses[at]
        and speech.words[at + 1].plain not in {"там", "смело"}
    )


def _turned_away_at(speech: Speech, first: int) -> int | None:
    """«Не берите тут, на авито такие же»: away from here and over there in one sentence."""
    sentence = speech.sentence_of(first)
    for at in range(sentence.start + 1, sentence.stop):
        here = {word.plain for word in speech.words[at : at + 4]} & {"тут", "здесь", "этого", "них"}
        ends = at + 1 == sentence.stop or speech.clauses[at + 1] != speech.clauses[at]
        if (here or ends) and speech.words[at - 1].plain == "не" and is_command(speech.words[at].plain):
            return at - 1
    return None


def _is_denied(words: tuple[Word, ...], at: int, first: int) -> bool:
    return bool({word.plain for word in words[max(first, at - 3) : at]} & {"не", "ни", "нет"})


_GO = frozenset(
    {
        "брать",
        "взять",
        "купить",
        "покупать",
        "заказать",
        "заказывать",
        "идти",
        "ехать",
        "зайти",
        "заходить",
        "сходить",
        "переходить",
        "перейти",
        "искать",
        "поискать",
        "обращаться",
        "обратиться",
        "приезжать",
        "заглянуть",
        "заглядывать",
        "смотреть",
        "посмотреть",
        "приходить",
        "прийти",
        "бежать",
        "валить",
        "топать",
        "дуть",
        "найти",
        "глянуть",
        "гуглить",
        "забивать",
        "набирать",
        "съездить",
        "пойти",
        "писать",
        "подписаться",
        "подписываться",
        "ждать",
        "закупаться",
        "приобретать",
        "присмотреться",
        "съезжать",
        "шагать",
        "выбирать",
    }
)


def _lemma_takes(word: str) -> bool:
    return any(form.lemma in _GO for form in forms_of(word)) and not any(form.case for form in noun_forms(word))
